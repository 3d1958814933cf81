"""Files of letters that are read again and again: whatever was undone in between, each comes, and once."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.channel.protocols import Kept, Letter
from bot.model.message import Attachment
from bot.queries.message_status import MessageStatus
from channels.slack.inbound.message_files import Attached, MessageFiles, follower
from channels.slack.inbound.read_later import ReadLater
from channels.slack.workspace.files import Files, NoFile
from tests.slack.inbound.test_files import files
from tests.slack.test_customers import opened
from tests.support.houses.house import until
from tests.support.houses.office import Office
from tests.support.setup import databases

# in the house


class Slow:
    """Slack, which hands files over as it is told: ``late`` names those that it still works on."""

    def __init__(self) -> None:
        self.late: set[str] = set()
        self.asked: Counter[str] = Counter()
        self.over = threading.Event()

    def fetch(self, into: Files, file_id: str) -> Attachment:
        name = str(into._info(file_id)["name"])
        self.asked[name] += 1
        while name in self.late and not self.over.is_set():
            self.over.wait(0.02)
        return FETCH(into, file_id)


FETCH = Files.fetch


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    """Before the house stands."""
    slow = Slow()

    def fetch(into: Files, file_id: str) -> Attachment:
        return slow.fetch(into, file_id)

    monkeypatch.setattr(Files, "fetch", fetch)
    yield slow
    slow.over.set()


@pytest.fixture
def office(slow: Slow, tmp_path: Path) -> Iterator[Office]:
    with Office(databases.sqlite(tmp_path), tmp_path) as standing:
        yield standing


def said_with(office: Office, *names: str, user: str = "ana", text: str = "Everything is down.") -> None:
    """Ana says something in her case's thread, with files."""
    people, told = office.slack.people, opened(office, "ana", "general")
    attached = [people.upload("ana", name, name.encode()) for name in names]
    people.post("ana", told.channel, text, thread_ts=told.ts, files=attached)


