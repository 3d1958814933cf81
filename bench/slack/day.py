"""A working day in Slack: many specialists and cases, Slack's rate limits, and Slack away in the middle."""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench.slack.house import SlackHouse
from bench.slack.town import CHANNELS, SPECIALISTS, accounts, customer, workspace
from bench.support import databases
from bench.support.relay import Relay
from rehearsal.slack.server import Server
from rehearsal.slack.wire.wire import Json
from rehearsal.slack.workspace.conversation import Message

PAUSE = (20.0, 60.0)
"""Seconds between two acts of one person."""
PATIENCE = 600.0
"""Seconds after the day in which all that was said must have arrived."""
WORDS = "the report and the invoice differ since noon"
_NUMBER = re.compile(r"CS-(\d{6,})")


@dataclass
class Line:
    """Something that was said, and where it must stand once."""

    marker: str
    at: float
    channel: str
    """The channel that it must reach."""
    waits: float | None = None
    """Seconds until it stood there."""


@dataclass
class Day:
    """What the people did."""

    acts: Counter[str] = field(default_factory=Counter)
    replies: list[Line] = field(default_factory=list)
    words: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    back: float = 0.0
    """Seconds after the outage until the app was connected again."""


class Town:
    """Its people, each with their acts; one lock for the book."""

    def __init__(self, server: Server, *, seed: int) -> None:
        self.server = server
        self.people = server.people
        self.day = Day()
        self.away = threading.Event()
        """Set while Slack is away: nobody can do anything there."""
        self.leaving = threading.Event()
        self._dice = random.Random(seed)
        self._lock = threading.Lock()
        self._count = 0

    def cards(self) -> dict[int, Message]:
        """The card of each case."""
        found: dict[int, Message] = {}
        for message in self._roots("triage"):
            if number := _NUMBER.search(message.text + str(message.blocks)):
                found.setdefault(int(number[1]), message)
        return found

    def threads(self) -> dict[int, Message]:
        """The first message of each case in its customer's channel: their own words, or ours."""
        found: dict[int, Message] = {}
        for channel in CHANNELS:
            with self.server.workspace.lock:
                place = self.server.workspace.channel(channel)
                below = {root: list(replies) for root, replies in place.threads.items()}
                roots = [message for message in place.messages.values() if not message.is_reply]
            for root in roots:
                texts = (root, *below.get(root.ts, ()))
                numbers = (_NUMBER.search(message.text + str(message.blocks)) for message in texts)
                if number := next(filter(None, numbers), None):
                    found.setdefault(int(number[1]), root)
        return found

    def open_cases(self, count: int, *, seconds: float = 300) -> None:
        """Customers open them, each in their own channel."""
        for number in range(count):
            channel = CHANNELS[number % len(CHANNELS)]
            self.people.post(customer(channel), channel, f"@Case new Deal ID {1000 + number}: {WORDS}")
        deadline = time.monotonic() + seconds
        while len(self.cards()) < count or len(self.threads()) < count:
            if time.monotonic() > deadline:
                raise RuntimeError(
                    f"{len(self.cards())} cards, {len(self.threads())} threads of {count} cases"
                )
            time.sleep(0.5)

    def live(self, seconds: float) -> None:
        """Everybody works for so long."""
        cards, threads = self.cards(), self.threads()
        work = [threading.Thread(target=self._work, args=(who, cards, threads)) for who in SPECIALISTS]
        work += [threading.Thread(target=self._ask, args=(channel, threads)) for channel in CHANNELS]
        for thread in work:
            thread.start()
        time.sleep(seconds)
        self.leaving.set()
        for thread in work:
            thread.join()

    def _marker(self) -> str:
        with self._lock:
            self._count += 1
            return f"w{self._count:05d}"

    def _pauses(self, dice: random.Random) -> bool:
        """Wait until the next act; False when the day is over."""
        over = self.leaving.wait(dice.uniform(*PAUSE))
        while not over and self.away.is_set():
            over = self.leaving.wait(0.2)
        return not over

    def _work(self, user: str, cards: dict[int, Message], threads: dict[int, Message]) -> None:
        dice = random.Random(f"day {user}")
        while self._pauses(dice):
            case = dice.choice(sorted(cards))
            act = dice.choices(("reply", "note", "take", "queue", "home"), (5, 4, 1, 2, 1))[0]
            try:
                self._do(act, user, case, cards[case], threads[case])
            except Exception as error:
                self.day.failed.append(f"{act}: {error!r}")
            self.day.acts[act] += 1

    def _do(self, act: str, user: str, case: int, card: Message, thread: Message) -> None:
        marker = self._marker()
        if act == "reply":
            line = Line(marker, time.monotonic(), thread.channel)
            self.people.post(user, "triage", f"!reply {marker} {WORDS}", thread_ts=card.ts)
            self.day.replies.append(line)
        elif act == "note":
            self.people.post(user, "triage", f"{marker} {WORDS}", thread_ts=card.ts)
            self.day.notes.append(marker)
        elif act == "take":
            self._check(act, self.people.click(user, "case_take", channel="triage", ts=card.ts).acked)
        elif act == "queue":
            seen = self.people.slash(user, "triage", "/case queue", wait=5)
            self._check(act, seen.acked and bool(seen.ephemerals or seen.text))
        else:
            self._check(act, self.people.open_home(user, wait=10) is not None)

    def _check(self, act: str, done: bool) -> None:
        """Note what somebody could not do; not what was cut off by the outage."""
        if not done and not self.away.is_set():
            self.day.failed.append(act)

    def _ask(self, channel: str, threads: dict[int, Message]) -> None:
        dice = random.Random(f"day {channel}")
        own = [root for root in threads.values() if root.channel == self.server.workspace.channel(channel).id]
        while own and self._pauses(dice):
            marker, root = self._marker(), dice.choice(own)
            self.day.words.append(Line(marker, time.monotonic(), "C0TRIAGE"))
            self.people.post(customer(channel), channel, f"{marker} {WORDS}", thread_ts=root.ts)
            self.day.acts["customer's word"] += 1

    def _roots(self, channel: str) -> list[Message]:
        with self.server.workspace.lock:
            messages = list(self.server.workspace.channel(channel).messages.values())
        return [message for message in messages if not message.is_reply]


