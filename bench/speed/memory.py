"""Memory: what the house and its child hold together (PSS) while a relay is slow, or many large mails come at once."""

from __future__ import annotations

import argparse
import base64
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.support.client import Client
from bench.support.cost import pss
from bench.support.databases import Look
from bench.support.house import House
from bench.support.mails import DESK, Mail
from tests.support.mail.sink import Sink

EVERY = 0.05
"""Seconds between two looks."""
MIB = 1 << 20
BOUNDS = {"relay": 250, "large": 400}
"""MiB that may be held at most."""


class Meter(threading.Thread):
    """Looks at the proportional set size of a house and its children, and remembers the highest."""

    def __init__(self, house: House) -> None:
        super().__init__(daemon=True)
        self._house = house
        self._over = threading.Event()
        self.first = self.peak = 0
        self.parts: list[int] = []
        """Of the peak: the house's share, then its children's."""

    def run(self) -> None:
        while not self._over.wait(EVERY):
            parts = [pss(process.pid) for process in self._house.processes()]
            self.first = self.first or sum(parts)
            if sum(parts) > self.peak:
                self.peak, self.parts = sum(parts), parts

    def stop(self) -> None:
        self._over.set()
        self.join()


def mail(number: int, size: int) -> Mail:
    """A mail with one file of so many bytes, ready for DATA."""
    noise = random.Random(number).randbytes(size)
    file = base64.encodebytes(noise).replace(b"\n", b"\r\n")
    sender, name = f"c{number}@acme.example", f"<m{number}@acme.example>"
    raw = (
        f"From: {sender}\r\nTo: {DESK}\r\nSubject: Screenshot {number}\r\nMessage-ID: {name}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nSee the file.\r\n--b\r\n'
        'Content-Type: application/octet-stream; name="dump.bin"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    ).encode() + file + b"--b--\r\n"  # fmt: skip
    return Mail(marker=f"m{number}", kind="new", sender=sender, message_id=name, data=raw + b".\r\n")


def relay(house: House, look: Look, sink: Sink) -> None:
    """Sixty mails with a screenshot of 4 MB each, and a relay that takes half a minute for each notice."""
    sink.script.delay = 30.0
    client = Client(house.port)
    for number in range(60):
        taken(client.send(mail(number, 4_000_000)))
    client.close()
    handled(look, 60)
    time.sleep(5)


def large(house: House, look: Look, sink: Sink) -> None:
    """Twelve mails of 29.6 MB at the same moment."""
    codes: list[int] = []
    made = [mail(number, 21_900_000) for number in range(12)]

    def send(one: Mail) -> None:
        client = Client(house.port, seconds=200)
        codes.append(client.send(one))
        client.close()

    threads = [threading.Thread(target=send, args=(one,)) for one in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"  answers: {sorted(codes)}")
    handled(look, codes.count(250))


def taken(code: int) -> None:
    if code != 250:
        raise RuntimeError(f"a mail was answered {code}")


def handled(look: Look, count: int) -> None:
    """Until so many cases are open."""
    deadline = time.monotonic() + 240
    while int(look.rows("SELECT count(*) FROM support_case")[0][0][0]) < count:
        if time.monotonic() > deadline:
            raise TimeoutError("not all were handled in time")
        time.sleep(0.2)


TRIALS: dict[str, Callable[[House, Look, Sink], None]] = {"relay": relay, "large": large}


@contextmanager
def standing() -> Iterator[tuple[House, Sink]]:
    """A house that has warmed up, and its relay."""
    with tempfile.TemporaryDirectory(prefix="casebot-memory-") as folder, Sink() as sink:
        house = House(Path(folder) / "house", relay=sink.port, staff=1)
        house.start()
        try:
            house.wait()
            client = Client(house.port)
            taken(client.send(mail(999, 1000)))
            client.close()
            sink.wait_for(2, seconds=60)
            yield house, sink
        finally:
            house.kill()


def measure(name: str) -> Meter:
    """One trial; what was held."""
    with standing() as (house, sink):
        meter = Meter(house)
        meter.start()
        try:
            TRIALS[name](house, Look(house.url), sink)
        finally:
            meter.stop()
        return meter


def main() -> int:
    """``python -m bench.speed.memory``; exit code 1 if more was held than may be."""
    parser = argparse.ArgumentParser(prog="bench.speed.memory", description=__doc__)
    parser.add_argument("trials", nargs="*", help=f"{', '.join(TRIALS)}; all of them without a name")
    over = False
    for name in parser.parse_args().trials or TRIALS:
        meter = measure(name)
        peak = meter.peak // MIB
        parts = " + ".join(str(part // MIB) for part in meter.parts)
        print(
            f"{name:<8} PSS {meter.first // MIB} MiB at first, peak {peak} MiB ({parts}), bound {BOUNDS[name]}"
        )
        over = over or peak > BOUNDS[name]
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
