"""What a mail costs and how long it waits, beside a stock server that does nothing, in the same run."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from bench.support import databases
from bench.support.databases import Look
from bench.support.house import House, cpu_of, wait_for_port
from bench.support.load import Sent, send
from bench.support.relay import Relay
from bench.support.signed import key_in_dns
from rehearsal.meanwhile import meanwhile
from rehearsal.ports import free_port

ROUNDS = 4
WARM = 200
"""Mails before anything is measured."""
RATE, AT_RATE = 50, 500
LARGE, LARGE_MAILS = 500_000, 150
NO_LIMIT = 1 << 30
DRAINED_IN = 300.0


@dataclass
class Spent:
    """CPU seconds and mails of one server, over all rounds."""

    mails: int = 0
    cpu: list[float] = field(default_factory=lambda: [0.0, 0.0])
    """Of the main process, and of its children."""
    seconds: float = 0.0
    """From the first mail to the last thing settled."""

    @property
    def each(self) -> float:
        """µs a mail."""
        return sum(self.cpu) / max(self.mails, 1) * 1e6

    def add(self, mails: int, before: list[float], after: list[float], seconds: float) -> None:
        """Count a round in."""
        self.mails += mails
        self.seconds += seconds
        pairs = list(zip(after, before, strict=True))
        self.cpu[0] += pairs[0][0] - pairs[0][1]
        self.cpu[1] += sum(now - then for now, then in pairs[1:])


@dataclass
class Figures:
    """All that was measured."""

    noop: Spent = field(default_factory=Spent)
    accept: Spent = field(default_factory=Spent)
    whole: Spent = field(default_factory=Spent)
    loaded: list[float] = field(default_factory=list)
    """Seconds that confirmations took under full load."""
    paced: list[float] = field(default_factory=list)
    """The same at ``RATE`` mails a second."""
    memory: int = 0
    busy: int = 0


def main() -> int:
    """``python -m bench.speed.run``: one table."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="casebot-run-") as folder:
        how = {"store": options.store, "staff": options.staff, "signed": options.signed}
        print(table(measure(options.mails, **how, folder=Path(folder))))
    return 0


def measure(mails: int, *, store: str, staff: int, signed: bool, folder: Path) -> Figures:
    """All figures, the three servers taking turns. ``signed``: every mail's DKIM signature is verified."""
    with ExitStack() as stack:
        key, asks = stack.enter_context(key_in_dns(folder)) if signed else ("", {})
        url = stack.enter_context(databases.fresh(store, folder))
        relay = stack.enter_context(Relay())
        noop = stack.enter_context(_noop())
        accept = House(folder / "accept", relay=relay.port, staff=staff, backlog=NO_LIMIT)
        house = House(folder / "house", url=url, relay=relay.port, staff=staff, environment=asks)
        for one, program in ((accept, ("-m", "bench.speed.accept")), (house, ("-m", "bot.cli", "run"))):
            stack.callback(one.kill)
            one.start(program)
            one.wait()
        return Bench(relay, noop, accept, house, key=key).run(mails)


