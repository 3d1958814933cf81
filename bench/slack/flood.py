"""More cases at once than Slack takes posts: what they cost, and how long words on an old case wait."""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.slack.board import Board
from bench.slack.house import SlackHouse, workspace
from bench.support import databases, mails
from bench.support.client import Client
from bench.support.mails import Mail
from bench.support.relay import Relay
from rehearsal.slack.server import Server

EVERY, REPLIES = 8.0, 8
"""Seconds between two replies on the old case while the new ones come, and how many there are."""
SECONDS = 1200.0
"""To wait for the last post."""


@dataclass
class FloodFigures:
    """What was counted from the first of the new cases on."""

    cases: int
    seconds: float
    """Until every case had its card: with its first words it is one post."""
    calls: Counter[str]
    """By method."""
    refused: int
    """429s among them."""
    desk: list[float]
    """Seconds from a customer's mail on the old case to its words below the card."""
    customer: list[float]
    """Seconds from a specialist's answer in Slack to its words in the customer's thread."""
    load: int
    """Deliveries put off in the store."""


def main() -> int:
    """``python -m bench.slack.flood``: one table; exit code 1 if something was not posted."""
    parser = argparse.ArgumentParser(prog="python -m bench.slack.flood", description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--mode", choices=("socket", "http"), default="socket")
    parser.add_argument("--store", default="sqlite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="casebot-flood-") as folder:
        figures = measure(options.cases, mode=options.mode, store=options.store, folder=Path(folder))
    print(flood_table(figures))
    return 0


def measure(count: int, *, mode: str, store: str, folder: Path) -> FloodFigures:
    """Open so many cases at once, and go on working on an old one."""
    with databases.fresh(store, folder) as url, Relay() as relay, workspace(retry_scale=1.0) as server:
        house = SlackHouse(folder / "house", server, url=url, relay=relay.port, mode=mode)
        try:
            house.open()
            old = Flooded(server, house.port)
            old.open()
            server.workspace.app.limits = True
            start = len(server.workspace.transcript.entries("call"))
            began = time.monotonic()
            replies = threading.Thread(target=old.work)
            replies.start()
            _send(house.port, [new(number) for number in range(count)])
            board = Board(server.workspace)
            _until(lambda: len(board.cards()) >= count + 2)
            seconds = time.monotonic() - began
            replies.join()
        finally:
            house.kill()
        calls = server.workspace.transcript.entries("call")[start:]
        text = house.log.read_text(encoding="utf-8")
    return FloodFigures(
        count,
        seconds,
        Counter(call["method"] for call in calls),
        sum(call["status"] == 429 for call in calls),
        old.desk,
        old.customer,
        text.count("delivery put off"),
    )


def new(number: int) -> Mail:
    """A mail of a customer who never wrote before."""
    return mails.new(f"f{number:04d}", random.Random(number), sender=f"f{number}@acme.example")


class Flooded:
    """Two old cases, one by mail and one in Slack, that people go on working on."""

    def __init__(self, server: Server, port: int) -> None:
        self._server, self._port, self._board = server, port, Board(server.workspace)
        self._first = mails.new("old", random.Random(1), sender="bea@acme.example")
        self.desk: list[float] = []
        self.customer: list[float] = []

    def open(self) -> None:
        """Open both, and wait until they stand in the desk's channel."""
        people = self._server.people
        _send(self._port, [self._first])
        _until(lambda: len(self._board.cards()) == 1)
        people.open_dm("ana")
        people.post("ana", "general", "@Case new Deal ID 1: no delivery")
        _until(lambda: len(self._board.cards()) == 2 and self._board.own("ana"))

    def work(self) -> None:
        """Write on both, again and again, and note how long it takes to be read."""
        dice, waits = random.Random(2), []
        for number in range(REPLIES):
            time.sleep(EVERY)
            mail = mails.reply(f"word{number}x", dice, to=self._first)
            waits.append(threading.Thread(target=self._mailed, args=(mail,)))
            waits.append(threading.Thread(target=self._answered, args=(f"Answer {number}.",)))
            for wait in waits[-2:]:
                wait.start()
        for wait in waits:
            wait.join()

    def _mailed(self, mail: Mail) -> None:
        began = time.monotonic()
        _send(self._port, [mail])
        _until(lambda: self._says("triage", mail.marker))
        self.desk.append(time.monotonic() - began)

    def _answered(self, words: str) -> None:
        began = time.monotonic()
        case = min(self._board.own("ana"))
        card = self._board.cards()[case]
        self._server.people.post("sam", "triage", f"!reply {words}", thread_ts=card.ts)
        _until(lambda: self._says(self._talk(), words))
        self.customer.append(time.monotonic() - began)

    def _talk(self) -> str:
        space = self._server.workspace
        return space.direct(space.user("@app").id, space.user("ana").id).id

    def _says(self, channel: str, words: str) -> bool:
        with self._server.workspace.lock:
            found = list(self._server.workspace.channel(channel).messages.values())
        bot = self._server.workspace.app.bot_user
        return any(words in f"{each.text}{each.blocks}" for each in found if each.user == bot)


def _send(port: int, letters: list[Mail]) -> None:
    with Client(port) as client:
        for mail in letters:
            client.send(mail)


def _until(done: Callable[[], object]) -> None:
    end = time.monotonic() + SECONDS
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"not everything was posted within {SECONDS:.0f} s")
        time.sleep(0.05)


def flood_table(figures: FloodFigures) -> str:
    """All of it as a page of text."""
    posts = figures.calls["chat.postMessage"] - figures.refused
    lines = [
        f"{figures.cases} cases at once: all there after {figures.seconds:.0f} s",
        f"{figures.calls.total():,} calls, {figures.refused} of them 429; about {posts} posts;"
        f" {figures.load:,} times put off in the store",
        "calls: " + ", ".join(f"{method} {count}" for method, count in figures.calls.most_common()),
        _waits("a customer's mail to the desk's thread", figures.desk),
        _waits("a specialist's answer to the customer's thread", figures.customer),
    ]
    return "\n".join(lines)


def _waits(what: str, seconds: list[float]) -> str:
    ordered = sorted(seconds)
    return f"{what}: {len(ordered)}, median {ordered[len(ordered) // 2]:.1f} s, longest {ordered[-1]:.1f} s"


if __name__ == "__main__":
    raise SystemExit(main())
