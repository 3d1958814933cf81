"""A case's page: what one of its customers may see and do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from operator import attrgetter

from bot.commands.case import Close, Reopen, Reply
from bot.commands.urgency import ChangePriority, Concern, NameContact
from bot.config.choices import ListsSection
from bot.config.settings import LimitsSection
from bot.model.facts import EventLine, FileFacts
from bot.model.identity import Identity, Proof
from bot.model.pages import CasePage, PageFrame, SolvedPage, UploadPage
from bot.model.request import Command
from bot.model.rule import CUSTOMERS
from bot.notify.notification import case_facts
from bot.policy import quotas
from bot.queries import public_entries
from bot.syntax.case_numbers import label
from store.articles import article
from store.cases import attachment as attachments
from store.cases import case as cases
from store.cases import entry as entries
from store.cases import participant, read_access
from store.cases.case import Case
from store.engine.transaction import Transaction
from store.people import names as naming
from store.people import person as people
from store.people.person import Person
from store.queues import dispatch

LIFE = timedelta(days=30)
"""How long a case's page outlives the case."""


def has_ended(closed_at: datetime | None, *, over: bool, now: datetime) -> bool:
    """Does a link to the page of this case lead nowhere any more?"""
    return over and now - (closed_at or now) > LIFE


def find(
    tx: Transaction,
    case: Case,
    person: Person,
    lists: ListsSection,
    limits: LimitsSection,
    *,
    role: str,
    front: PageFrame,
    page_url: Callable[..., str],
    now: datetime,
) -> CasePage:
    """The page for a customer with this role."""
    pending = dispatch.pending(tx, case.id, now=now)
    case = pending.customer_view(case)
    requester = people.by_id(tx, case.requester_id)
    owner = people.by_id(tx, case.owner_id) if case.owner_id else None
    since = read_access.since(tx, case.id, person.id)
    files = [file for file in attachments.of_case(tx, case.id) if not file.inline]
    public = public_entries.read(
        tx,
        case.id,
        since=since,
        pending=pending,
        files=files,
        reader=person.id,
        requester=case.requester_id,
    )
    named = {file.id for entry in public for file in entry.files}
    happened = _happened(tx, case.id, since, lists.close_reasons)
    happened = (line for line in happened if line.at not in pending.moments)
    earlier = _earlier(tx, case, person)
    ended = earlier and has_ended(earlier.closed_at, over=earlier.over, now=now)
    return CasePage(
        front=front,
        numbers=(case.id, person.id),
        reader=Identity(person.channel, person.address, person.name),
        mailbox=case.mailbox,
        case=case_facts(case, requester=requester, owner=owner),
        reason=lists.close_reasons.get(case.close_reason, ""),
        told=tuple(sorted((*public, *happened), key=attrgetter("at"))),
        may=frozenset(_allowed(case, role, blocker=lists.blocker)),
        concerns=lists.concern_categories,
        priorities=tuple(priority for priority in lists.priorities if priority != case.priority),
        technical_contact=", ".join(word for word in (case.contact_name, case.contact_phone) if word),
        upload_url="" if case.state == "closed" else page_url("upload", case.id, person.id),
        stored={file.id: file.sha256 for file in files if file.id in named},
        left=quotas.room(tx, limits, person, now=now),
        follows=label(earlier.id) if earlier else "",
        follows_url=page_url("case", earlier.id, person.id) if earlier and not ended else "",
    )


def _earlier(tx: Transaction, case: Case, person: Person) -> Case | None:
    """The case that this one follows, if it is theirs, too."""
    number = case.linked_id or 0
    return cases.get(tx, number) if number and participant.role(tx, number, person.id) in CUSTOMERS else None


def _happened(
    tx: Transaction, number: int, since: Mapping[int, datetime], reasons: Mapping[str, str]
) -> Iterator[EventLine]:
    details = [
        (row, str(json.loads(row.detail).get(STEPS[row.name], "")))
        for row in cases.events(tx, number)
        if row.name in STEPS and read_access.reads(since, row.case_id, row.at)
    ]
    names = naming.names(tx, (detail for row, detail in details if STEPS[row.name] == "who"))
    for row, detail in details:
        words = reasons.get(detail, "") if row.name == "closed" else names.get(detail, detail)
        yield EventLine(row.at, row.name, row.person_name or "", words)


STEPS = {
    "taken": "",
    "assigned": "to",
    "handed over": "to",
    "closed": "reason",
    "reopened": "",
    "concern raised": "",
    "concern taken": "",
    "information requested": "",
    "workaround given": "",
    "priority requested": "wanted",
    "priority declined": "wanted",
    "priority changed": "after",
    "participant added": "who",
    "participant removed": "who",
    "merged": "into",
    "unmerged": "out_of",
}
"""The steps of a case's history that its customers read of, and the detail that goes with each."""

ACTIONS: Mapping[str, type[Command]] = {
    "reply": Reply,
    "close": Close,
    "reopen": Reopen,
    "concern": Concern,
    "priority": ChangePriority,
    "contact": NameContact,
}


def _allowed(case: Case, role: str, *, blocker: str) -> Iterator[str]:
    fits = {
        "reply": not case.over,
        "reopen": case.over,
        "close": case.state != "closed",
        "concern": True,
        "priority": True,
        "contact": case.priority == blocker and not case.over,
    }
    for name, command in ACTIONS.items():
        needed = command.rule.get(role)
        if fits[name] and needed is not None and needed <= Proof.LINKED:
            yield name


def upload_page(
    tx: Transaction, case: Case, person: Person, limits: LimitsSection, *, front: PageFrame, now: datetime
) -> UploadPage:
    """The page of one customer."""
    theirs = {row.id for row in entries.entries(tx, case.id) if row.person_id == person.id}
    files = attachments.of_case(tx, case.id)
    return UploadPage(
        front=front,
        numbers=(case.id, person.id),
        reader=Identity(person.channel, person.address, person.name),
        mailbox=case.mailbox,
        number=label(case.id),
        sent=tuple(
            FileFacts(file.name, file.size) for file in files if file.entry_id in theirs and not file.inline
        ),
        left=quotas.room(tx, limits, person, now=now),
    )


SOLVED_LIFE = timedelta(days=30)
"""How long a link leads to its page."""


def solved_page(
    tx: Transaction, case: Case, person: Person, *, front: PageFrame, numbers: tuple[int, ...]
) -> SolvedPage | None:
    """The page for a case's own requester; None if the case is read in another, or the article is gone."""
    suggestion = article.get(tx, numbers[2])
    if suggestion is None or person.id != case.requester_id or case.merged_id is not None:
        return None
    reader = Identity(person.channel, person.address, person.name)
    over = case.state == "closed"
    return SolvedPage(
        front, numbers, reader, case.mailbox, label(case.id), suggestion.title, suggestion.url, over
    )