class Watch(threading.Thread):
    """Looks where each line stands, and when it came."""

    def __init__(self, town: Town) -> None:
        super().__init__(daemon=True)
        self._town = town
        self.over = threading.Event()

    def run(self) -> None:
        """Look twice a second."""
        while not self.over.wait(0.5):
            self.look()

    def look(self) -> bool:
        """Note what has arrived; has all?"""
        day = self._town.day
        open_lines = [line for line in (*day.replies, *day.words) if line.waits is None]
        if open_lines:
            places = {line.channel: self._posts(line.channel) for line in open_lines}
            now = time.monotonic()
            for line in open_lines:
                if any(line.marker in text for text in places[line.channel]):
                    line.waits = now - line.at
        return all(line.waits is not None for line in open_lines)

    def _posts(self, channel: str) -> list[str]:
        """What the app has said there."""
        workspace = self._town.server.workspace
        with workspace.lock:
            messages = list(workspace.channels[channel].messages.values())
        return [f"{m.text} {m.blocks}" for m in messages if m.user == workspace.app.bot_user]

    def counts(self, lines: list[Line]) -> tuple[list[str], list[str]]:
        """The markers that never came, and those that the app said twice."""
        said = {channel: self._posts(channel) for channel in {line.channel for line in lines}}
        times = {line.marker: sum(line.marker in text for text in said[line.channel]) for line in lines}
        return [m for m, n in times.items() if not n], [m for m, n in times.items() if n > 1]

    def leaked(self) -> list[str]:
        """Notes that stand in a customer's channel."""
        texts = [text for channel in CHANNELS for text in self._posts(f"C0{channel.upper()}")]
        return [note for note in self._town.day.notes if any(note in text for text in texts)]


