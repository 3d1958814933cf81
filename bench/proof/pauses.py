"""Stops one of two processes for longer than a lease, or sets its clock wrong: what is sent twice, what sleeps?"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bench.proof.wrong_clock import wrong_clock
from bench.support import databases, mails
from bench.support.client import Client
from bench.support.databases import Look
from bench.support.house import House
from tests.support.mail.sink import Sink
from tests.support.mail.talk import Taken

RELAY_DELAY = 0.25
"""Seconds between a message's end and the relay's 250: four couriers of a process send 16 notices a second."""
MOST_UNRECORDED = 8
"""Notices that a stop may find with the relay and not in the store, of four couriers: two for each.

One is on its way, and one was taken while the one before it was being recorded.
"""
MOST_ON_ITS_WAY = 1
"""Notices that a courier may have been about to send when it was stopped, and sends as it goes on (decision 205)."""
GOES_ON = 2.0
"""Seconds in which it does."""
STOPPED = 32.0
"""Seconds that a process is stopped: longer than a lease of 20."""
PATIENCE = 150.0
"""Seconds in which everything must be said."""
RELAY_READS = 0.3
"""Seconds in which the relay has read what a killed process sent."""


@dataclass
class Found:
    """What came of one trial."""

    trial: str
    mails: int
    notices: int = 0
    twice: int = 0
    """Notices that the relay took more than once, the unavoidable ones not counted."""
    unavoidable: int = 0
    """Notices that the relay had and the store did not know of when their process was stopped, and came again."""
    on_its_way: int = 0
    """Notices that were about to be sent when their process was stopped, and were, as it went on: after another's."""
    asleep: int = 0
    """Mails and notices that still wait at the end."""
    effects: int = 0
    """Mails that have not exactly one case."""
    copies: tuple[str, ...] = ()
    """Who sent each notice that the relay took more than once, and when, in seconds since the stop."""

    @property
    def broken(self) -> bool:
        return bool(self.twice or self.asleep or self.effects or not self.notices)


class Trial:
    """A store, a relay, and houses on them."""

    def __init__(self, store: str, folder: Path, url: str, sink: Sink) -> None:
        self.store, self._folder, self._url, self.sink = store, folder, url, sink
        self.look = Look(url)
        self._houses: list[House] = []

    def house(self, clock: str = "") -> House:
        """One more ``casebot run``; ``clock`` sets its clock wrong (``+60s``).

        It greets the relay with the name of its folder.
        """
        folder = self._folder / f"house{len(self._houses)}"
        environment = {"CASEBOT_EMAIL__HOSTNAME": folder.name} | (wrong_clock(clock) if clock else {})
        made = House(folder, url=self._url, relay=self.sink.port, staff=1, environment=environment)
        self._houses.append(made)
        made.open()
        return made

    def close(self) -> None:
        for house in self._houses:
            house.kill()


def stopped(trial: Trial, count: int) -> Found:
    """SIGSTOP to the process that has everything in its hands."""
    one, _other = trial.house(), trial.house()
    write(one, count)
    trial.sink.wait_for(8, seconds=30)
    at = halt(one)
    recorded = sent(trial)
    time.sleep(STOPPED)
    had = {message.message_id for message in trial.sink.taken if message.client == one.folder.name}
    went_on = resume(one)
    found = counted(trial, f"stopped for {STOPPED:.0f} s", count, had - recorded)
    on_its_way = min(len(sent_after_others(trial, one, went_on) - had), MOST_ON_ITS_WAY)
    return replace(
        found, twice=found.twice - on_its_way, on_its_way=on_its_way, copies=tuple(copies(trial, at))
    )


def ahead(clock: str) -> Callable[[Trial, int], Found]:
    """The other process's clock is wrong the whole time; nobody is stopped."""

    def run(trial: Trial, count: int) -> Found:
        one, _other = trial.house(), trial.house(clock)
        write(one, count)
        return counted(trial, f"clock of the other {clock}", count)

    return run


def day_ahead(trial: Trial, count: int) -> Found:
    """A clock that is a day ahead, ``kill -9``, and the clock is right again."""
    wrong = trial.house("+1d")
    trial.sink.script.always["message"] = "451 4.3.0 not now"
    write(wrong, count)
    wrong.kill()
    # what was within a transaction is refused too, not taken from the dead
    time.sleep(RELAY_DELAY + RELAY_READS)
    trial.sink.script.always.clear()
    trial.house()
    return counted(trial, "a day ahead, then right", count)


def write(house: House, count: int) -> None:
    """So many new mails, one after the other."""
    dice = random.Random(count)
    client = Client(house.port)
    for number in range(count):
        code = client.send(mails.new(f"p1-{number:06d}", dice, sender=f"c{number}@acme.example", size=2000))
        if code != 250:
            raise RuntimeError(f"a mail was answered {code}")
    client.close()


