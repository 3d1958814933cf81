"""A notification: a notice, its recipient, what it answers, and its facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.model.choice import Choice
from bot.model.facts import CaseFacts
from bot.model.identity import Identity
from bot.model.message import Attachment, Said
from bot.notices.catalogue import NOTICES
from bot.notices.notice import Notice
from bot.syntax.case_numbers import label
from store.cases.case import Case
from store.engine.transaction import Transaction
from store.people.person import Person
from store.queues import outbox_thread
from store.queues.outbox_thread import ThreadMessage


@dataclass(frozen=True, slots=True)
class Notification:
    """A notice for one recipient, with its facts and what it answers."""

    notice: Notice
    to: Person
    case: Case | None
    now: datetime
    shown: CaseFacts | None = None
    """The case as the recipient may see it."""
    as_it_came: str = ""
    """A link to the mail that it is about, where the desk is told."""
    answers: Said = field(default_factory=Said)
    """What the recipient said just now, or an empty one."""
    mailbox: str = ""
    author: str = ""
    speaker: Person | None = None
    """The specialist whose words it has."""
    files: tuple[Attachment, ...] = ()
    """What should go along, if it is not too much."""
    place: str = ""
    """Where in its channel it is to be said, if that is known."""
    near: str = ""
    """Where its recipient last did something in their channel, and can be shown it alone, if nowhere else."""
    mentions: tuple[str, ...] = ()
    """Addresses of those who should be called, where it is said to many."""
    callees: tuple[Person, ...] = ()
    """Who they are."""
    at_once: bool = False
    """It carries a specialist's words to a customer."""
    fresh: bool = False
    """The case was opened just now, and they were told nothing of it yet."""
    replies: Identity | None = None
    """Whom an answer by mail goes to, if not to us."""
    shared: bool = False
    """It is said where others read it, too: no link and no address that speak for the recipient are told there."""
    alike: bool = False
    """Others are told the very same: it is written once for all of them, with blanks for what is each one's own."""
    along: int = 0
    """Id of the delivery to a shared thread that this recipient reads instead; 0: this one is delivered itself."""
    until: datetime | None = None
    """Before then it is not delivered: it may be taken back, or stands behind what may."""
    before: Case | None = None
    """The case before what may be taken back; what goes out whether or not that happens is about this."""
    shown_before: CaseFacts | None = None
    """The case before that, as the recipient may see it."""


def heard(tx: Transaction, notification: Notification) -> Sequence[ThreadMessage]:
    """The messages that we and the recipient exchanged on the case, oldest first."""
    if notification.case is None or notification.fresh:
        return ()  # nothing was told to them yet
    return outbox_thread.between(tx, notification.case.id, notification.to.id)


def begins(notice: str) -> bool:
    """Do notices after this one wait to be batched? It was automatic, and nobody asked for it."""
    kind = NOTICES.get(notice)
    return kind is not None and kind.automatic and kind.audience != "asker"


def ids(notification: Notification, thread: Sequence[ThreadMessage]) -> tuple[str, ...]:
    """The ids that a mail client needs to put it into the recipient's own thread, oldest first."""
    message = notification.answers
    asked_ids = (*message.references, message.message_id) if message.message_id else ()
    return tuple(dict.fromkeys((*(sent.message_id for sent in thread), *asked_ids)))


def case_facts(case: Case, *, requester: Person | None, owner: Person | None, team: str = "") -> CaseFacts:
    """A case as its customers may see it."""
    return CaseFacts(
        number=label(case.id),
        subject=case.subject,
        state=case.state,
        priority=case.priority,
        type=case.type,
        category=case.category,
        ids=tuple(case.ids.splitlines()),
        requester=requester.shown if requester else "",
        owner=owner.shown if owner else "",
        opened_at=case.opened_at,
        feature=case.feature,
        team=team,
    )


def choices(notification: Notification) -> tuple[Choice, ...]:
    """What the reader can do there; only the requester is offered to close a case that is not over."""
    case, offered = notification.case, notification.notice.choices
    if case is None:
        return offered
    closable = not case.over and notification.to.id in (0, case.requester_id)
    return tuple(
        replace(choice, value=choice.value or str(case.id))
        for choice in offered
        if choice.step != "close" or closable or notification.notice.audience == "asker"
    )
