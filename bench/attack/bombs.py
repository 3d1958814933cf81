"""Bombs by mail into a house at work: what becomes of each, and how long everybody else waits meanwhile."""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.support.client import Client
from bench.support.cost import percentile
from bench.support.databases import Look
from bench.support.hostile_mails import arsenal
from bench.support.house import House
from bench.support.load import Sent, send
from bench.support.mails import Mail
from bench.support.relay import Relay
from channels.email.mime.prescan import content_key

RATE = 20
"""Ordinary mails a second."""
LONGEST, AT_WORST = 1.0, 1.0
"""Seconds for a bomb from its ``250`` to its effect, and for ordinary mail at the 99th percentile."""
PATIENCE = 120.0
"""Seconds until a bomb must have ended one way or the other: one that kills is tried three times."""
WARM = 60
"""Mails before anything is measured."""
PAUSE = 0.25
"""Seconds between two bombs."""


@dataclass(frozen=True, slots=True)
class Bomb:
    """A mail, made ready before anything is measured."""

    name: str
    size: int
    data: bytes
    """As a sender holds it: dots stuffed, with the line that ends it."""
    key: str
    """Under which it is kept."""


@dataclass(frozen=True, slots=True)
class End:
    """What became of one bomb."""

    name: str
    size: int
    outcome: str
    """``done``, ``aside``, ``shunted``; ``waiting`` if it has not ended."""
    reason: str
    seconds: float
    """From its ``250``."""


@dataclass
class Figures:
    """All that was measured."""

    ends: list[End] = field(default_factory=list)
    calm: list[float] = field(default_factory=list)
    """Seconds that ordinary mail waited for its confirmation without bombs, ascending."""
    bombed: list[float] = field(default_factory=list)
    """The same while bombs came."""

    @property
    def broken(self) -> list[str]:
        """The promises that were, in words."""
        lost = [
            f"{end.name}: still waiting after {end.seconds:.0f} s"
            for end in self.ends
            if end.outcome == "waiting"
        ]
        shunted = [f"{end.name}: shunted ({end.reason})" for end in self.ends if end.outcome == "shunted"]
        slow = [f"{end.name}: {end.seconds:.2f} s" for end in self.ends if end.seconds > LONGEST]
        late = (
            [f"others waited {percentile(self.bombed, 99) * 1000:.0f} ms (p99)"]
            if percentile(self.bombed, 99) > AT_WORST
            else []
        )
        return lost + shunted + slow + late


def main() -> int:
    """``python -m bench.attack.bombs``: each bomb, then how long the others waited.

    Exit code 1 if a promise is broken.
    """
    options = _options()
    bombs = [_ready(name, mail) for name, mail in arsenal().items() if options.only in name]
    with tempfile.TemporaryDirectory(prefix="casebot-bombs-") as folder:
        figures = measure(bombs, seconds=options.seconds, folder=Path(folder))
    print(table(figures))
    print("\n".join(figures.broken))
    return int(bool(figures.broken))


def _ready(name: str, mail: bytes) -> Bomb:
    stuffed = mail.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n"
    return Bomb(name, len(mail), stuffed, content_key(mail + b"\r\n"))


def measure(bombs: Sequence[Bomb], *, seconds: float, folder: Path) -> Figures:
    """A calm stretch of so many seconds, then bomb after bomb, ordinary mail coming all the time."""
    figures = Figures()
    with Relay() as relay, _open(folder, relay) as house:
        send(house.port, WARM, prefix="warm", seed=1)
        calm = send(house.port, int(seconds * RATE), prefix="calm", seed=2, rate=RATE)
        with _traffic(house, int(len(bombs) * 0.6 * RATE)) as sent:
            for bomb in bombs:
                figures.ends.append(_thrown(house, bomb))
                time.sleep(PAUSE)
        _settle(relay, calm, sent[0])
        figures.calm, figures.bombed = relay.waits(calm.begun), relay.waits(sent[0].begun)
    return figures


@contextmanager
def _open(folder: Path, relay: Relay) -> Iterator[House]:
    house = House(folder, relay=relay.port)
    try:
        house.open()
        yield house
    finally:
        house.kill()


@contextmanager
def _traffic(house: House, count: int) -> Iterator[list[Sent]]:
    """Ordinary mail in the background; the list has what was sent once the block is left."""
    sent: list[Sent] = []

    def work() -> None:
        sent.append(send(house.port, max(count, RATE), prefix="bombed", seed=3, rate=RATE))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield sent
    finally:
        thread.join()


def _thrown(house: House, bomb: Bomb) -> End:
    with Client(house.port) as client:
        code = client.send(Mail(bomb.name, "bomb", "eve@acme.example", bomb.name, bomb.data))
    began = time.monotonic()
    if code != 250:
        return End(bomb.name, bomb.size, "refused", f"{code}", 0.0)
    look = Look(house.url)
    while (waited := time.monotonic() - began) < PATIENCE:
        (rows,) = look.rows(f"SELECT outcome, reason FROM inbox WHERE key = '{bomb.key}' AND due_at IS NULL")
        if rows:
            return End(bomb.name, bomb.size, *rows[0], waited)
        time.sleep(0.01)
    return End(bomb.name, bomb.size, "waiting", "", PATIENCE)


def _settle(relay: Relay, *runs: Sent) -> None:
    """Until everybody has heard."""
    deadline = time.monotonic() + PATIENCE
    wanted = {one for sent in runs for one in sent.begun}
    while wanted - relay.confirmed.keys():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{len(wanted - relay.confirmed.keys())} ordinary mails found no confirmation")
        time.sleep(0.05)


def table(figures: Figures) -> str:
    """A line for each bomb, the slowest first, then two for the others."""
    rows = sorted(figures.ends, key=lambda end: -end.seconds)
    lines = [f"{end.name:<46}{end.size:>12,}{end.outcome:>10}{end.seconds:>8.2f} s" for end in rows]
    for name, waits in (("without bombs", figures.calm), ("while bombs come", figures.bombed)):
        told = " / ".join(f"{percentile(waits, percent) * 1000:.0f}" for percent in (50, 99, 100))
        lines.append(f"ordinary mail {name}, p50 / p99 / max: {told} ms ({len(waits)} mails)")
    return "\n".join(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.attack.bombs", description=__doc__)
    parser.add_argument("--seconds", type=float, default=15, help="of the calm stretch")
    parser.add_argument("--only", default="", help="bombs with this in their name")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