def halt(house: House) -> float:
    """SIGSTOP; when that was."""
    assert house.process
    house.process.send_signal(signal.SIGSTOP)
    return time.time()


def resume(house: House) -> float:
    """SIGCONT; when that was."""
    assert house.process
    house.process.send_signal(signal.SIGCONT)
    return time.time()


def counted(trial: Trial, name: str, count: int, in_hand: Collection[str] = ()) -> Found:
    """Wait until nothing waits, and compare the relay's book with the store's.

    ``in_hand``: what a process had in its hands when it was stopped; more of these than a few are too many.
    """
    deadline = time.monotonic() + PATIENCE
    while trial.look.waiting() and time.monotonic() < deadline:
        time.sleep(0.5)
    time.sleep(1)
    cases, notices = trial.look.rows("SELECT id FROM support_case", "SELECT message_id FROM outgoing")
    times = Counter(message.message_id for message in trial.sink.taken)
    twice = {message_id for message_id, number in times.items() if number > 1}
    unavoidable = len(twice & set(in_hand))
    too_many = max(unavoidable - MOST_UNRECORDED, 0)
    return Found(
        name, count, len(notices), len(twice) - unavoidable + too_many, unavoidable - too_many,
        asleep=trial.look.waiting(), effects=abs(len(cases) - count),
    )  # fmt: skip


def sent(trial: Trial) -> set[str]:
    """The Message-IDs of what the store says was sent."""
    [rows] = trial.look.rows("SELECT message_id FROM outgoing WHERE outcome = 'sent'")
    return {row[0] for row in rows}


def sent_after_others(trial: Trial, house: House, at: float) -> set[str]:
    """What a house sent as it went on at ``at``, although the relay had it from another house."""
    late = {
        message.message_id
        for message in trial.sink.taken
        if message.client == house.folder.name and at <= message.at < at + GOES_ON
    }
    return late & {message.message_id for message in trial.sink.taken if message.client != house.folder.name}


def copies(trial: Trial, at: float) -> Iterator[str]:
    """Who sent each notice that the relay took more than once, and when, in seconds since ``at``."""
    taken: dict[str, list[Taken]] = {}
    for message in trial.sink.taken:
        taken.setdefault(message.message_id, []).append(message)
    for same in taken.values():
        if len(same) > 1:
            yield ", ".join(f"{message.client} {message.at - at:+.2f} s" for message in same)


TRIALS: dict[str, Callable[[Trial, int], Found]] = {
    "stopped": stopped,
    "25s": ahead("+25s"),
    "60s": ahead("+60s"),
    "behind": ahead("-60s"),
    "day": day_ahead,
}


def run(name: str, *, store: str, count: int, folder: Path) -> Found:
    """One trial on a fresh store."""
    with databases.fresh(store, folder) as url, Sink() as sink:
        sink.script.delay = RELAY_DELAY
        trial = Trial(store, folder, url, sink)
        try:
            return TRIALS[name](trial, count)
        finally:
            trial.close()


def report(found: Found, store: str) -> str:
    """A line of the table; below it what was sent more than once, if that is too much."""
    line = (
        f"{found.trial:<28}{store:<12}{found.mails:>6}{found.notices:>9}{found.twice:>7}"
        f"{found.unavoidable:>13}{found.on_its_way:>12}{found.asleep:>8}{found.effects:>9}"
    )
    return "\n".join((line, *(found.copies if found.twice else ())))


def main() -> int:
    """``python -m bench.proof.pauses``: what two processes do when one stops or has a wrong clock.

    Exit code 1 if anything was sent twice that need not be, sleeps or is lost.
    """
    options = _options()
    print(
        f"{'trial':<28}{'store':<12}{'mails':>6}{'notices':>9}{'twice':>7}"
        f"{'unavoidable':>13}{'on its way':>12}{'asleep':>8}{'effects':>9}"
    )
    broken = False
    for name in options.trials or TRIALS:
        with tempfile.TemporaryDirectory(prefix="casebot-pauses-") as folder:
            found = run(name, store=options.store, count=options.mails, folder=Path(folder))
        print(report(found, options.store), flush=True)
        broken = broken or found.broken
    print("PROMISES BROKEN" if broken else "every promise kept")
    return int(broken)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.proof.pauses", description=__doc__)
    parser.add_argument("trials", nargs="*", choices=[*TRIALS, []], help="all of them without a name")
    parser.add_argument("--mails", type=int, default=40)
    parser.add_argument("--store", choices=databases.KINDS, default="postgresql")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
