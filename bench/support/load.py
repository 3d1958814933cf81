"""Sends a mix of mails over a few connections, as fast as it is let or at a rate, and says when each was sent."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.support.client import Client
from bench.support.mails import SIZE, Mail, mix
from bench.support.signed import signed

CLIENTS = 20
"""As many as Postfix opens to one destination (``default_destination_concurrency_limit``)."""
BUSY = 0.05
"""Seconds to wait when a server says that it is busy."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What one run of it sent."""

    begun: dict[str, float]
    """Message-ID of each mail that is to be confirmed → when it was due to be sent (``time.time()``)."""
    seconds: float
    busy: int
    """Times a server asked to come back later."""


def send(
    port: int, count: int, *, prefix: str, seed: int, rate: float = 0, size: int = SIZE, key: str = ""
) -> Sent:
    """Send in a process of its own, so that its work is nobody else's; returns when all are acknowledged."""
    options = {
        "port": port,
        "count": count,
        "prefix": prefix,
        "seed": seed,
        "rate": rate,
        "size": size,
        "key": key,
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    done = subprocess.run(
        [sys.executable, "-m", "bench.support.load", *arguments], check=True, capture_output=True
    )
    return Sent(**json.loads(done.stdout))


class Load:
    """A few threads that share one list of mails."""

    def __init__(self, port: int, mails: Sequence[Mail], rate: float) -> None:
        self._port, self._mails, self._rate = port, mails, rate
        self._numbers = iter(range(len(mails)))
        self._lock = threading.Lock()
        self._began = 0.0
        self._begun: dict[str, float] = {}
        self._busy = 0

    def run(self) -> Sent:
        """Send them all."""
        threads = [threading.Thread(target=self._work) for _ in range(CLIENTS)]
        self._began = time.time()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return Sent(self._begun, time.time() - self._began, self._busy)

    def _work(self) -> None:
        with Client(self._port) as client:
            for number in self._mine():
                due = self._began + number / self._rate if self._rate else time.time()
                time.sleep(max(0.0, due - time.time()))
                mail = self._mails[number]
                if mail.kind in ("new", "attachment"):
                    self._begun[mail.message_id] = due
                self._insist(client, mail)

    def _mine(self) -> Iterator[int]:
        while True:
            with self._lock:
                number = next(self._numbers, None)
            if number is None:
                return
            yield number

    def _insist(self, client: Client, mail: Mail) -> None:
        while (code := client.send(mail)) != 250:
            if code >= 500:
                raise RuntimeError(f"a mail was refused for good: {code}")
            self._busy += 1
            time.sleep(BUSY)


def main() -> None:
    """``python -m bench.support.load --port 8025 --count 1000``: one JSON object on standard output."""
    parser = argparse.ArgumentParser(prog="bench.support.load", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--prefix", default="m")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=0, help="mails a second; 0: as fast as they are taken")
    parser.add_argument("--size", type=int, default=SIZE, help="bytes of a mail with an attachment")
    parser.add_argument("--key", default="", help="PEM file: sign every mail with it (DKIM, selector bench)")
    told = parser.parse_args()
    mails = list(mix(told.count, seed=told.seed, prefix=told.prefix, size=told.size))
    if told.key:
        mails = list(signed(mails, Path(told.key)))
    sent = Load(told.port, mails, told.rate).run()
    print(json.dumps({"begun": sent.begun, "seconds": sent.seconds, "busy": sent.busy}))


if __name__ == "__main__":
    main()
