"""What follows in the store from the outcome of a delivery."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.desk.handlers.conversation import undelivered
from bot.notify import boards
from store.cases import timer
from store.engine.transaction import Transaction
from store.queues import dispatch, dispatch_status, inbox, outbox, outbox_outcomes
from store.queues.outbox import DeliveryOutcome


def settle(tx: Transaction, outcomes: Sequence[DeliveryOutcome]) -> list[None]:
    """Write outcomes in one transaction, with what the desk and the waiting answers are told of them."""
    outbox.settle(tx, outcomes)
    outbox.free(tx, [(each.row, each.at + boards.CARD_INTERVAL) for each in outcomes if each.row.key])
    ends = [outcome.row.id for outcome in outcomes if outcome.next is None and not outcome.row.key]
    if ends:
        dispatch_status.refresh_all(tx, dispatch.of_deliveries(tx, ends), now=outcomes[-1].at)
    for outcome in outcomes:
        if outcome.outcome == "dead" and outcome.row.case_id is not None:
            kind = undelivered.UNREACHED if outcome.unreached else undelivered.KIND
            _schedule_notification(tx, outcome.row.case_id, f"{kind}{outcome.row.id}", outcome.at)
        for number in outcome.delayed:
            if (case := outcome.row.case_id) and inbox.find_receipt(tx, "delayed", str(number)) is None:
                inbox.write_receipt(tx, "delayed", str(number), "reported", now=outcome.at)
                _schedule_notification(tx, case, f"{undelivered.DELAYED}{number}", outcome.at)
        if outcome.ephemeral and outcome.row.case_id is not None:
            _schedule_notification(
                tx, outcome.row.case_id, f"{undelivered.EPHEMERAL}{outcome.row.id}", outcome.at
            )
        alone = outcome.apart or outcome.ephemeral or outcome.outcome == "dead"
        if alone and outcome.row.case_id is not None:
            outbox_outcomes.apart(tx, outcome.row.case_id, outcome.row.id, now=outcome.at)
        if outcome.apart and outcome.row.case_id is not None:
            _schedule_notification(
                tx, outcome.row.case_id, f"{undelivered.REFUSED}{outcome.apart}"[:40], outcome.at
            )
    return [None] * len(outcomes)


def _schedule_notification(tx: Transaction, case: int, kind: str, at: datetime) -> None:
    if kind not in [waiting for waiting, _ in timer.waiting(tx, case)]:
        timer.start(tx, case, kind, at)
