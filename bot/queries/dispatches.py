"""Queries of what was sent to customers, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from store.engine.transaction import Transaction
from store.queues import dispatch
from store.queues.dispatch import UNDONE, Dispatch
from store.queues.outbox import EPHEMERAL

State = Literal["waits", "sent", "failed", "undone", "replaced"]


@dataclass(frozen=True, slots=True)
class DispatchStatus:
    """What became of a dispatch, the request that it came of, and where the desk reads of it."""

    state: State
    key: str
    note: str
    """Where the notice stands that shows it to the desk, or ``""``."""


@dataclass(frozen=True, slots=True)
class DispatchStatusOf:
    """The status of a dispatch by its id; None if there is none."""

    dispatch: int

    def answer(self, tx: Transaction) -> DispatchStatus | None:
        sent = dispatch.by_id(tx, self.dispatch)
        if sent is None:
            return None
        return DispatchStatus(_state(tx, sent), sent.key, dispatch.place_of(tx, sent.note_id))


def _state(tx: Transaction, sent: Dispatch) -> State:
    if sent.state == UNDONE:
        later = dispatch.of_request(tx, sent.source, sent.key)
        replaced = any(row.id > sent.id and row.case_id == sent.case_id for row in later)
        return "replaced" if replaced else "undone"
    deliveries = dispatch.deliveries(tx, sent.id)
    outcomes = {delivery.outcome for delivery in deliveries}
    missed = any(delivery.outcome == "sent" and delivery.reason == EPHEMERAL for delivery in deliveries)
    if missed or outcomes & {"dead", "failed"}:
        return "failed"
    return "waits" if "waiting" in outcomes else "sent"
