"""A small team and a customer who work in Slack on cases of their own, while others write mail to the same desk."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise

from bench.slack.board import Board
from bench.slack.book import SAID, Act, Book
from bench.slack.house import CUSTOMER, MEMBER
from bench.slack.people import Customer, Person, Specialist
from bench.slack.promises import Promises
from bench.support.databases import Look
from rehearsal.slack.server import Server
from rehearsal.slack.workspace.conversation import Message

SPECIALISTS = ("kim", "lou", "max")
"""They read in Slack; whoever the house has besides is told by mail."""
PACE = (0.5, 2.0)
"""Seconds between two acts of one of them: the mails have to be sent and taken by the same process."""
RETRIES = 30.0
"""Seconds in which Slack has made its last try of an event, with the waits that ``workspace`` makes."""


class OwnCases(Board):
    """Cases that were opened in Slack, among many that came by mail."""

    def cards(self) -> dict[int, Message]:
        """Their cards."""
        own = self.own(CUSTOMER)
        return {case: card for case, card in super().cards().items() if case in own}


class Team:
    """Its people, what they did, and what must be true of it in the end."""

    def __init__(self, server: Server, *, seed: int) -> None:
        self._transcript = server.workspace.transcript
        self.book = Book(self._transcript)
        self._board, own = Board(server.workspace), OwnCases(server.workspace)
        desk = [Specialist(user, server.people, own, self.book, seed=seed) for user in SPECIALISTS]
        self._people: list[Person] = [*desk, Customer(CUSTOMER, server.people, own, self.book, seed=seed)]

    def start(self) -> None:
        """All at once."""
        for one in self._people:
            one.pace = PACE
            one.start()

    def leave(self) -> None:
        """Everybody finishes what is in hand, and Slack its tries; raises what went wrong with one of them."""
        for one in self._people:
            one.leaving.set()
        for one in self._people:
            one.join(100)
        if failed := next((one.failed for one in self._people if one.failed), None):
            raise failed
        last = time.monotonic() + RETRIES
        while time.monotonic() < last and any(act.ts and not act.acked for act in self.book.acts()):
            time.sleep(0.1)

    def promises(self, look: Look) -> Promises:
        """What they did and were told, compared with the store."""
        return Promises(self.book, look, self._board)

    def needless(
        self, promises: Promises, excused: Callable[[float], bool], then: Callable[[Sequence[float]], str]
    ) -> list[str]:
        """Notices that stand in Slack twice, and no answer of Slack's can have been lost.

        ``then`` says what happened about these moments.
        """
        twice = {one: self._board.posts(one) for one, count in promises.posted.items() if count > 1}
        return [
            f"the notice {one} was posted {len(at)} times, and no answer of Slack's was lost: {then(at)}"
            for one, at in twice.items()
            if sum(map(excused, at)) < len(at) - 1
        ]

    @property
    def deleted(self) -> int:
        """Posts that the house deleted again, as another process had made them meanwhile."""
        return len(self._transcript.calls("chat.delete", ok=True))

    def disordered(self, look: Look) -> list[str]:
        """Words on one case that were said after the other's ack, and stand before them."""
        acts = {act.marker: act for act in self.book.acts() if act.kind in SAID and act.acked}
        [entries] = look.rows(
            "SELECT case_id, text FROM entry WHERE channel = 'slack' ORDER BY case_id, received_at, id"
        )
        by_case: defaultdict[int, list[Act]] = defaultdict(list)
        for case, text in entries:
            if act := acts.get(text.split(" ", 1)[0]):
                by_case[case].append(act)
        return [
            f"case {case}: {later.marker} was said after {earlier.marker} was acked, and stands before it"
            for case, said in by_case.items()
            for later, earlier in pairwise(said)
            if float(later.ts) > earlier.acked_at
        ]


def config(server: Server) -> str:
    """The TOML of a desk that works in this workspace."""
    staff = (MEMBER.format(name=user.title(), user=user, id=user.upper()) for user in SPECIALISTS)
    return "\n".join((server.workspace.app.section(server.url, mode="socket"), *staff))
