"""Questions behind forms: what a form about a case, or for a new one, may show to whoever opens it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.config.load import Config
from bot.model.rule import CUSTOMERS
from bot.queries import public_entries
from store.cases import case as cases
from store.cases import concern, participant, read_access
from store.cases.case import Case
from store.directory import contact_import
from store.engine.transaction import Transaction
from store.people import person as people
from store.people.person import Person
from store.queues import dispatch


@dataclass(frozen=True, slots=True)
class FormFacts:
    """A case as a form may show it; all empty for a customer who takes no part in it."""

    priority: str = ""
    answered_at: datetime | None = None
    """When its reader was last answered by the desk."""
    phone: str = ""
    """Their own number, as they gave it with their last concern, or as the import has it."""
    upload: tuple[int, int] | None = None
    """The numbers of the page where they upload files to it."""


@dataclass(frozen=True, slots=True)
class FormFactsOf:
    """The facts of a case for one reader, by their address in a channel."""

    case: int
    channel: str
    address: str
    now: datetime

    def answer(self, tx: Transaction) -> FormFacts:
        reader, case = people.find(tx, self.channel, self.address), cases.get(tx, self.case)
        case = cases.get(tx, case.merged_id) if case and case.merged_id else case
        if reader is None or case is None or reader.left:
            return FormFacts()
        if reader.staff:
            return FormFacts(case.priority, _answered(tx, case, None, self.now))
        if participant.role(tx, case.id, reader.id) not in CUSTOMERS:
            return FormFacts()
        view = dispatch.pending(tx, case.id, now=self.now).customer_view(case)
        open_page = view.state != "closed" and not case.held
        return FormFacts(
            case.priority,
            _answered(tx, case, reader, self.now),
            phone=_phone(tx, reader),
            upload=(case.id, reader.id) if open_page else None,
        )


@dataclass(frozen=True, slots=True)
class OwnNewCasePage:
    """Whose page for a new case somebody has: their id; None for whoever has none of their own."""

    config: Config
    channel: str
    address: str

    def answer(self, tx: Transaction) -> int | None:
        reader = people.find(tx, self.channel, self.address)
        if reader is None or reader.role != "contact" or reader.left:
            return None
        return reader.id if self.config.desk.open or reader.known else None


def _answered(tx: Transaction, case: Case, reader: Person | None, now: datetime) -> datetime | None:
    """When the desk last answered, as far as this customer (None: the desk itself) may know."""
    hidden = dispatch.pending(tx, case.id, now=now).entries if reader else frozenset()
    since = read_access.since(tx, case.id, reader.id) if reader else {}
    answers = (
        row.received_at
        for row in reversed(public_entries.rows(tx, case.id))
        if row.person_role != "contact"
        and row.id not in hidden
        and (reader is None or read_access.reads(since, row.case_id, row.received_at))
    )
    return next(answers, None)


def _phone(tx: Transaction, reader: Person) -> str:
    given = concern.phone_of(tx, reader.id)
    return given or contact_import.phones(tx, [reader.id]).get(reader.id, "")