def main() -> int:
    """``python -m bench.slack.day``: a table.

    Exit code 1 if anything was lost, doubled, leaked or not done.
    """
    options = _options()
    with (
        tempfile.TemporaryDirectory(prefix="casebot-day-") as folder,
        databases.fresh(options.store, Path(folder)) as url,
        Relay() as relay,
        workspace() as server,
    ):
        house = SlackHouse(
            Path(folder) / "house", server, url=url, relay=relay.port, mode=options.mode,
            specialists=SPECIALISTS, more=accounts(),
        )  # fmt: skip
        try:
            house.start()
            house.wait()
            town = Town(server, seed=options.seed)
            town.open_cases(options.cases)
            return _measure(town, options)
        finally:
            house.kill()


def _measure(town: Town, options: argparse.Namespace) -> int:
    workspace_ = town.server.workspace
    workspace_.app.limits = True
    since = workspace_.transcript.entries()[-1]["seq"]
    watch = Watch(town)
    watch.start()
    outage = threading.Timer(options.minutes * 30 - options.away / 2, _outage, (town, options.away))
    outage.start()
    town.live(options.minutes * 60)
    deadline = time.monotonic() + PATIENCE
    while not watch.look() and time.monotonic() < deadline:
        time.sleep(0.5)
    watch.over.set()
    calls = workspace_.transcript.entries("call", since=since)
    return _report(town, watch, calls, options)


def _outage(town: Town, seconds: float) -> None:
    """Slack is away: no call, no socket.

    Nobody can say anything there until the app is connected again.
    """
    town.away.set()
    town.server.workspace.faults.add("down")
    town.server.cut()
    time.sleep(seconds)
    town.server.workspace.faults.clear("down")
    began = time.monotonic()
    while not (town.server.connected or town.server.workspace.app.request_url):
        time.sleep(0.1)
    town.day.back = time.monotonic() - began
    town.away.clear()


def _report(town: Town, watch: Watch, calls: list[Json], options: argparse.Namespace) -> int:
    day = town.day
    print(
        f"{options.cases} cases, {len(SPECIALISTS)} specialists, {len(CHANNELS)} channels; {options.minutes:g} "
        f"minutes, Slack away for {options.away:g} s of them ({options.mode}, {options.store})"
    )
    print("acts          " + ", ".join(f"{name} {count}" for name, count in day.acts.most_common()))
    _print_calls(calls, sum(day.acts.values()))
    print(f"connected     {day.back:.1f} s after the outage")
    _print_waits("replies", day.replies)
    _print_waits("words", day.words)
    lost, twice = watch.counts([*day.replies, *day.words])
    faults = {"lost": lost, "twice": twice, "leaked": watch.leaked(), "not done": day.failed}
    print("; ".join(f"{name} {len(found)} {found[:5] or ''}".rstrip() for name, found in faults.items()))
    return int(any(faults.values()) or not day.acts)


def _print_calls(calls: list[Json], acts: int) -> None:
    done = Counter(str(call["method"]) for call in calls if call["ok"])
    named = ", ".join(f"{method} {count}" for method, count in done.most_common())
    print(f"calls         {sum(done.values())}, {sum(done.values()) / max(acts, 1):.2f} an act: {named}")
    slowed, away = (sum(call["status"] == status for call in calls) for status in (429, 503))
    print(f"refused       {slowed} with 429, {away} while Slack was away")


def _print_waits(name: str, lines: list[Line]) -> None:
    waits = sorted(line.waits for line in lines if line.waits is not None)
    if waits:
        print(f"{name:<14}{len(lines)}: median {waits[len(waits) // 2]:.1f} s, longest {waits[-1]:.1f} s")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.slack.day", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument(
        "--away", type=float, default=60, metavar="SECONDS", help="Slack is away in the middle"
    )
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--mode", choices=("socket", "http"), default="socket")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.away > options.minutes * 60:
        parser.error("Slack cannot be away for longer than the day: give more --minutes")
    return options


if __name__ == "__main__":
    sys.exit(main())
