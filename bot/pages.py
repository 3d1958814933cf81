"""Pages: what a signed link shows its holder, and the forms upon it; to a customer only what they may see."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import access, rawmail, solved
from bot.commands import Close, Command, Concern, Identity, Proof, Reopen, Reply
from bot.config import Config
from bot.facts import CaseFacts, DeskFacts, EventLine, FileFacts, PublicEntry
from bot.grammar import label
from bot.links import Links
from bot.posts import brand_of
from bot.rawmail import RawMail
from bot.solved import SolvedPage
from bot.telling import case_facts
from store import case as cases
from store import conversation, participant, people, reading
from store import survey as surveys
from store.case import Case
from store.people import Person
from store.transaction import Transaction

SURVEY_LIFE = timedelta(days=14)
CASE_LIFE = timedelta(days=30)
"""How long a case's page outlives the case."""
_LIVES = {"survey": SURVEY_LIFE, "mail": rawmail.LIFE, "solved": solved.LIFE}
FORM_LIFE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Front:
    """What every page says of the desk."""

    desk: DeskFacts
    language: str
    """The desk's own, for a reader whose language we do not have."""
    local_team: str = ""
    """An address that may help, or empty."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A link that was ours and leads nowhere any more."""

    front: Front


@dataclass(frozen=True, slots=True)
class SurveyPage:
    """A survey: no more of its case than the number."""

    front: Front
    numbers: tuple[int, ...]
    """Case, person, survey."""
    reader: Identity
    mailbox: str
    number: str
    rating: int | None
    """What was answered earlier."""


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case, as one of its customers may see it."""

    front: Front
    numbers: tuple[int, ...]
    """Case, person."""
    reader: Identity
    mailbox: str
    case: CaseFacts
    reason: str
    """Why it was closed, in words, or empty."""
    told: tuple[PublicEntry | EventLine, ...]
    """What was said and what happened, oldest first."""
    may: frozenset[str]
    """``reply``, ``close``, ``reopen``, ``concern``: what the reader can do now."""
    concerns: Mapping[str, str]
    """Categories of concerns: key → words."""


Page = CasePage | SurveyPage | SolvedPage | RawMail | Gone


class Pages:
    """Finds what links lead to, and signs the forms on those pages."""

    def __init__(self, config: Config, links: Links) -> None:
        self._config = config
        self._links = links
        self._brands = {box.address: brand_of(box, config.desk.docs_url) for box in config.mailboxes}

    def begin_with(self, base_url: str) -> None:
        """Say what links to pages begin with from now on, without a slash at the end; empty: there are none."""
        self._links.base_url = base_url

    def front(self, mailbox: str = "", address: str = "") -> Front:
        """The desk, as the owner of this mailbox, to somebody of this address."""
        brand = self._brands.get(mailbox) or self._brands[self._config.mailboxes[0].address]
        return Front(brand.facts, brand.language, self._local_team(address))

    def find(self, tx: Transaction, purpose: str, token: str, *, now: datetime) -> Page | None:
        """What a link leads to for its holder; None if it is not ours, or its case is not."""
        said = self._links.read_page_token(purpose, token, now=now, life=_LIVES.get(purpose))
        if said and purpose == "mail":
            found = None if said.expired else rawmail.find(tx, *said.numbers)
            return found or Gone(self.front())
        case = self._read_in(tx, said.numbers[0]) if said and purpose == "case" else None
        case = case or (cases.get(tx, said.numbers[0]) if said else None)
        person = people.by_id(tx, said.numbers[1]) if said else None
        if said is None or case is None or person is None:
            return None
        front = self.front(case.mailbox, person.address)
        role = participant.role(tx, case.id, person.id)
        if said.expired or person.staff or role not in access.CUSTOMERS:
            return Gone(front)
        if purpose == "survey":
            return _survey(tx, case, person, front=front, numbers=said.numbers)
        if purpose == "solved":
            return solved.find(tx, case, person, front=front, numbers=said.numbers) or Gone(front)
        if case.over and now - (case.closed_at or now) > CASE_LIFE:
            return Gone(front)
        return self._case(tx, case, person, role=role, front=front)

    def _read_in(self, tx: Transaction, number: int) -> Case | None:
        """The case that another one is read in, or None."""
        case = cases.get(tx, number)
        return cases.get(tx, case.merged_id) if case and case.merged_id else None

    def without_links(self, text: str) -> str:
        """Somebody's words without links to their own pages, for others may read them."""
        return self._links.without_pages(text)

    def form(self, page: CasePage | SurveyPage | SolvedPage) -> str:
        """A fresh nonce for the forms of a page: it acts once."""
        return self._links.page_token("form", *page.numbers, secrets.randbits(62))

    def receipt(self, page: CasePage | SurveyPage | SolvedPage, nonce: str, *, now: datetime) -> str:
        """The key of what is sent with a nonce; ``""`` if it was not made for this page, or is a day old."""
        said = self._links.read_page_token("form", nonce, now=now, life=FORM_LIFE)
        if said is None or said.expired or said.numbers[:-1] != page.numbers:
            return ""
        return "-".join(map(str, said.numbers))

    def _case(self, tx: Transaction, case: Case, person: Person, *, role: str, front: Front) -> CasePage:
        requester = people.by_id(tx, case.requester_id)
        owner = people.by_id(tx, case.owner_id) if case.owner_id else None
        since = reading.since(tx, case.id, person.id)
        return CasePage(
            front=front,
            numbers=(case.id, person.id),
            reader=Identity(person.channel, person.address, person.name),
            mailbox=case.mailbox,
            case=case_facts(
                case, requester=requester.shown if requester else "", owner=owner.name if owner else ""
            ),
            reason=self._config.lists.close_reasons.get(case.close_reason, ""),
            told=tuple(sorted((*_said(tx, case.id, since), *self._happened(tx, case.id, since)), key=_when)),
            may=frozenset(_allowed(case, role)),
            concerns=self._config.lists.concern_categories,
        )

    def _happened(self, tx: Transaction, number: int, since: Mapping[int, datetime]) -> Iterator[EventLine]:
        for row in cases.events(tx, number):
            if row.name in STEPS and reading.reads(since, row.case_id, row.at):
                detail = str(json.loads(row.detail).get(STEPS[row.name], ""))
                words = self._config.lists.close_reasons.get(detail, "") if row.name == "closed" else detail
                yield EventLine(row.at, row.name, row.person_name or "", words)

    def _local_team(self, address: str) -> str:
        domain = address.rpartition("@")[2]
        theirs = (account.local_team for account in self._config.accounts if domain in account.domains)
        return next(theirs, "") or self._config.desk.local_team


