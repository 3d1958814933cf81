"""One story: a case, the people around it, and what each of them ought to hear."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.queries.case_detail import CaseView, ShowCase
from bot.queries.lists import ListOutbox
from rehearsal.slack.workspace.conversation import File
from rehearsal.slack.workspace.element import find
from tests.support.setup.pace import PATIENCE
from tests.support.stories.canaries import Book, Word
from tests.support.stories.town import TRIAGE, Mail, Town

AGAIN = 5
"""Times that a form is sent again whose desk is slow and says so."""


class Stuck(AssertionError):
    """Something that was said never had its effect."""


@dataclass
class Customer:
    """``kind``: ``mail``, ``dm`` (a talk with the app) or ``member`` (of the customer's own channel)."""

    name: str
    kind: str
    address: str
    """A mail address, or a user's id."""
    root: str = ""
    """In Slack: ``CHANNEL/TS`` of the thread where the case is talked about."""
    foreign: bool = False
    """Of another team, which has none of our commands."""

    @property
    def ear(self) -> str:
        """Where this person alone is answered."""
        return f"mail:{self.address}" if self.kind == "mail" else f"dm:{self.address}"

    @property
    def place(self) -> str:
        """Where this person is told things."""
        return f"thread:{self.root}" if self.kind == "member" else self.ear

    @property
    def mailbox(self) -> str:
        return f"{self.name} <{self.address}>"


@dataclass
class Story:
    """Drawn from ``seed``; happens in one of the town's slots."""

    town: Town
    slot: int
    seed: str
    number: int = 0
    home: str = ""
    owner: str = ""
    over: bool = False
    closed: bool = False
    complained: bool = False
    customers: list[Customer] = field(default_factory=list)
    """The first is the requester."""
    gone: list[Customer] = field(default_factory=list)
    strangers: list[Customer] = field(default_factory=list)
    _count: int = 0
    _desk: str = ""

    def __post_init__(self) -> None:
        self.book = Book(self.seed)
        self.dice = random.Random(self.seed)
        self.people = self.town.slack.people

    # who and where

    @property
    def label(self) -> str:
        return f"CS-{self.number:06d}"

    @property
    def requester(self) -> Customer:
        return self.customers[0]

    @property
    def desk(self) -> str:
        """``CHANNEL/TS`` of the case's card."""
        self._desk = self._desk or self.town.thread_of(self.number)
        return self._desk

    @property
    def desk_place(self) -> str:
        return f"thread:{self.desk}"

    @property
    def card(self) -> dict[str, str]:
        return {"channel": TRIAGE, "ts": self.desk.partition("/")[2]}

    def press(self, action: str, option: str = "") -> Any:
        """A button or an option on the card, once it is there.

        The card is shown anew a moment after what changed.
        """

        def offered() -> bool:
            found = find(self.town.slack.workspace.message(**self.card).blocks, action_id=action)
            return found is not None and option in json.dumps(found[1])

        self.until(offered, f"{action} {option} on the card of {self.label}")
        return self.people.click(self.spec, action, **self.card, value=option or None, wait=10)

    @property
    def spec(self) -> str:
        return f"U0SPEC{self.slot}"

    @property
    def channel(self) -> str:
        return f"C0SLOT{self.slot}"

    def fresh(self, kind: str, name: str, *, domain: str = "", team: str = "") -> Customer:
        """Somebody whom nobody has met."""
        self._count += 1
        key = f"{name}{self.seed.replace('/', 'x')}x{self._count}".lower()
        if kind == "mail":
            return Customer(name.title(), kind, f"{key}@{domain or f'slot{self.slot}.example'}")
        user = f"U0{key.upper()}"
        self.town.slack.workspace.add_user(key, id=user, team=team, real_name=f"{name.title()} Inslack")
        if kind == "member":
            self.town.slack.workspace.channel(self.channel).members.append(user)
        return Customer(name.title(), kind, user, foreign=bool(team))

    def join(self, someone: Customer) -> None:
        """From now on they are told everything, and may look up what was said before."""
        self.customers.append(someone)
        for word in self.book.words:
            if word.due or word.silent:
                word.may.add(someone.ear)

    def reached(self, someone: Customer) -> bool:
        """Have they a mail of ours to answer? Whoever was only put in Cc has none at first."""
        return someone.kind != "mail" or bool(self.town.got(someone.address, self.label))

    def leave(self, someone: Customer) -> None:
        self.customers.remove(someone)
        self.gone.append(someone)

    # words

    def secret(self, how: str) -> str:
        """An internal word."""
        return self.book.word("Int", how).code

    def public(
        self, how: str, by: Customer | None = None, *, stands: Iterable[str] = (), desk: bool = True
    ) -> str:
        """A word for everybody: of a specialist's, or of a customer's. ``stands``: where it stands already."""
        word = self.book.word("Pub", how, author=by.ear if by else "")
        word.silent |= {*stands}
        word.due = {one.place for one in self.customers if one is not by} - word.silent
        if desk and self.desk_place not in word.silent:
            word.due.add(self.desk_place)
        word.may = {one.ear for one in self.customers}
        return word.code

    def for_the_desk(self, how: str, by: Customer, *, shown: bool = False, due: bool = True) -> str:
        """A word from outside that goes to the desk and no further; ``shown``: but customers may look it up."""
        word = self.book.word("Pub", how, author=by.ear)
        word.due = {self.desk_place} if due else set()
        word.may = {one.ear for one in self.customers} if shown else set()
        return word.code

    def word_of(self, code: str) -> Word:
        return next(word for word in self.book.words if word.code == code)

    # waiting

    def view(self) -> CaseView:
        found: CaseView = self.town.ask(ShowCase(self.number))
        return found

    def until(self, found: Callable[[], Any], what: str) -> Any:
        end = time.monotonic() + PATIENCE
        while not (value := found()):
            if time.monotonic() > end:
                raise Stuck(f"never happened: {what}")
            time.sleep(0.03)
        return value

    def kept(self, code: str) -> None:
        """Wait until the case has this word, or a file of this name."""

        def there() -> bool:
            entries = self.view().entries
            return any(code in e.text or any(code in f.name for f in e.files) for e in entries)

        self.until(there, f"{code} kept on {self.label}: {self.word_of(code).how}")

    def happened(self, event: str, act: Callable[[], Any]) -> Any:
        """Do something and wait until it stands in the case's history."""

        def times() -> int:
            return sum(event in step.name for step in self.view().history)

        before = times()
        result = act()
        self.until(lambda: times() > before, f"{event} on {self.label}")
        return result

    def delivered(self) -> None:
        """Wait until all that is to be said on the case has been."""
        self.until(
            lambda: all(line.case != self.label for line in self.town.ask(ListOutbox("waiting", limit=1000))),
            f"deliveries on {self.label}",
        )

    def letter(self, to: str) -> Any:
        """Somebody's latest mail about the case."""
        mails: list[Mail] = self.until(lambda: self.town.got(to, self.label), f"a mail to {to}")
        return mails[-1].parsed

    # things

    def upload(self, user: str, name: str, content: str) -> File:
        return self.people.upload(user, f"{name}.log", f"log {content} end".encode())

    def slash(self, user: str, channel: str, line: str) -> Any:
        """Type a command somewhere; what is seen then."""
        for _ in range(AGAIN):
            seen = self.people.slash(user, channel, line, wait=10)
            if seen.acked or not line.startswith("/case new"):
                break  # only a form that did not open in time, on a busy machine, is asked for again
        if not seen.acked:
            raise Stuck(f"{line} of {user} was not heard: {seen.error}")
        self._look(user)
        return seen

    def modal(self, user: str) -> Any:
        """The modal on somebody's screen; an answer to what they did before may show before it does."""
        return self.until(lambda: self.people.modal(user), f"a modal for {user}")

    def fill(self, user: str, **fields: str) -> Any:
        """Fill the modal and send it."""
        self.modal(user)
        for block, text in fields.items():
            self.people.type_into(user, "modal", block, text)
        seen = self.people.submit(user, "modal", wait=10)
        for _ in range(AGAIN):  # as people do who read that
            if "Press again" not in str(seen.errors):
                break
            time.sleep(1)
            seen = self.people.submit(user, "modal", wait=10)
        if seen.errors or seen.error or not seen.acked:
            raise Stuck(f"a form of {user} was refused: {seen.error} {seen.errors}")
        self._look(user)
        return seen

    def _look(self, user: str) -> None:
        """What is on somebody's screen now: once it is closed, nothing is left of it."""
        if modal := self.people.modal(user):
            self.town.screens.append((user, json.dumps(modal.body)))

    def dismiss(self, user: str) -> None:
        """Close whatever is open."""
        if self.people.modal(user):
            self.people.close_view(user, "modal", all=True)
