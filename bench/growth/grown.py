"""A grown store and its house: filled, asked, and given mail."""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.growth.copies import Copies
from bench.growth.fill import fill
from bench.growth.questions import Took, asked, read_config
from bench.growth.template import SIZE, Template
from bench.support import cost, databases, mails
from bench.support.databases import Look
from bench.support.house import House
from bench.support.load import Load
from bench.support.mails import Mail
from bench.support.relay import Relay

RATE = 20
"""Mails a second, for their wait."""
WARM = 100
DOOR = 4000
"""A backlog that no round fills."""


@dataclass
class Grown:
    """A store of so many cases, and what was measured on it."""

    cases: int
    house: House
    relay: Relay
    server: int
    """The database's process, or 0."""
    bytes_a_case: float
    filled_in: float
    """Seconds."""
    answers: Mapping[str, Took] = field(default_factory=dict)
    spent: dict[str, list[float]] = field(default_factory=dict)
    """``new`` and ``reply``: seconds of CPU a mail in each round, the database's server included."""
    waits: list[float] = field(default_factory=list)
    """Seconds from a new mail to its confirmation, at ``RATE`` mails a second, in ascending order."""
    beside: dict[str, list[float]] = field(default_factory=dict)
    """The same, divided by what the smallest store took in the same round."""
    rounds: int = 0

    def ask(self, template: Template) -> None:
        """Ask all questions, while its house is not open."""
        with closing(sqlite3.connect(template.store)) as store:
            texts = [str(row[0]) for row in store.execute("SELECT text FROM entry")]
        config = read_config(self.house.config)
        self.answers = asked(config, texts, server=self.server, case=self.cases // 2)

    def open(self) -> None:
        """Open its house, and let it come to rest."""
        self.house.open()
        self._send([*self._new(WARM)])
        self.house.rest()

    def take(self, count: int) -> None:
        """So many new mails, then as many replies to them, then new ones at a steady rate."""
        opened = [*self._new(count)]
        self._measured("new", opened)
        dice = random.Random(self.rounds)
        self._measured(
            "reply",
            [
                mails.reply(f"r{self.cases}-{self.rounds}-{n:06d}", dice, to=mail)
                for n, mail in enumerate(opened)
            ],
        )
        begun = self._send([*self._new(count // 2)], rate=RATE)
        self.waits = sorted(self.waits + self.relay.waits(begun))

    def _new(self, count: int) -> Iterator[Mail]:
        self.rounds += 1
        dice = random.Random(self.rounds)
        for number in range(count):
            sender = f"customer{dice.randrange(50)}@acme.example"
            yield mails.new(f"n{self.cases}-{self.rounds}-{number:06d}", dice, sender=sender, size=SIZE)

    def _measured(self, kind: str, batch: list[Mail]) -> None:
        before = self._cpu()
        self._send(batch)
        self.spent.setdefault(kind, []).append((self._cpu() - before) / len(batch))

    def _send(self, batch: list[Mail], *, rate: float = 0) -> Mapping[str, float]:
        sent = Load(self.house.port, batch, rate).run()
        look = Look(self.house.url)
        while look.waiting():
            time.sleep(0.02)
        return sent.begun

    def _cpu(self) -> float:
        return sum(self.house.cpu()) + (cost.cpu_of_tree(self.server) if self.server else 0.0)


@contextmanager
def grown(
    kind: str,
    cases: int,
    *,
    copies: Copies,
    template: Template,
    folder: Path,
    relay: Relay,
    say: Callable[[str], None],
) -> Iterator[Grown]:
    """Fill a store of its own; it is gone afterwards."""
    place = folder / f"{kind}-{cases}"
    place.mkdir()
    try:
        with databases.fresh(kind, place) as url:
            began = time.monotonic()
            count = fill(url, copies, cases, say=say)
            filled_in = time.monotonic() - began
            house = House(place / "house", url=url, relay=relay.port, staff=1, backlog=DOOR, web=True)
            shutil.copytree(template.folder / "files", place / "house" / "files")
            size = Look(url).size() / count
            try:
                yield Grown(count, house, relay, databases.server(place), size, filled_in)
            finally:
                house.kill()
    finally:
        shutil.rmtree(place, ignore_errors=True)
