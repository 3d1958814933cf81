"""What a mail costs with one, two and four processes on one PostgreSQL and one object store."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.support import databases
from bench.support.cost import percentile
from bench.support.databases import Look
from bench.support.house import House
from bench.support.load import Sent, send
from bench.support.relay import Relay
from bench.support.shared import deadlocks, logged, machines, server_cpu, with_files
from tests.support.setup.object_store import ObjectStore

WARM = 60
"""Mails to each process before anything is measured."""
DRAINED_IN = 300.0
STRIKE = "could not be handled"


@dataclass(frozen=True, slots=True)
class Scale:
    """What so many processes did."""

    processes: int
    mails: int
    casebot: float
    """µs of CPU a mail, all processes and their children."""
    postgresql: float
    a_second: float
    """Mails done on the wall."""
    waits: Sequence[float]
    """Seconds to each confirmation, at a rate that leaves room, in ascending order."""
    deadlocks: int
    strikes: int
    undone: int
    """Groups that were written one by one."""


def main() -> int:
    """``python -m bench.speed.scale``: one table; exit code 1 if there was a deadlock or a strike."""
    options = _options()
    figures = []
    for count in options.processes:
        with tempfile.TemporaryDirectory(prefix="casebot-scale-") as folder:
            figures.append(measure(count, mails=options.mails, rate=options.rate, folder=Path(folder)))
        print(row(figures[-1], figures[0]), flush=True)
    return int(any(one.deadlocks or one.strikes for one in figures))


def measure(count: int, *, mails: int, rate: float, folder: Path) -> Scale:
    """Saturated for the cost, then paced for the waits; the mails are spread over the processes."""
    with (
        databases.fresh("postgresql", folder) as url,
        ObjectStore(folder / "objects") as store,
        Relay() as relay,
    ):
        houses = machines(count, folder, url=url, relay=relay.port, files=with_files(store), staff=0)
        try:
            for house in houses:
                house.open()
            look = Look(url)
            _spread(houses, min(WARM, mails) * count, seed=1)
            _drain(look)
            for house in houses:
                house.rest()
            before, spent = server_cpu(folder), sum(sum(house.cpu()) for house in houses)
            began = time.monotonic()
            _spread(houses, mails, seed=2)
            _drain(look)
            seconds = time.monotonic() - began
            casebot = sum(sum(house.cpu()) for house in houses) - spent
            postgresql = server_cpu(folder) - before
            sent = _spread(houses, mails // 2, seed=3, rate=rate)
            _drain(look)
            waits = sorted(wait for each in sent for wait in relay.waits(each.begun))
            return Scale(
                count, mails, casebot / mails * 1e6, postgresql / mails * 1e6, mails / seconds, waits,
                deadlocks(look), len(logged(houses, STRIKE)), len(logged(houses, "batch rolled back")),
            )  # fmt: skip
        finally:
            for house in houses:
                house.kill()


def _spread(houses: Sequence[House], count: int, *, seed: int, rate: float = 0) -> list[Sent]:
    """Each process gets its share at the same time, from senders of its own; many write to several."""
    each, pace = count // len(houses), rate / len(houses)
    with ThreadPoolExecutor(len(houses)) as pool:
        asked = [
            pool.submit(send, house.port, each, prefix=f"s{seed}-{n}", seed=seed * 100 + n, rate=pace)
            for n, house in enumerate(houses)
        ]
        return [future.result() for future in asked]


def _drain(look: Look) -> None:
    deadline = time.monotonic() + DRAINED_IN
    while look.waiting():
        if time.monotonic() > deadline:
            raise RuntimeError("not drained")
        time.sleep(0.05)


def row(figures: Scale, one: Scale) -> str:
    """A line of the table, with its ratio to the first."""
    return (
        f"processes {figures.processes}: casebot {figures.casebot:,.0f} µs (× {figures.casebot / one.casebot:.2f}), "
        f"PostgreSQL {figures.postgresql:,.0f} µs (× {figures.postgresql / one.postgresql:.2f}), "
        f"{figures.a_second:.0f} mails/s (× {figures.a_second / one.a_second:.2f}), "
        f"waits p50 {percentile(figures.waits, 50) * 1000:.0f} ms "
        f"p99 {percentile(figures.waits, 99) * 1000:.0f} ms, "
        f"deadlocks {figures.deadlocks}, strikes {figures.strikes}, groups undone {figures.undone}"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.speed.scale", description=__doc__)
    parser.add_argument("processes", nargs="*", type=int, default=[1, 2, 4])
    parser.add_argument("--mails", type=int, default=1200, help="saturated; half as many are paced")
    parser.add_argument("--rate", type=float, default=20, help="mails a second, of the paced ones")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
