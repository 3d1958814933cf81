"""The page resolver: what a signed link shows, and the forms on that page."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from bot.brand.palette import Palette
from bot.config.load import Config
from bot.links.tokens import Links, PageToken
from bot.model.identity import Identity
from bot.model.pages import (
    CasePage,
    FilesPage,
    FormPage,
    Gone,
    LogoFile,
    NewPage,
    Page,
    PageFrame,
    Purpose,
    StoredFile,
    SurveyPage,
)
from bot.model.rule import CUSTOMERS
from bot.notify import files_link, raw_mail_link
from bot.notify.sender import brand_of
from bot.pages import case as casepage
from bot.pages import identity_join, my_cases
from bot.pages.look import Looks
from bot.policy import answer_target, local_team, quotas, time_zone
from bot.syntax.case_numbers import label
from store.cases import attachment as attachments
from store.cases import case as cases
from store.cases import participant
from store.cases import survey as surveys
from store.cases.case import Case
from store.directory import person_merge
from store.engine.transaction import Transaction
from store.people import person as people
from store.people.person import Person
from store.queues import dispatch

SURVEY_LIFE = timedelta(days=14)
OPENED_LIFE = timedelta(days=1)
_LIVES = {
    "survey": SURVEY_LIFE,
    "mail": raw_mail_link.LIFE,
    "files": files_link.LIFE,
    "my": my_cases.LIFE,
    "new": my_cases.NEW_LIFE,
    "opened": OPENED_LIFE,
    "solved": casepage.SOLVED_LIFE,
    "join": identity_join.LIFE,
}
FORM_LIFE = timedelta(days=1)


_HOLDER = {"my": 0, "new": 0, "case": 1, "upload": 1, "survey": 1, "solved": 1, "join": 0}
"""Which of a link's numbers is its holder's, where that is a customer."""


class PageResolver:
    """Finds the pages that links lead to, and signs the forms on them."""

    def __init__(self, config: Config, links: Links) -> None:
        self._config = config
        self._links = links
        self.looks = Looks(config.mailboxes)
        self._brands = {box.address: brand_of(box, config.desk.docs_url) for box in config.mailboxes}

    def begin_with(self, base_url: str) -> None:
        """Set the beginning of page links, without a slash at the end; empty: there are none."""
        self._links.base_url = base_url

    def of_desk(self, purpose: str, number: int, person: int) -> str:
        """A link for one of the desk: to a ``mail`` as it came, or the ``files`` of a case; or ``""``."""
        return self._links.page_url(purpose, number, person)

    def front(self, mailbox: str = "", team: str = "", language: str = "", *, mine_of: int = 0) -> PageFrame:
        """The page frame: the desk as this mailbox, to a reader with this local team (or the desk's).

        ``language``: what the reader speaks, if that is known. ``mine_of``: the reader, on a page that may
        lead to all their cases.
        """
        first = self._config.mailboxes[0].address
        brand = self._brands.get(mailbox) or self._brands[first]
        to = "" if brand.address == first else urlencode({"to": brand.address})
        usual = f"{self._links.base_url}/new" if self._links.base_url and self._config.desk.open else ""
        usual = f"{usual}?{to}" if usual and to else usual
        new = self._links.page_url("new", mine_of) if mine_of else usual
        my = self._links.page_url("my", mine_of) if mine_of else ""
        team, logo = team or self._config.desk.local_team, self.looks.logo_of(brand.address)
        return PageFrame(brand.facts, brand.language, team, new, my, language, logo=logo, to=to)

    def palettes(self) -> Collection[Palette]:
        """The colours of all brands that have their own."""
        return {brand.facts.palette for brand in self._brands.values() if brand.facts.palette}

    def logo(self, name: str) -> LogoFile | None:
        """The logo of this name."""
        logo = self.looks.logos.get(name)
        return LogoFile(logo.kind, logo.data) if logo else None

    def anybody(self, mailbox: str = "") -> NewPage | None:
        """The page for a new case by an unknown person, as ``front`` has it; None at a closed desk."""
        if not self._config.desk.open:
            return None
        return my_cases.new_case(self.front(mailbox), self._config.lists, None)

    def find(self, tx: Transaction, purpose: Purpose, token: str, *, now: datetime, part: int) -> Page | None:
        """The page of a link for its holder; None if the link is not ours, or its case does not exist."""
        read_token = self._links.read_page_token(purpose, token, now=now, life=_LIVES.get(purpose))
        if read_token is None:
            return None
        read_token = _held_now(tx, purpose, read_token)
        if purpose in ("mail", "files"):
            return self._of_staff(tx, purpose, read_token)
        if purpose in ("my", "new", "join"):
            return self._of_person(tx, purpose, read_token, now=now, part=part)
        return self._of_case(tx, purpose, read_token, now=now)

    def _of_staff(self, tx: Transaction, purpose: Purpose, token: PageToken) -> Page:
        """A mail as it came, or the files of a case, for one of the desk or for all who read a place of it."""
        number, holder = token.numbers
        front = self._staffs(tx, holder)
        if token.expired:
            return Gone(front)
        if purpose == "mail":
            return raw_mail_link.find(tx, number, holder) or Gone(front)
        return files_link.find(tx, number, holder, front=front) or Gone(front)

    def _staffs(self, tx: Transaction, holder: int) -> PageFrame:
        """The page frame in the language and by the clock of one of the desk, else of the desk."""
        person = people.by_id(tx, holder) if holder else None
        if person is None:
            return replace(self.front(language=self._config.desk.language), zone=self._config.zone)
        language = self._config.staff_language(person.channel, person.address)
        zone = time_zone.of(tx, self._config, person)
        return replace(self.front(language=language), zone=zone)

    def _of_person(
        self, tx: Transaction, purpose: Purpose, token: PageToken, *, now: datetime, part: int
    ) -> Page | None:
        person = people.by_id(tx, token.numbers[0])
        if person is None:
            return None
        mailbox = participant.latest_mailbox(tx, person.id)
        if token.expired or person.staff or person.left:
            return Gone(self._theirs(tx, person, mailbox))
        if purpose == "join":
            front = self._theirs(tx, person, mailbox)
            return identity_join.find(tx, self._config, person, front=front, numbers=token.numbers)
        if purpose == "new":
            front = replace(self._theirs(tx, person, mailbox), new_url=self._links.page_url("new", person.id))
            left = quotas.room(tx, self._config.limits, person, now=now)
            return my_cases.new_case(front, self._config.lists, person, left=left)
        front = self._theirs(tx, person, mailbox, mine_of=person.id)
        return my_cases.find(tx, person, self._links, front=front, part=part, now=now)

    def _theirs(self, tx: Transaction, person: Person, mailbox: str = "", *, mine_of: int = 0) -> PageFrame:
        """The page frame for this person."""
        team = local_team.of(tx, self._config, person.account_id)
        front = self.front(mailbox, team, person.language, mine_of=mine_of)
        zone = time_zone.of(tx, self._config, person)
        return replace(front, zone=zone, own_zone=bool(person.time_zone))

    def _of_case(self, tx: Transaction, purpose: Purpose, token: PageToken, *, now: datetime) -> Page | None:
        case = self._read_in(tx, token.numbers[0]) if purpose in ("case", "upload") else None
        case = case or cases.get(tx, token.numbers[0])
        person = people.by_id(tx, token.numbers[1])
        if case is None or person is None:
            return None
        front = self._theirs(tx, person, case.mailbox, mine_of=person.id if purpose == "case" else 0)
        role = participant.role(tx, case.id, person.id)
        if token.expired or person.staff or person.left or role not in CUSTOMERS:
            return Gone(self._theirs(tx, person, case.mailbox))
        if purpose == "survey":
            return _survey(tx, case, person, front=front, numbers=token.numbers)
        view = dispatch.pending(tx, case.id, now=now).customer_view(case)
        if purpose == "upload":
            limits = self._config.limits
            closed = view.state == "closed" or case.held
            return (
                Gone(front)
                if closed
                else casepage.upload_page(tx, case, person, limits, front=front, now=now)
            )
        if purpose == "solved":
            return casepage.solved_page(tx, view, person, front=front, numbers=token.numbers) or Gone(front)
        if casepage.has_ended(case.closed_at, over=case.over, now=now):
            return Gone(self._theirs(tx, person, case.mailbox))
        lists, limits, page_url = self._config.lists, self._config.limits, self._links.page_url
        page = casepage.find(
            tx, case, person, lists, limits, role=role, front=front, page_url=page_url, now=now
        )
        return replace(page, answer_by=answer_target.told(tx, self._config, view, now=now))

    def file(
        self, tx: Transaction, purpose: Purpose, token: str, *, file_id: int, now: datetime
    ) -> StoredFile | Gone | None:
        """A file that a link's holder may have; None if there is none of that id for them."""
        page = self.find(tx, purpose, token, now=now, part=1)
        if isinstance(page, CasePage):
            file_ids = set(page.stored)
        elif isinstance(page, FilesPage):
            file_ids = {file.id for file in page.files}
        else:
            return page if isinstance(page, Gone) else None
        file = attachments.by_id(tx, file_id) if file_id in file_ids else None
        return StoredFile(file.name, file.sha256) if file else None

    def opened(self, case: int, person: int) -> str:
        """The link to the page of a case that was just opened."""
        return self._links.page_url("case", case, person)

    def upload(self, case: int, person: int) -> str:
        """The link to the page where a customer uploads files to a case; ``""`` without a web door."""
        return self._links.page_url("upload", case, person)

    def new_case(self, person: int | None) -> str:
        """The link by which this person opens a case; of None, the one for anybody, if the desk is open."""
        return self._links.page_url("new", person) if person else self.front().new_url

    def number(self, token: str, *, now: datetime) -> str:
        """The case number that ``receipt_of`` names; ``""`` if it is not ours, or a day old."""
        read_token = self._links.read_page_token("opened", token, now=now, life=OPENED_LIFE)
        return "" if read_token is None or read_token.expired else label(read_token.numbers[0])

    def receipt_of(self, case: int) -> str:
        """A token for a case opened by an unknown person, for the page that shows them its number."""
        return self._links.page_token("opened", case)

    def _read_in(self, tx: Transaction, number: int) -> Case | None:
        """The case that another one was merged into, or None."""
        case = cases.get(tx, number)
        return cases.get(tx, case.merged_id) if case and case.merged_id else None

    def without_links(self, text: str) -> str:
        """Text without links to its writer's own pages, for others may read it."""
        return self._links.without_pages(text)[0]

    def form(self, page: FormPage) -> str:
        """A fresh nonce for the forms of a page: it acts once."""
        return self._links.page_token("form", *page.numbers, secrets.randbits(62))

    def receipt(self, page: FormPage, nonce: str, *, now: datetime) -> str:
        """The receipt key for a nonce; ``""`` if it was not made for this page, or is a day old."""
        read_token = self._links.read_page_token("form", nonce, now=now, life=FORM_LIFE)
        if read_token is None or read_token.expired or read_token.numbers[:-1] != page.numbers:
            return ""
        return "-".join(map(str, read_token.numbers))


def _held_now(tx: Transaction, purpose: Purpose, token: PageToken) -> PageToken:
    """The token with its holder replaced by the person they were merged into."""
    at = _HOLDER.get(purpose)
    if at is None:
        return token
    numbers = (*token.numbers[:at], person_merge.now(tx, token.numbers[at]), *token.numbers[at + 1 :])
    return replace(token, numbers=numbers)


def _survey(
    tx: Transaction, case: Case, person: Person, *, front: PageFrame, numbers: tuple[int, ...]
) -> SurveyPage | None:
    survey = surveys.get(tx, numbers[2])
    if survey is None or (survey.case_id, survey.person_id) != (case.id, person.id):
        return None
    reader = Identity(person.channel, person.address, person.name)
    return SurveyPage(front, numbers, reader, case.mailbox, label(case.id), survey.rating)
