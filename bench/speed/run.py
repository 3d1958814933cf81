"""What a mail costs and how long it waits with everything on, beside a server that does nothing, in the same run."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.speed.goals import Figures, Spent, table
from bench.support import cost, databases
from bench.support.databases import Look
from bench.support.house import House, wait_for_port
from bench.support.load import Sent, send
from bench.support.relay import Relay
from bench.support.signed import key_in_dns
from rehearsal.meanwhile import meanwhile
from rehearsal.ports import free_port

ROUNDS = 4
WARM = 200
"""Mails before anything is measured; of this and what follows no more than each server gets in all."""
RATE, AT_RATE = 50, 500
LARGE, LARGE_MAILS = 500_000, 150
MORE = 3
"""More specialists in the house that shows what one of them costs."""
NO_LIMIT = 1 << 30
DRAINED_IN = 300.0
LISTS = 3
"""Times that ``casebot case list`` is tried; the fastest counts."""


def main() -> int:
    """``python -m bench.speed.run``: one table."""
    options = _options()
    kinds = databases.KINDS if options.store == "both" else (options.store,)
    with tempfile.TemporaryDirectory(prefix="casebot-run-") as folder:
        figures = measure(
            options.mails, kinds=kinds, staff=options.staff, signed=options.signed, folder=Path(folder)
        )
    print(table(figures, RATE))
    return 0


def measure(mails: int, *, kinds: tuple[str, ...], staff: int, signed: bool, folder: Path) -> Figures:
    """All figures, the servers taking turns. ``signed``: every mail's DKIM signature is verified."""
    figures = Figures(staff=staff, signed=signed, more=MORE)
    with ExitStack() as stack:
        key, asks = stack.enter_context(key_in_dns(folder)) if signed else ("", {})
        relay = stack.enter_context(Relay())
        noop = stack.enter_context(stock_server())
        accept = House(folder / "accept", relay=relay.port, staff=staff, backlog=NO_LIMIT, web=True)
        stack.callback(accept.kill)
        accept.start(("-m", "bench.speed.accept"))
        accept.wait()
        houses = [stack.enter_context(_measured(folder / kind, kind, relay, staff, asks)) for kind in kinds]
        crowd = stack.enter_context(_measured(folder / "crowd", kinds[0], relay, staff + MORE, asks))
        figures.open = houses[0].opened
        bench = Bench(figures, noop, accept, houses, crowd, key=key)
        bench.run(mails)
    return figures


class Measured:
    """A house, the server of its store, and what both have cost so far."""

    def __init__(self, kind: str, house: House, relay: Relay, *, server: int, opened: float) -> None:
        self.kind, self.house, self.relay, self.opened = kind, house, relay, opened
        """``opened``: seconds from its start until both doors were open."""
        self.look, self._server = Look(house.url), server

    def cpu(self) -> Mapping[str, float]:
        """Seconds so far: of the main process, its children, and the database's server."""
        main, children = self.house.cpu()
        return {
            "main": main,
            "child": children,
            "server": cost.cpu_of_tree(self._server) if self._server else 0.0,
        }

    def drain(self) -> None:
        """Return once nothing waits in its store; ``RuntimeError`` if that does not come."""
        deadline = time.monotonic() + DRAINED_IN
        while self.look.waiting():
            if time.monotonic() > deadline:
                raise RuntimeError(f"not drained:\n{self.house.log.read_text()[-4000:]}")
            time.sleep(0.02)


