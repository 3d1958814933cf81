"""Two months at a small desk: what people did, and a notebook in which the test itself wrote it down."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.commands.case import Close, Open, Rate, Reopen, Reply
from bot.commands.triage import Merge, Spam
from bot.commands.urgency import Concern
from bot.model.identity import Proof
from store.cases.survey import survey
from tests.support.houses.desk import TestDesk

BEGIN, END = datetime(2026, 8, 31, 22, 0, tzinfo=UTC), datetime(2026, 10, 31, 23, 0, tzinfo=UTC)
"""Midnight in Paris at both ends, on either side of the change of clocks."""
LEVELS = """
[[account]]
name = "Bolt & Co"
domains = ["bolt.example"]
service_level = "gold"
[[calendar]]
name = "office"
time_zone = "Europe/Paris"
closed = ["2026-10-12"]
[[service_level]]
name = "standard"
[service_level.first_response]
Critical = "4h"
Medium = "8h"
Blocker = "1h"
[service_level.next_response]
[service_level.resolution]
Critical = "20h"
Medium = "40h"
[[service_level]]
name = "gold"
[service_level.first_response]
Critical = "2h"
Medium = "5h"
[service_level.next_response]
[service_level.resolution]
Medium = "30h"
"""
ACCOUNTS = {"acme.example": "Acme", "bolt.example": "Bolt & Co", "free.example": "none"}
STAFF = {"sam@desk.example": "Sam Specialist", "max@desk.example": "Max Manager"}
TYPES = (
    ("Reporting", "Discrepancy"),
    ("Reporting", "Missing data"),
    ("Delivery", "Not delivering"),
    ("API", ""),
    ("", ""),
)


@dataclass
class Page:
    """What the notebook says of one case."""

    number: int
    opened: datetime
    asker: str
    priority: str
    type: str
    category: str
    old: bool = False
    """It was imported as history."""
    held: bool = False
    spam: bool = False
    merged: bool = False
    since: datetime | None = None
    """Since when somebody waits for a first answer."""
    answer: tuple[datetime, str] | None = None
    waits: list[tuple[datetime, datetime]] = field(default_factory=list)
    """When somebody waited for a first answer, and until when."""
    begun: datetime | None = None
    """Since when the desk has worked on it: opened, or opened again."""
    works: list[tuple[datetime, datetime]] = field(default_factory=list)
    """When it did, and until when."""
    ends: list[tuple[datetime, str]] = field(default_factory=list)
    again: list[datetime] = field(default_factory=list)
    concerns: list[tuple[datetime, str]] = field(default_factory=list)
    open: bool = True

    account: str = "none"


class Months:
    """Lets two months pass; ``pages`` is the notebook.

    ``ratings`` is what customers answered: (asked, when, rating).
    """

    def __init__(self, desk: TestDesk) -> None:
        self.desk = desk
        self.chance = random.Random(5)
        self.now = BEGIN
        self.pages: list[Page] = []
        desk.desk.pages.begin_with("https://support.example")

    def pass_by(self) -> None:
        moves: list[tuple[Callable[[], None], int]] = [
            (self.somebody_opens, 12), (self.somebody_answers, 12), (self.staff_close, 7), (self.customer_closes, 3),
            (self.somebody_reopens, 3), (self.somebody_is_concerned, 2), (self.two_are_one, 1), (self.it_was_spam, 2),
            (self.old_mail_comes, 1), (self.somebody_rates, 3), (self.nothing_happens, 5),
        ]  # fmt: skip
        while self.now < END - timedelta(hours=6):
            self.now += timedelta(minutes=self.chance.randrange(30, 400))
            self.desk.at(self.now)
            self.chance.choices([move for move, _ in moves], [weight for _, weight in moves])[0]()
        self.now = END + timedelta(hours=1)
        self.desk.at(self.now)
        for page in self.pages:
            self._waits_no_more(page)
            self._works_no_more(page)

    def nothing_happens(self) -> None:
        """A coffee."""

    def ask(self, who: str, *commands: Any, **more: Any) -> Any:
        outcome = self.desk.ask(who, *commands, **more)
        assert [line.outcome for line in outcome.answered] == ["done"], outcome.answered
        return outcome

    def some(self, *wanted: Callable[[Page], object]) -> Page | None:
        found = [page for page in self.pages if not page.merged and all(want(page) for want in wanted)]
        return self.chance.choice(found) if found else None

    # what people do

    def somebody_opens(self) -> None:
        unproven = self.chance.random() < 0.15
        self._opens(held=unproven, proof=Proof.UNPROVEN if unproven else Proof.PLAUSIBLE)

    def old_mail_comes(self) -> None:
        ago = self.now - timedelta(days=self.chance.randrange(2, 30))
        self._opens(old=True, opened=ago, at=ago, quiet=True, proof=Proof.PLAUSIBLE)

    def _opens(self, *, opened: datetime | None = None, **more: Any) -> None:
        known = {name: more.pop(name) for name in ("held", "old") if name in more}
        asker = f"{self.chance.choice('abcdefgh')}@{self.chance.choice(list(ACCOUNTS))}"
        if known.get("held"):
            asker = f"stranger{len(self.pages)}@free.example"
        kind, category = self.chance.choice(TYPES)
        priority = self.chance.choice(("Blocker", "Critical", "Medium", "Medium", "Low"))
        command = Open(
            "A question", "What now?", priority=priority, type=kind or None, category=category or None
        )
        number = self.ask(asker, command, **more).case
        page = Page(number, opened or self.now, asker, priority, kind, category, **known)
        page.since = page.begun = None if page.old or page.held else self.now
        page.account = ACCOUNTS[asker.partition("@")[2]]
        self.pages.append(page)

    def somebody_answers(self) -> None:
        if page := self.some(lambda p: p.open and not p.held):
            who = self.chance.choice(list(STAFF))
            self.ask(who, Reply(page.number, "We look at it."))
            self._waits_no_more(page)
            page.answer = page.answer or (self.now, who)

    def staff_close(self) -> None:
        if page := self.some(lambda p: p.open and p.answer):
            reason = self.chance.choice(("resolved", "resolved", "as_designed", "out_of_scope"))
            self.ask(self.chance.choice(list(STAFF)), Close(page.number, reason))
            self._ends(page, reason)

    def customer_closes(self) -> None:
        if page := self.some(lambda p: not p.held):
            self.ask(page.asker, Close(page.number))  # of a closed one: a confirmation, or nothing at all
            if page.open:
                self._ends(page, "no_longer")

    def _ends(self, page: Page, reason: str) -> None:
        self._waits_no_more(page)
        self._works_no_more(page)
        page.ends.append((self.now, reason))
        page.open = False

    def _waits_no_more(self, page: Page) -> None:
        if page.since and page.open and not page.answer:
            page.waits.append((page.since, self.now))

    def _works_no_more(self, page: Page) -> None:
        if page.begun and page.open:
            page.works.append((page.begun, self.now))

    def somebody_reopens(self) -> None:
        if page := self.some(lambda p: not p.open and not p.spam):
            self.ask(page.asker, Reopen(page.number, "It is back."))
            page.again.append(self.now)
            page.open = True
            page.begun = self.now
            page.since = page.since if page.answer else self.now

    def somebody_is_concerned(self) -> None:
        if page := self.some(lambda p: p.open and not p.held):
            category = self.chance.choice(("wrong_reply", "lack_of_reply", ""))
            self.ask(page.asker, Concern(page.number, "+33 1 23 45 67 89", category, "Nobody listens."))
            page.concerns.append((self.now, category))

    def two_are_one(self) -> None:
        part = self.some(lambda p: p.open and not p.held)
        into = part and self.some(
            lambda p: p.open and not p.held and p is not part and p.account == part.account
        )
        if part and into:
            self.ask("sam@desk.example", Merge(part.number, into.number))
            self._ends(part, "duplicate")
            part.merged = True

    def it_was_spam(self) -> None:
        if page := self.some(lambda p: p.open and p.held):
            self.ask("sam@desk.example", Spam(page.number))
            page.spam, page.open = True, False

    def somebody_rates(self) -> None:
        with self.desk.app.database.reading() as tx:
            asked = tx.rows(survey.select().where(survey.c.rating.is_(None)))
        if asked:
            row = self.chance.choice(asked)
            page = next(page for page in self.pages if page.number == row.case_id)
            words = self.chance.choice(("", "Thank you.", '=HYPERLINK("http://evil.example")'))
            rating = Rate(row.case_id, row.id, self.chance.randrange(1, 6), words)
            self.ask(page.asker, rating, proof=Proof.LINKED)
