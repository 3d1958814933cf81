"""What takes the mails by SMTP: casebot, and two servers that throw them away."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.peers.batch import Batch, Missing, Opens
from bench.speed.run import stock_server
from bench.support import cost
from bench.support.databases import Look
from bench.support.house import House, wait_for_port
from bench.support.load import send
from bench.support.relay import Relay
from rehearsal.ports import free_port

WARM = 100
"""Mails to casebot before anything is measured."""


class Casebot:
    """``casebot run`` with its pages open; nobody is told but the customer, by a relay."""

    def __init__(self, house: House, relay: Relay) -> None:
        self._house, self._relay, self._look = house, relay, Look(house.url)
        self._taken = 0

    def cpu(self) -> float:
        return sum(self._house.cpu())

    def take(self, batch: Batch) -> Mapping[str, int]:
        sent = send(self._house.port, batch.count, prefix=batch.prefix, seed=batch.number)
        while self._look.waiting():
            time.sleep(0.02)
        self._relay.waits(sent.begun)  # KeyError if a mail was not confirmed
        self._taken += batch.count
        return self._counts()

    def warm(self) -> None:
        """Take the first mails, and let the start come to its end."""
        send(self._house.port, WARM, prefix="warm", seed=0)
        while self._look.waiting():
            time.sleep(0.02)
        self._house.rest()
        self._taken = WARM

    def _counts(self) -> Mapping[str, int]:
        """Raises ``RuntimeError`` unless all mail is done, and nothing is held."""
        outcomes, entries, cases, held = self._look.rows(
            "SELECT outcome FROM inbox",
            "SELECT count(*) FROM entry",
            "SELECT count(*) FROM support_case",
            "SELECT count(*) FROM support_case WHERE held",
        )
        done = Counter(row.outcome for row in outcomes)
        if done["done"] != self._taken or held[0][0]:
            raise RuntimeError(f"of {self._taken} mails {dict(done)}, {held[0][0]} cases held")
        return {"cases": cases[0][0], "entries": entries[0][0], "told": len(self._relay.confirmed)}


@dataclass(frozen=True, slots=True)
class Sink:
    """A server that answers 250 and keeps nothing."""

    port: int
    pid: int

    def cpu(self) -> float:
        return cost.cpu_of_tree(self.pid)

    def take(self, batch: Batch) -> Mapping[str, int]:
        send(self.port, batch.count, prefix=batch.prefix, seed=batch.number)
        return {}


@contextmanager
def casebot(folder: Path, cache: Path) -> Iterator[Casebot]:
    """Open and warm."""
    with Relay() as relay:
        house = House(folder, relay=relay.port, web=True)
        house.start()
        try:
            house.wait()
            opened = Casebot(house, relay)
            opened.warm()
            yield opened
        finally:
            house.kill()


@contextmanager
def stock(folder: Path, cache: Path) -> Iterator[Sink]:
    """aiosmtpd as it is."""
    with stock_server() as (port, pid):
        yield Sink(port, pid)


@contextmanager
def smtp_sink(folder: Path, cache: Path) -> Iterator[Sink]:
    """Postfix's, which is as little as a server can do."""
    program = shutil.which("smtp-sink", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if not program:
        raise Missing("apt-get install postfix (for its smtp-sink)")
    port = free_port()
    with subprocess.Popen([program, "-u", "nobody", f"127.0.0.1:{port}", "100"]) as process:
        try:
            if not wait_for_port(port, process):
                raise Missing("smtp-sink does not answer")
            yield Sink(port, process.pid)
        finally:
            process.kill()


SERVERS: Mapping[str, Opens] = {"casebot": casebot, "aiosmtpd sink": stock, "Postfix smtp-sink": smtp_sink}
