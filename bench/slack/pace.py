"""People who work in Slack at a steady pace, whoever else is busy: one talks, one types commands, one fills forms."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable

from rehearsal.slack.people.people import People
from rehearsal.slack.workspace.conversation import Message

RATES = {"talk": 5.0, "command": 2.0, "form": 2.0}
"""Acts a second; filling a form is a click and a submission."""
OPENED_IN = 5.0
"""Seconds that somebody waits for a form to open."""


class Pace:
    """They act on these cards: number → its message in the triage channel."""

    def __init__(self, people: People, cards: dict[int, Message]) -> None:
        self._people = people
        self._cards = itertools.cycle(list(cards.items()))
        self._lock = threading.Lock()
        self.said: set[str] = set()
        """Timestamps of the messages."""
        self.failed: list[str] = []
        """What somebody could not do."""
        self._leaving = threading.Event()
        acts = {"talk": self._talk, "command": self._command, "form": self._form}
        self._threads = [
            threading.Thread(target=self._keep, args=(acts[name], rate), name=name, daemon=True)
            for name, rate in RATES.items()
        ]

    def start(self) -> None:
        """All at once."""
        for one in self._threads:
            one.start()

    def leave(self) -> None:
        """Finish what is in hand."""
        self._leaving.set()
        for one in self._threads:
            one.join()

    def _keep(self, act: Callable[[int, str, str], None], rate: float) -> None:
        began = time.monotonic()
        for number in itertools.count():
            if self._leaving.wait(max(0.0, began + number / rate - time.monotonic())):
                return
            with self._lock:
                case, card = next(self._cards)
            act(case, card.ts, f"Line {number} about the tag, as we said on the phone.")

    def _talk(self, case: int, ts: str, words: str) -> None:
        self.said.add(self._people.post("sam", "triage", words, thread_ts=ts).ts)

    def _command(self, case: int, ts: str, words: str) -> None:
        seen = self._people.slash("kim", "triage", f"/case note CS-{case:06d} {words}")
        self._check(seen.acked and "✅" in seen.text, "command", seen.text or seen.error)

    def _form(self, case: int, ts: str, words: str) -> None:
        people = self._people
        seen = people.click("lou", "case_note", channel="triage", ts=ts, wait=OPENED_IN)
        if seen.modal is not None:
            people.type_into("lou", "modal", "text", words)
            seen = people.submit("lou", "modal")
            self._check(seen.acked and not seen.errors, "form", seen.error or str(seen.errors))
        else:
            self._check(False, "click", seen.error or "no form opened")
        if people.modal("lou"):
            people.close_view("lou", "modal", all=True)

    def _check(self, done: bool, what: str, why: str) -> None:
        if not done:
            self.failed.append(f"{what}: {why}")