def test_a_file_that_was_here_and_is_late_when_its_words_are_read_again(
    office: Office, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first turn, with one file here and one late, is undone; the second finds it the other way round."""
    perform = office.app.desk.perform

    def undone(tx: Any, asked: Any) -> Any:
        if slow.asked["quick.log"] == 1 and "down" in asked.said.text:
            slow.late.add("quick.log")
            raise OSError("the disk, just once")
        return perform(tx, asked)

    monkeypatch.setattr(office.app.desk, "perform", undone)
    slow.late.add("slow.log")
    said_with(office, "quick.log", "slow.log")
    office.in_thread("Everything is down.")
    assert slow.asked["quick.log"] == 2
    slow.late.clear()
    until(lambda: len(files(office)) == 2)
    office.settled()
    assert sorted(files(office)) == [("quick.log", "public"), ("slow.log", "public")]


def test_words_that_are_requeued_after_their_files_were_given_up_bring_them(
    office: Office, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = office.app.desk
    perform, broken = desk.perform, threading.Event()
    broken.set()

    def failing(tx: Any, asked: Any) -> Any:
        if broken.is_set() and "down" in asked.said.text:
            raise OSError("the disk, for long")
        return perform(tx, asked)

    monkeypatch.setattr(desk, "perform", failing)
    slow.late.add("slow.log")
    said_with(office, "quick.log", "slow.log")
    assert until(lambda: office.inbox("shunted"))
    with monkeypatch.context() as clock:
        now = desk.now() + timedelta(hours=7)
        clock.setattr(desk.clock, "read", lambda: now)
        assert until(lambda: office.inbox("aside")), "the letter of the late file"
    broken.clear()
    desk.requeue()
    office.in_thread("Everything is down.")
    slow.late.clear()
    until(lambda: len(files(office)) == 2)
    office.settled()
    assert sorted(files(office)) == [("quick.log", "public"), ("slow.log", "public")]


# any order of readings, commits, crashes and hours


@dataclass
class Row:
    """A letter in the inbox."""

    letter: Letter
    outcome: str = "waiting"
    pending: MessageFiles | None = None
    """What its reading found, while its turn is not committed."""


@dataclass
class World:
    """An inbox, a Slack whose ``here`` files can be had and whose ``busy`` ones fail for now, and a clock."""

    rows: dict[str, Row] = field(default_factory=dict)
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    here: frozenset[str] = frozenset()
    busy: frozenset[str] = frozenset()
    keeping: str = "well"
    brought: list[str] = field(default_factory=list)

    def keep(self, source: str, key: str, raw: bytes, envelope: Mapping[str, Any]) -> Future[Kept]:
        answer: Future[Kept] = Future()
        duplicate = key in self.rows
        if self.keeping != "not" and not duplicate:
            self.rows[key] = Row(Letter(len(self.rows), source, key, raw, envelope, self.now))
        if self.keeping == "well":
            answer.set_result(Kept(0, duplicate))
        else:
            answer.set_exception(TimeoutError())
        return answer

    def ask(self, question: Any) -> MessageStatus | None:
        row = self.rows.get(question.key)
        return MessageStatus(row.outcome, 1, row.letter.envelope, True) if row else None

    def get(self, ids: Sequence[str]) -> dict[str, Attachment | NoFile]:
        had = {one: Attachment(one, "text/plain", 1, "0" * 64) for one in ids if one in self.here}
        return {**{one: NoFile("busy", again=True) for one in ids if one in self.busy}, **had}

    def forget(self, ids: Any) -> None:
        """Each reading fetches anew."""


NAMES = ("a", "b", "c")
WORDS = "m:T/C/1"


class Readings:
    """What the reader and the intake do with one message, its files and whatever follows it."""

    def __init__(self, *, text: str) -> None:
        self.world = World()
        raw = json.dumps({"files": [{"id": name, "name": name} for name in NAMES]}).encode()
        self.world.rows[WORDS] = Row(Letter(0, "slack", WORDS, raw, {}, self.world.now))
        house = SimpleNamespace(
            keep=self.world.keep, desk=SimpleNamespace(ask=self.world.ask, now=lambda: self.world.now)
        )
        self.attached = Attached(house, self.world)  # type: ignore[arg-type]
        self.text = text

    def read(self, row: Row) -> None:
        """One reading; its turn is not committed yet."""
        if row.outcome != "waiting":
            return
        try:
            row.pending = self.gathered(row.letter)
        except ReadLater:
            row.pending = None

    def gathered(self, letter: Letter) -> MessageFiles | None:
        kept = json.loads(letter.raw)
        if letter.key != WORDS:
            fate = self.attached.status_of(letter, kept)
            return self.attached.of_letter(letter, kept) if fate else MessageFiles(missed=("given up",))
        about = {"after": letter.key}
        if self.text:
            return self.attached.with_words(letter, kept["files"], about, case_known=self.text == "known")
        return self.attached.of_letter(letter, {**about, **kept})

    def commit(self, row: Row) -> None:
        """The turn of its last reading: all of it, once."""
        found, row.pending = row.pending, None
        if found is None or row.outcome != "waiting":
            return
        if found.missed == ("given up",):
            row.outcome = "aside"
            return
        row.outcome = "done"
        self.world.brought += [file.name for file in found.had]
        self.world.brought += [missed.partition(" ")[0] for missed in found.missed]

    def undo(self, row: Row) -> None:
        """Stale, lease lost, kill -9."""
        row.pending = None

    def shunt(self, row: Row) -> None:
        """Three strikes; requeued the next time."""
        if row.outcome in ("waiting", "shunted") and row.letter.key == WORDS:
            row.outcome = "shunted" if row.outcome == "waiting" else "waiting"
        self.undo(row)

    def later(self, hours: float) -> None:
        """Nobody's turn takes so long."""
        self.world.now += timedelta(hours=hours)
        for row in self.world.rows.values():
            self.undo(row)

    def finish(self) -> None:
        """Everything can be had, and all that waits is read until nothing does."""
        self.world.here, self.world.busy, self.world.keeping = frozenset(NAMES), frozenset(), "well"
        if self.world.rows[WORDS].outcome == "shunted":
            self.shunt(self.world.rows[WORDS])
        for _ in range(60):
            self.later(0.2)
            for row in list(self.world.rows.values()):
                self.read(row)
                self.commit(row)


SOME = [frozenset(some) for many in range(4) for some in combinations(NAMES, many)]
DO = ("read", "read", "read", "read", "commit", "shunt")
KEEPING = ("well", "well", "not", "unheard")
HOURS = (0.02, 5.97, 7.0)


def act(readings: Readings, chance: random.Random) -> None:
    """Something happens."""
    world = readings.world
    if chance.random() < 0.25:
        readings.later(chance.choice(HOURS))
        return
    world.here, world.busy = chance.choice(SOME), chance.choice(SOME)
    world.keeping = chance.choice(KEEPING)
    rows = list(world.rows.values())
    getattr(readings, chance.choice(DO))(rows[chance.choice((0, 0, 0, 1, 2)) % len(rows)])


@pytest.mark.parametrize("text", ["known", "unknown", ""])
def test_each_file_comes_once_on_any_sequence_of_readings(text: str) -> None:
    for seed in range(1000):
        readings, chance = Readings(text=text), random.Random(seed)
        for _ in range(chance.randint(4, 16)):
            act(readings, chance)
        readings.finish()
        assert {row.outcome for row in readings.world.rows.values()} <= {"done", "aside"}, seed
        assert Counter(readings.world.brought) == Counter(NAMES), seed


def test_a_followers_key_is_its_own_and_short_enough() -> None:
    letters = [WORDS, "f:V1:0123456789abcdef", f"m:T/C/{'1' * 94}"]
    first = [follower(key, number) for key in letters for number in (1, 2, 3)]
    second = [follower(key, number) for key in first for number in (1, 2, 3)]
    keys = [*letters, *first, *second]
    assert len(set(keys)) == len(keys)
    assert max(map(len, keys)) <= 100
    assert first[0] == f"f:{WORDS}"
