"""People who work in Slack without a pause: they talk, type commands, click, and press forms until they are taken."""

from __future__ import annotations

import random
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

from bench.slack.board import Board
from bench.slack.book import Act, Book, Kind
from bench.slack.house import CUSTOMER
from rehearsal.slack.people.people import People
from rehearsal.slack.people.seen import Seen

PACE = (0.1, 0.5)
"""Seconds between two acts of one person."""
LINES = 3
"""Messages that are said in a row, at most."""
AGAIN = 0.1
"""Seconds before a form is pressed once more."""
OPENED = 3
"""Cases that the customer opens."""
UNSURE = ("takes longer than usual", "went wrong on our side")
"""Acks that promise nothing."""
WORDS = "the report and the invoice differ since noon, see the log"


class Person(threading.Thread, ABC):
    """One at a client of their own."""

    def __init__(self, user: str, people: People, board: Board, book: Book, *, seed: int) -> None:
        super().__init__(name=user, daemon=True)
        self.user = user
        self.people, self.board, self.book = people, board, book
        self.pace = PACE
        self.dice = random.Random(f"{seed} {user}")
        self.leaving = threading.Event()
        self.failed: BaseException | None = None

    def run(self) -> None:
        """One act after the other until ``leaving``; what is in hand is finished."""
        try:
            while not self.leaving.wait(self.dice.uniform(*self.pace)):
                self.act()
        except BaseException as error:
            self.failed = error
            raise

    @abstractmethod
    def act(self) -> None:
        """Do something."""

    def say(self, kind: Kind, case: int, channel: str, thread_ts: str) -> None:
        """A line or a few in a thread: Slack sees to it that we hear of them."""
        for _ in range(self.dice.randint(1, LINES)):
            self._line(kind, case, channel, thread_ts)

    def _line(self, kind: Kind, case: int, channel: str, thread_ts: str) -> None:
        act = self.book.begin(kind, self.user, case)
        lead = "!reply " if kind == "answer" else ""
        message = self.people.post(self.user, channel, f"{lead}{act.marker} {WORDS}", thread_ts=thread_ts)
        act.channel, act.ts = message.channel, message.ts

    def fill(self, kind: Kind, seen: Seen, case: int = 0) -> None:
        """Fill the form that was opened in, and press until it is taken."""
        if seen.modal is None or "text" not in {block["block_id"] for block, _ in seen.modal.fields()}:
            return
        if case and f"CS-{case:06d}" not in str(seen.modal.body):
            return  # it opened so late that its person is at another case by now
        act = self.book.begin(kind, self.user, case)
        self.people.type_into(self.user, "modal", "text", f"{act.marker} {WORDS}")
        if kind == "case form":
            self.people.type_into(self.user, "modal", "subject", f"Numbers differ {act.marker}")
        deadline = time.monotonic() + 90
        while not self._pressed(act) and time.monotonic() < deadline:
            time.sleep(AGAIN)
        if self.people.modal(self.user):
            self.people.close_view(self.user, "modal", all=True)
        act.over = True

    def _pressed(self, act: Act) -> bool:
        """Is it done? If not, whoever sits there presses again: also the button of the preview."""
        seen = self.people.submit(self.user, "modal")
        if not seen.acked or seen.error or seen.errors:
            return False
        shown = self.people.modal(self.user)
        if shown is not None and shown.body["callback_id"] != "seen":
            return False
        if shown is not None and shown.body["title"]["text"] == "Not done":
            act.refused = str(shown.body["blocks"])
        act.acked = True
        return True


class Specialist(Person):
    """Of the desk: lives in the triage channel."""

    def act(self) -> None:
        """Something about one of the cases there."""
        cards = self.board.cards()
        if not cards:
            return
        case, card = self.dice.choice(list(cards.items()))
        if case not in self.book.owned:
            self._take(case, card.ts)
            return
        acts: list[tuple[int, Callable[[int, str], None]]] = [
            (4, lambda case, ts: self.say("note", case, "triage", ts)),
            (4, lambda case, ts: self.say("answer", case, "triage", ts)),
            (2, lambda case, ts: self._command("slash note", case)),
            (2, lambda case, ts: self._command("slash reply", case)),
            (3, self._take),
            (2, lambda case, ts: self._form("note form", case, ts)),
            (2, lambda case, ts: self._form("reply form", case, ts)),
        ]
        weights, what = zip(*acts, strict=True)
        self.dice.choices(what, weights)[0](case, card.ts)

    def _take(self, case: int, ts: str) -> None:
        if not self.book.may_take(self.user, case):
            return
        act = self.book.begin("take", self.user, case)
        seen = self.people.click(self.user, "case_take", channel="triage", ts=ts, wait=2)
        act.acked = f"CS-{case:06d} is yours now" in seen.text  # words of an earlier one may come meanwhile
        act.over = True
        if act.acked:
            self.book.owned.add(case)

    def _command(self, kind: Kind, case: int) -> None:
        act = self.book.begin(kind, self.user, case)
        verb = kind.removeprefix("slash ")
        seen = self.people.slash(self.user, "triage", f"/case {verb} CS-{case:06d} {act.marker} {WORDS}")
        promised = seen.acked and not any(words in seen.text for words in UNSURE)
        if promised and "✅" not in seen.text:
            act.refused = seen.text
        act.acked, act.over = promised, seen.acked

    def _form(self, kind: Kind, case: int, ts: str) -> None:
        if self.people.modal(self.user):
            self.people.close_view(self.user, "modal", all=True)
        button = f"case_{kind.removesuffix(' form')}"
        self.fill(kind, self.people.click(self.user, button, channel="triage", ts=ts, wait=2), case)


class Customer(Person):
    """Opens cases with the form, and talks about them in the direct messages."""

    def act(self) -> None:
        """Open one, or say something about one."""
        own = self.board.own(CUSTOMER)
        if len([act for act in self.book.acts() if act.kind == "case form"]) < OPENED:
            self.fill("case form", self.people.slash(self.user, "general", "/case new", wait=2))
        elif own:
            case, root = self.dice.choice(list(own.items()))
            self.say("word", case, root.channel, root.ts)
