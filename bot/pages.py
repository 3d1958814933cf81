"""Pages: what a signed link shows its holder, and the forms upon it; to a customer only what they may see."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from bot import access, mine, newcase, rawmail, uploading
from bot.commands import Close, Command, Concern, Identity, Proof, Reopen, Reply
from bot.config import Config
from bot.facts import CaseFacts, EventLine, FileFacts, PublicEntry
from bot.front import Front, Gone
from bot.grammar import label
from bot.links import Links, PageToken
from bot.mine import MyPage
from bot.newcase import NewPage
from bot.posts import brand_of
from bot.rawmail import RawMail
from bot.telling import case_facts
from bot.uploading import UploadPage
from store import case as cases
from store import conversation, participant, people, reading
from store import survey as surveys
from store.case import Case
from store.people import Person
from store.transaction import Transaction

SURVEY_LIFE = timedelta(days=14)
CASE_LIFE = timedelta(days=30)
"""How long a case's page outlives the case."""
OPENED_LIFE = timedelta(days=1)
_LIVES = {
    "survey": SURVEY_LIFE,
    "mail": rawmail.LIFE,
    "my": mine.LIFE,
    "new": newcase.LIFE,
    "opened": OPENED_LIFE,
}
Purpose = Literal["survey", "case", "mail", "my", "new", "upload"]
FORM_LIFE = timedelta(days=1)


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
    upload_url: str
    """Where files are sent to it; empty once it is closed."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that may be fetched from a page."""

    name: str
    sha256: str


Page = CasePage | SurveyPage | MyPage | NewPage | UploadPage | RawMail | Gone
Form = CasePage | SurveyPage | NewPage | UploadPage
"""Pages on which something can be done."""


class Pages:
    """Finds what links lead to, and signs the forms on those pages."""

    def __init__(self, config: Config, links: Links) -> None:
        self._config = config
        self._links = links
        self._brands = {box.address: brand_of(box, config.desk.docs_url) for box in config.mailboxes}

    def begin_with(self, base_url: str) -> None:
        """Say what links to pages begin with from now on, without a slash at the end; empty: there are none."""
        self._links.base_url = base_url

    def front(self, mailbox: str = "", address: str = "", *, mine_of: int = 0) -> Front:
        """The desk, as the owner of this mailbox, to somebody of this address.

        ``mine_of``: the reader, on a page that may lead to all their cases.
        """
        brand = self._brands.get(mailbox) or self._brands[self._config.mailboxes[0].address]
        usual = f"{self._links.base_url}/new" if self._links.base_url else ""
        new = self._links.page_url("new", mine_of) if mine_of else usual
        my = self._links.page_url("my", mine_of) if mine_of else ""
        return Front(brand.facts, brand.language, self._local_team(address), new, my)

    def anybody(self) -> NewPage:
        """The page on which somebody opens a case whom nobody knows yet."""
        return newcase.page(self.front(), self._config.lists, None)

    def find(self, tx: Transaction, purpose: Purpose, token: str, *, now: datetime, part: int) -> Page | None:
        """What a link leads to for its holder; None if it is not ours, or its case is not."""
        said = self._links.read_page_token(purpose, token, now=now, life=_LIVES.get(purpose))
        if said is None:
            return None
        if purpose == "mail":
            found = None if said.expired else rawmail.find(tx, *said.numbers)
            return found or Gone(self.front())
        if purpose in ("my", "new"):
            return self._of_person(tx, purpose, said, part=part)
        return self._of_case(tx, purpose, said, now=now)

    def _of_person(self, tx: Transaction, purpose: Purpose, said: PageToken, *, part: int) -> Page | None:
        person = people.by_id(tx, said.numbers[0])
        if person is None:
            return None
        if said.expired or person.staff:
            return Gone(self.front(address=person.address))
        if purpose == "new":
            front = replace(
                self.front(address=person.address), new_url=self._links.page_url("new", person.id)
            )
            return newcase.page(front, self._config.lists, person)
        front = self.front(address=person.address, mine_of=person.id)
        return mine.find(tx, person, self._links, front=front, part=part)

    def _of_case(self, tx: Transaction, purpose: Purpose, said: PageToken, *, now: datetime) -> Page | None:
        case = self._read_in(tx, said.numbers[0]) if purpose in ("case", "upload") else None
        case = case or cases.get(tx, said.numbers[0])
        person = people.by_id(tx, said.numbers[1])
        if case is None or person is None:
            return None
        front = self.front(case.mailbox, person.address, mine_of=person.id if purpose == "case" else 0)
        role = participant.role(tx, case.id, person.id)
        if said.expired or person.staff or role not in access.CUSTOMERS:
            return Gone(self.front(case.mailbox, person.address))
        if purpose == "survey":
            return _survey(tx, case, person, front=front, numbers=said.numbers)
        if purpose == "upload":
            limits = self._config.limits
            closed = case.state == "closed" or case.held
            return Gone(front) if closed else uploading.find(tx, case, person, limits, front=front, now=now)
        if case.over and now - (case.closed_at or now) > CASE_LIFE:
            return Gone(self.front(case.mailbox, person.address))
        return self._case(tx, case, person, role=role, front=front)

    def file(self, tx: Transaction, token: str, file_id: int, *, now: datetime) -> StoredFile | Gone | None:
        """A file that the reader of a case's page may have; None if there is none of that id for them."""
        page = self.find(tx, "case", token, now=now, part=1)
        if not isinstance(page, CasePage):
            return page if isinstance(page, Gone) else None
        told = {file.id for one in page.told if isinstance(one, PublicEntry) for file in one.files}
        found = conversation.files(tx, page.numbers[0]) if file_id in told else ()
        return next((StoredFile(one.name, one.sha256) for one in found if one.id == file_id), None)

    def opened(self, case: int, person: int) -> str:
        """The link of the page of a case that was opened just now."""
        return self._links.page_url("case", case, person)

    def number(self, token: str, *, now: datetime) -> str:
        """The number of the case that ``receipt_of`` names; ``""`` for what is not ours, or is a day old."""
        said = self._links.read_page_token("opened", token, now=now, life=OPENED_LIFE)
        return "" if said is None or said.expired else label(said.numbers[0])

    def receipt_of(self, case: int) -> str:
        """A word for a case that somebody unknown has opened, for the page that tells them its number."""
        return self._links.page_token("opened", case)

    def _read_in(self, tx: Transaction, number: int) -> Case | None:
        """The case that another one is read in, or None."""
        case = cases.get(tx, number)
        return cases.get(tx, case.merged_id) if case and case.merged_id else None

    def without_links(self, text: str) -> str:
        """Somebody's words without links to their own pages, for others may read them."""
        return self._links.without_pages(text)

    def form(self, page: Form) -> str:
        """A fresh nonce for the forms of a page: it acts once."""
        return self._links.page_token("form", *page.numbers, secrets.randbits(62))

    def receipt(self, page: Form, nonce: str, *, now: datetime) -> str:
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
            upload_url="" if case.state == "closed" else self._links.page_url("upload", case.id, person.id),
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
            files.setdefault(file.entry_id, []).append(FileFacts(file.name, file.size, file.id))
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