class Bench:
    """The servers, and what they are asked to do."""

    def __init__(self, relay: Relay, noop: tuple[int, int], accept: House, house: House, *, key: str) -> None:
        self._key = key
        self._relay, self._noop, self._accept, self._house = relay, noop, accept, house
        self._look = Look(house.url)
        self._figures = Figures()
        self._prefixes = 0

    def run(self, mails: int) -> Figures:
        """Warm up, let the house finish its start, take turns, then the pace and the large files."""
        for port in (self._noop[0], self._accept.port, self._house.port):
            self._send(port, WARM)
        self._drain()
        self._house.rest()
        each = mails // ROUNDS
        for _ in range(ROUNDS):
            self._round_noop(each)
            self._round_accept(each)
            self._round_whole(each)
        self._paced()
        self._memory()
        return self._figures

    def _round_noop(self, count: int) -> None:
        port, pid = self._noop
        before = [cpu_of(psutil.Process(pid))]
        sent = self._send(port, count)
        self._figures.noop.add(count, before, [cpu_of(psutil.Process(pid))], sent.seconds)

    def _round_accept(self, count: int) -> None:
        before = self._accept.cpu()
        sent = self._send(self._accept.port, count)
        self._figures.accept.add(count, before, self._accept.cpu(), sent.seconds)

    def _round_whole(self, count: int) -> None:
        before = self._house.cpu()
        sent = self._send(self._house.port, count)
        began = time.monotonic() - sent.seconds
        self._drain()
        seconds = time.monotonic() - began
        self._figures.whole.add(count, before, self._house.cpu(), seconds)
        self._figures.busy += sent.busy
        self._figures.loaded = sorted(self._figures.loaded + self._relay.waits(sent.begun))

    def _paced(self) -> None:
        sent = self._send(self._house.port, AT_RATE, rate=RATE)
        self._drain()
        self._figures.paced = self._relay.waits(sent.begun)

    def _memory(self) -> None:
        with watching(self._house) as peak:
            self._send(self._house.port, LARGE_MAILS, size=LARGE)
            self._drain()
        self._figures.memory = max(peak)

    def _send(self, port: int, count: int, *, rate: float = 0, size: int = 6000) -> Sent:
        self._prefixes += 1
        prefix = f"b{self._prefixes}"
        seed = self._prefixes
        return send(port, count, prefix=prefix, seed=seed, rate=rate, size=size, key=self._key)

    def _drain(self) -> None:
        deadline = time.monotonic() + DRAINED_IN
        while self._look.waiting():
            if time.monotonic() > deadline:
                raise RuntimeError(f"not drained:\n{self._house.log.read_text()[-4000:]}")
            time.sleep(0.02)


@contextmanager
def _noop() -> Iterator[tuple[int, int]]:
    """The stock server: its port and process id."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.support.noop", str(port)])
    try:
        wait_for_port(port, process)
        yield port, process.pid
    finally:
        process.kill()
        process.wait()


@contextmanager
def watching(house: House) -> Iterator[list[int]]:
    """Look at its memory every 20 ms; the list grows meanwhile."""
    seen = [house.memory()]
    with meanwhile(lambda: seen.append(house.memory()), every=0.02):
        yield seen


def table(figures: Figures) -> str:
    """Goal, figure, floor, aim, and the ratio to the stock server."""
    noop, accept, whole = figures.noop.each, figures.accept.each, figures.whole.each
    main, child = (spent / max(figures.whole.mails, 1) * 1e6 for spent in figures.whole.cpu)
    rows = [
        ("goal", "figure", "floor", "aim", "ratio"),
        ("stock aiosmtpd sink, no work, µs a mail", f"{noop:.0f}", "", "", "1"),
        ("accepted durably, µs a mail", f"{accept:.0f}", "× 1.5", "× 1.0", f"{accept / noop:.2f}"),
        ("end to end, µs a mail", f"{whole:.0f}", "× 5", "× 2", f"{whole / noop:.2f}"),
        ("   main process / reader child", f"{main:.0f} / {child:.0f}", "", "", ""),
        ("end to end, mails a second and core", f"{1e6 / whole:.0f}", "400", "1,000", ""),
        ("   mails a second, on the wall", f"{figures.whole.mails / figures.whole.seconds:.0f}", "", "", ""),
        ("senders faster than the desk: longest wait", f"{figures.loaded[-1]:.2f} s", "5 s", "2 s", ""),
        (f"   {figures.busy} times asked to come back; p50", f"{_at(figures.loaded, 50)}", "", "", ""),
        (f"mail in to confirmation at {RATE}/s, p50", _at(figures.paced, 50), "50 ms", "15 ms", ""),
        ("   p99", _at(figures.paced, 99), "250 ms", "60 ms", ""),
        ("resident, with 500 kB attachments", f"{figures.memory / 1e6:.0f} MB", "200 MB", "120 MB", ""),
    ]
    return "\n".join(f"{a:<46}{b:>14}{c:>9}{d:>9}{e:>7}" for a, b, c, d, e in rows)


def _at(waits: list[float], percent: int) -> str:
    return f"{waits[min(len(waits) * percent // 100, len(waits) - 1)] * 1000:.0f} ms"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.speed.run", description=__doc__)
    parser.add_argument("--mails", type=int, default=4000, help="to each of the three servers")
    parser.add_argument("--store", choices=databases.KINDS, default="sqlite")
    parser.add_argument(
        "--staff", type=int, choices=(0, 1), default=0, help="1: told of every case and reply"
    )
    parser.add_argument("--signed", action="store_true", help="DKIM on every mail, and no network trusted")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