STEPS = {
    "taken": "",
    "assigned": "to",
    "closed": "reason",
    "reopened": "",
    "concern raised": "",
    "participant added": "who",
    "participant removed": "who",
    "merged": "into",
    "unmerged": "out_of",
}
"""The steps of a case's history that its customers read of, and the detail that goes with each."""

ACTIONS: Mapping[str, type[Command]] = {"reply": Reply, "close": Close, "reopen": Reopen, "concern": Concern}


def _allowed(case: Case, role: str) -> Iterator[str]:
    fits = {"reply": not case.over, "reopen": case.over, "close": case.state != "closed", "concern": True}
    for name, command in ACTIONS.items():
        needed = access.RULES[command].get(role)
        if fits[name] and needed is not None and needed <= Proof.LINKED:
            yield name


def _when(one: PublicEntry | EventLine) -> datetime:
    return one.at


def _said(tx: Transaction, number: int, since: Mapping[int, datetime]) -> Iterator[PublicEntry]:
    """What its customers may read: nothing internal, nothing that was only kept."""
    files: dict[int, list[FileFacts]] = {}
    for file in conversation.files(tx, number):
        if not file.inline:
            files.setdefault(file.entry_id, []).append(FileFacts(file.name, file.size))
    for row in conversation.entries(tx, number):
        if (
            row.visibility == "public"
            and row.kind == "said"
            and reading.reads(since, row.case_id, row.received_at)
        ):
            author = row.person_name or row.address
            yield PublicEntry(author, row.text, row.received_at, tuple(files.get(row.id, ())))


def _survey(
    tx: Transaction, case: Case, person: Person, *, front: Front, numbers: tuple[int, ...]
) -> SurveyPage | None:
    asked = surveys.get(tx, numbers[2])
    if asked is None or (asked.case_id, asked.person_id) != (case.id, person.id):
        return None
    reader = Identity(person.channel, person.address, person.name)
    return SurveyPage(front, numbers, reader, case.mailbox, label(case.id), asked.rating)
