"""A trial: one row in one channel, with people of its own, and what was seen."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench.rows.desk import Desk
from bench.rows.mail import Correspondent, body
from bench.rows.seen import Missing, complaint, flat
from bench.rows.table import Cell
from bench.rows.web import Page, get

NAMES = ("ana", "ben", "cleo", "dan", "ella", "finn", "gus", "hana", "ida", "jon", "kira", "leo")
_people = itertools.count(1)
NUMBER = re.compile(r"CS-\d{6,}")
Steps = Iterator[timedelta]
"""A trial over days: yields how long after its beginning it goes on."""


class Trial:
    """``see``, ``reads`` and ``lacks`` write into the cell."""

    def __init__(self, desk: Desk, cell: Cell) -> None:
        self.desk, self.cell = desk, cell
        self.slack, self.post = desk.slack, desk.post
        self.pat = self.post.person("pat@desk.example", "Pat Paper")
        """A specialist who has mail alone."""
        self.mona = self.post.person("mona@desk.example", "Mona Manager")

    # judging

    def see(self, holds: object, expected: str, seen: str = "") -> bool:
        """One check."""
        if holds:
            self.cell.held += 1
        else:
            self.cell.failed.append(complaint(expected, seen))
        return bool(holds)

    def reads(self, text: str, *words: str, of: str) -> None:
        """Each of these stands there."""
        shown = flat(text)
        for word in words:
            self.see(flat(word).casefold() in shown.casefold(), f"“{word}” in {of}", shown)

    def lacks(self, text: str, *words: str, of: str) -> None:
        """None of these stands there."""
        shown = flat(text)
        for word in words:
            at = shown.casefold().find(flat(word).casefold())
            self.see(at < 0, f"no “{word}” in {of}", shown[max(at - 80, 0) :])

    def missing(self, error: Missing) -> None:
        """What ended the trial."""
        self.cell.failed.append(complaint(error.expected, error.seen))

    # people

    def name(self) -> str:
        """Somebody's first name, never given before."""
        number = next(_people)
        return f"{NAMES[number % len(NAMES)]}{number}"

    def ana(self, domain: str = "acme.example") -> Correspondent:
        """A customer with mail alone."""
        name = self.name()
        return self.post.person(f"{name}@{domain}", f"{name.title()} Ferrer")

    def ben(self, **facts: str) -> str:
        """A customer who sits in Slack."""
        return self.slack.hire(self.name(), **facts)

    # opening

    def opened(
        self, subject: str = "Deal ID 12333: no delivery", text: str = "It stopped at noon.", **more: Any
    ) -> tuple[Correspondent, Any, str]:
        """A case by mail: its customer, their confirmation, its number."""
        ana = more.pop("by", None) or self.ana()
        ana.send(subject, text, **more)
        mail = ana.wait(subject)
        return ana, mail, number_of(str(mail["Subject"]))

    def on_page(self, **more: Any) -> tuple[Correspondent, Page, str]:
        """A case by mail and its page."""
        ana, mail, number = self.opened(**more)
        return ana, get(link(mail, "case")), number

    def told_pat(self, number: str, *words: str) -> Any:
        """Pat's mail about a case. Raises ``Missing``."""
        return self.pat.wait(number, *words)


def number_of(text: str) -> str:
    """The first case number. Raises ``Missing``."""
    found = NUMBER.search(text)
    if not found:
        raise Missing("a case number", text)
    return found[0]


def link(mail: Any, purpose: str) -> str:
    """The link to one of our pages that a mail carries. Raises ``Missing``."""
    found = re.search(rf"http://\S+/{purpose}/[\w.~-]+", body(mail))
    if not found:
        raise Missing(f"a link to /{purpose}/ in the mail “{mail['Subject']}”", body(mail))
    return found[0]