class Bench:
    """The servers, and what they are asked to do."""

    def __init__(
        self,
        figures: Figures,
        noop: tuple[int, int],
        accept: House,
        houses: list[Measured],
        crowd: Measured,
        *,
        key: str,
    ) -> None:
        self._figures, self._key = figures, key
        self._noop, self._accept, self._houses, self._crowd = noop, accept, houses, crowd
        self._prefixes = 0

    def run(self, mails: int) -> None:
        """Warm up, let the houses finish their start, take turns, then the pace and the large files."""
        every = [*self._houses, self._crowd]
        for port in (self._noop[0], self._accept.port, *(one.house.port for one in every)):
            self._send(port, min(WARM, mails))
        for one in every:
            one.drain()
            one.house.rest()
        self._figures.idle = self._houses[0].house.memory()
        self._figures.case_list = _case_list(self._houses[0].house)
        for _ in range(ROUNDS):
            self._round(mails // ROUNDS)
        self._figures.bytes_a_case = self._houses[0].look.size() / self._houses[0].look.cases()
        self._paced(min(AT_RATE, mails))
        self._memory(min(LARGE_MAILS, mails))

    def _round(self, count: int) -> None:
        port, pid = self._noop
        before = cost.cpu(pid)
        sent = self._send(port, count)
        self._figures.noop.add(count, {"main": cost.cpu(pid) - before}, sent.seconds)
        spent = sum(self._accept.cpu())
        sent = self._send(self._accept.port, count)
        self._figures.accept.add(count, {"main": sum(self._accept.cpu()) - spent}, sent.seconds)
        for one in self._houses:
            sent = self._whole(one, count, self._figures.whole.setdefault(one.kind, Spent()))
            if one is self._houses[0]:
                self._figures.busy += sent.busy
                self._figures.loaded = sorted(self._figures.loaded + one.relay.waits(sent.begun))
        self._whole(self._crowd, count, self._figures.crowd)

    def _whole(self, one: Measured, count: int, spent: Spent) -> Sent:
        before = one.cpu()
        sent = self._send(one.house.port, count)
        began = time.monotonic() - sent.seconds
        one.drain()
        seconds = time.monotonic() - began
        after = one.cpu()
        spent.add(count, {part: after[part] - before[part] for part in after}, seconds)
        return sent

    def _paced(self, count: int) -> None:
        one = self._houses[0]
        sent = self._send(one.house.port, count, rate=RATE)
        one.drain()
        self._figures.paced = one.relay.waits(sent.begun)

    def _memory(self, count: int) -> None:
        one = self._houses[0]
        with watching(one.house) as peak:
            self._send(one.house.port, count, size=LARGE)
            one.drain()
        self._figures.memory = max(peak)

    def _send(self, port: int, count: int, *, rate: float = 0, size: int = 6000) -> Sent:
        self._prefixes += 1
        prefix = f"b{self._prefixes}"
        seed = self._prefixes
        return send(port, count, prefix=prefix, seed=seed, rate=rate, size=size, key=self._key)


@contextmanager
def _measured(
    folder: Path, kind: str, relay: Relay, staff: int, asks: Mapping[str, str]
) -> Iterator[Measured]:
    """A house with everything on, open."""
    folder.mkdir()
    with databases.fresh(kind, folder) as url:
        house = House(folder / "house", url=url, relay=relay.port, staff=staff, web=True, environment=asks)
        began = time.monotonic()
        house.start()
        try:
            house.wait()
            opened = time.monotonic() - began
            yield Measured(kind, house, relay, server=databases.server(folder), opened=opened)
        finally:
            house.kill()


@contextmanager
def stock_server() -> Iterator[tuple[int, int]]:
    """A stock aiosmtpd server that keeps nothing: its port and process id."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.support.noop", str(port)])
    try:
        wait_for_port(port, process)
        yield port, process.pid
    finally:
        process.kill()
        process.wait()


def _case_list(house: House) -> float:
    """Seconds of ``casebot case list`` on its store, from the shell."""
    environment = {**os.environ, "CASEBOT_CONFIG": str(house.config)}
    times = []
    for _ in range(LISTS):
        began = time.monotonic()
        command = [sys.executable, "-m", "bot.cli", "case", "list"]
        subprocess.run(command, check=True, capture_output=True, env=environment, cwd=house.folder)
        times.append(time.monotonic() - began)
    return min(times)


@contextmanager
def watching(house: House) -> Iterator[list[int]]:
    """Look at its memory every 50 ms; the list grows meanwhile."""
    seen = [house.memory()]
    with meanwhile(lambda: seen.append(house.memory()), every=0.05):
        yield seen


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.speed.run", description=__doc__)
    parser.add_argument("--mails", type=int, default=4000, help="to each of the servers")
    parser.add_argument("--store", choices=(*databases.KINDS, "both"), default="sqlite")
    parser.add_argument("--staff", type=int, default=2, help="so many are told of every case and reply")
    parser.add_argument("--signed", action="store_true", help="DKIM on every mail, and no network trusted")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
