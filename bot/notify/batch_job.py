"""The batch job: notices of a case that wait are sent as one mail when their time is up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.model.facts import CaseFacts
from bot.model.rule import CUSTOMERS
from bot.notify.compose import Composer
from bot.notify.notification import case_facts
from store.cases import case as cases
from store.cases import participant
from store.cases.case import Case
from store.engine.transaction import Transaction
from store.people import person
from store.people.person import Person
from store.queues import dispatch, outbox_batch
from store.queues.outbox import Outgoing


class BatchJob:
    """Composes the mail of a batch in the claiming transaction, which freezes its bytes."""

    def __init__(self, composer: Composer, *, now: Callable[[], datetime]) -> None:
        self._composer = composer
        self._now = now

    def gather(self, tx: Transaction, row: Outgoing) -> Outgoing | None:
        """One mail of a row and those of its batch, leased to the caller.

        None if another process has it, or if its reader takes no part in the case any more: it is withdrawn.
        """
        reader = outbox_batch.reader(tx, row.id)
        if reader is None or not outbox_batch.held(tx, row):
            return None
        case, to = cases.get(tx, reader[0]), person.by_id(tx, reader[1])
        if case is None or to is None or not _takes_part(tx, case, to):
            outbox_batch.withdraw(tx, *reader, why="its reader takes no part any more", now=self._now())
            return None
        return self._composer.gather(tx, case, to, self._facts_for(tx, case, to), now=self._now())

    def _facts_for(self, tx: Transaction, case: Case, to: Person) -> CaseFacts:
        """The case as this reader may see it now: customers do not see what may still be taken back."""
        if not to.staff:
            case = dispatch.pending(tx, case.id, now=self._now()).customer_view(case)
        requester = person.by_id(tx, case.requester_id)
        owner = person.by_id(tx, case.owner_id) if case.owner_id else None
        return case_facts(case, requester=requester, owner=owner)


def _takes_part(tx: Transaction, case: Case, to: Person) -> bool:
    return to.staff or participant.role(tx, case.id, to.id) in CUSTOMERS
