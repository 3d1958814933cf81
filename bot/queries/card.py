"""Queries of a case's card and of its threads in a chat channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.syntax.case_numbers import entry_name, label
from store.cases import attachment as attachments
from store.cases import case as cases
from store.cases import concern, participant, priority_request, thread
from store.cases import entry as entries
from store.cases.case import Case
from store.directory import contact_import as contact
from store.engine.transaction import Transaction
from store.people import account
from store.people import person as people
from store.queues import outbox_outcomes


@dataclass(frozen=True, slots=True)
class CardView:
    """A case at a glance, for the desk."""

    number: str
    subject: str
    state: str
    priority: str
    type: str
    category: str
    ids: tuple[str, ...]
    requester: str
    account: str
    owner: str
    """Empty while nobody has taken it."""
    via: str
    """The channel it was opened in."""
    opened_at: datetime
    updated_at: datetime
    first_due_at: datetime | None
    answered_at: datetime | None
    held: bool
    concern: bool
    files: int
    collaborators: int
    last: tuple[str, datetime, bool] | None
    """Who said the last public words, when, and whether they are of the staff."""
    close_reason: str = ""
    next_due_at: datetime | None = None
    resolve_due_at: datetime | None = None
    """By when the next answer and the solution are due, while these clocks run."""
    contact: str = ""
    """Who can always be called, as ``name, number``."""
    wanted: str = ""
    """The priority that a customer asks for, until somebody decides."""
    feature: str = ""
    linked: str = ""
    """The number of the case that it goes on from, or that its sender named."""
    phone: str = ""
    """The requester's, as the import has it: for the desk alone."""
    snoozed_until: datetime | None = None
    deserted: bool = False
    """Has it no owner because nobody was there whose turn it could have been?"""
    said: str = ""
    """The words with which it was opened, whole."""
    entry: str = ""
    """Their name: ``e-k4q7x2``."""
    writer: str = ""
    """The unverified mail address that a specialist may accept as the requester's, while the case is held."""
    folded: bool = False
    """Whether a forwarded or quoted message came with these words."""


@dataclass(frozen=True, slots=True)
class CardOf:
    """A case's card; None if there is no such case."""

    case: int

    def answer(self, tx: Transaction) -> CardView | None:
        case = cases.get(tx, self.case)
        if case is None:
            return None
        requester = people.by_id(tx, case.requester_id)
        owner = people.by_id(tx, case.owner_id) if case.owner_id else None
        parts = participant.everybody(tx, case.id)
        first = entries.first(tx, case.id)
        return CardView(
            number=label(case.id),
            subject=case.subject,
            state=case.state,
            priority=case.priority,
            type=case.type,
            category=case.category,
            ids=tuple(case.ids.splitlines()),
            requester=requester.shown if requester else "",
            account=account.name_of(tx, case.account_id),
            owner=owner.shown if owner else "",
            via=first.channel if first else "",
            opened_at=case.opened_at,
            updated_at=case.updated_at,
            first_due_at=case.first_due_at,
            answered_at=case.answered_at,
            held=case.held,
            concern=_has_concern(tx, case),
            files=len(attachments.of_case(tx, case.id)),
            collaborators=sum(part.role == "collaborator" for part in parts),
            last=_last_words(tx, case),
            close_reason=case.close_reason,
            next_due_at=case.next_due_at,
            resolve_due_at=None if case.over else case.resolve_due_at,
            contact=", ".join(word for word in (case.contact_name, case.contact_phone) if word),
            wanted=_wanted(tx, case),
            feature=case.feature,
            linked=label(case.linked_id) if case.linked_id else "",
            snoozed_until=case.snoozed_until,
            deserted=owner is None and cases.happened(tx, case.id, "nobody there"),
            phone=contact.phones(tx, [case.requester_id]).get(case.requester_id, ""),
            said=first.text if first else "",
            entry=entry_name(first.id) if first else "",
            writer=cases.offered(tx, case.id) if case.held else "",
            folded=first is not None and bool(first.folded),
        )


def _has_concern(tx: Transaction, case: Case) -> bool:
    """Has a customer raised a concern that nobody has taken?"""
    raised = concern.latest(tx, case.id)
    return raised is not None and raised.taken_at is None and case.close_reason != cases.SPAM


def _last_words(tx: Transaction, case: Case) -> tuple[str, datetime, bool] | None:
    """Who said the last public words, when, and whether they are of the staff."""
    last = next(iter(entries.latest(tx, case.id, 1)), None)
    return (last.name or "the customer", last.received_at, last.role != "contact") if last else None


def _wanted(tx: Transaction, case: Case) -> str:
    """The priority that a customer asks for, while the case is not over."""
    wish = priority_request.waiting(tx, case.id)
    return wish.wanted if wish and not case.over else ""


@dataclass(frozen=True, slots=True)
class CardOutcome:
    """A case's card: ``waiting``, ``dead`` if its channel refused it; ``""`` if there is none."""

    case: int
    channel: str

    def answer(self, tx: Transaction) -> str:
        return outbox_outcomes.refresh_outcome(tx, self.channel, f"card/{self.case}")


@dataclass(frozen=True, slots=True)
class ThreadOf:
    """The address of a case's newest thread on one side of a channel, or ``""``.

    ``desk``: below its card. ``customer``: where this person reads what is said on it. ``own``: a talk with
    this person alone that is such a place; ``private``: one with them whose words stay with the desk.
    """

    case: int
    channel: str
    side: str
    person: int | None = None

    def answer(self, tx: Transaction) -> str:
        if self.side == "customer":
            shared = thread.read_by(tx, self.case, self.channel, self.person or 0)
            return shared.address if shared else ""
        threads = [talk for talk in thread.of(tx, self.case) if talk.channel == self.channel]
        if self.side == "desk":
            return next((talk.address for talk in reversed(threads) if talk.side == "desk"), "")
        talks = [talk for talk in threads if talk.person_id is not None and talk.person_id == self.person]
        side = "private" if self.side == "private" else "customer"
        return next((talk.address for talk in reversed(talks) if talk.side == side), "")
