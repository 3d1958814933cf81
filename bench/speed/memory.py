"""Measure the memory of casebot and its child processes together (PSS) under heavy load."""

from __future__ import annotations

import argparse
import base64
import os
import random
import re
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.attack import crowds
from bench.speed.upload import Served
from bench.support.client import Client
from bench.support.databases import Look
from bench.support.house import House
from bench.support.load import send
from bench.support.mails import DESK, Mail
from bench.support.relay import Relay
from rehearsal.meanwhile import meanwhile
from tests.support.houses.pictures import large_pictures
from tests.support.mail.sink import Sink

EVERY = 0.05
"""Seconds between two measurements."""
MB = 1_000_000
PATIENCE = 240.0
"""Seconds until every mail has opened its case."""
FEW, MANY = 250, 1750
"""Mails of the trial ``mails``, after which memory is measured."""


@dataclass
class Memory:
    """The memory of casebot and its children, in bytes."""

    first: int
    peak: int = 0
    parts: list[int] = field(default_factory=list)
    """The peak, divided into casebot's own share and that of each child."""
    last: int = 0
    """At the end of the trial."""
    notes: list[str] = field(default_factory=list)


@contextmanager
def measured(house: House) -> Iterator[Memory]:
    """Measure the memory of a desk until the block ends."""
    memory = Memory(house.memory())

    def look() -> None:
        parts = house.memory_of_each()
        if sum(parts) > memory.peak:
            memory.peak, memory.parts = sum(parts), parts

    with meanwhile(look, every=EVERY):
        yield memory
    memory.last = house.memory()


def mail(number: int, size: int) -> Mail:
    """Return a mail with a file of ``size`` bytes, ready for DATA."""
    noise = random.Random(number).randbytes(size)
    file = base64.encodebytes(noise).replace(b"\n", b"\r\n")
    sender, name = f"c{number}@acme.example", f"<m{number}@acme.example>"
    raw = (
        f"From: {sender}\r\nTo: {DESK}\r\nSubject: Screenshot {number}\r\nMessage-ID: {name}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nSee the file.\r\n--b\r\n'
        'Content-Type: application/octet-stream; name="dump.bin"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    ).encode() + file + b"--b--\r\n"  # fmt: skip
    return Mail(marker=f"m{number}", kind="new", sender=sender, message_id=name, data=raw + b".\r\n")


def relay() -> Memory:
    """Send 60 mails with a file of 4 MB, while the relay needs 30 seconds for each notice."""
    with ready() as (house, sink), measured(house) as memory:
        sink.script.delay = 30.0
        with Client(house.port) as client:
            for number in range(60):
                accepted(client.send(mail(number, 4_000_000)))
        wait_for_cases(house, 61)
        time.sleep(5)
    return memory


def large() -> Memory:
    """Send 20 mails of 29.6 MB at the same moment."""
    made = [mail(number, 21_900_000) for number in range(20)]

    def sent(one: Mail) -> int:
        with Client(house.port, seconds=PATIENCE) as client:
            return client.send(one)

    with ready() as (house, _), measured(house) as memory:
        with ThreadPoolExecutor(len(made)) as senders:
            codes = Counter(senders.map(sent, made))
        memory.notes.append(f"answers {dict(codes)}")
        wait_for_cases(house, codes[250] + 1)
    return memory


def mails() -> Memory:
    """Send 1,750 mails of the usual mix as fast as possible; two specialists are notified."""
    with tempfile.TemporaryDirectory() as folder, Relay() as taking:
        house = House(Path(folder) / "house", relay=taking.port, staff=2, web=True)
        with started(house):
            house.rest()
            with measured(house) as memory:
                for number, count in enumerate((FEW, MANY - FEW)):
                    send(house.port, count, prefix=f"m{number}", seed=number)
                    wait_for(lambda: not Look(house.url).waiting())
                    memory.notes.append(f"{house.memory() / MB:.0f} MB after {count + number * FEW} mails")
    return memory


def uploads() -> Memory:
    """Upload 200 files of 1 MB at the same moment."""
    return crowd(crowds.uploaded)


def forms() -> Memory:
    """Let 600 browsers begin a form of 1 MB and go silent, half in a text and half in a file."""
    return crowd(crowds.visited)


def pictures() -> Memory:
    """Open a case that has ten pictures, each of which is as large as its format allows."""

    def viewed(served: Served) -> Counter[str]:
        served.attach(large_pictures())
        with urllib.request.urlopen(served.case) as page:
            links = re.findall(r'src="([^"]+/thumbnail/\d+)"', page.read().decode())
        place = served.case.rpartition("/")[0]
        with ThreadPoolExecutor(len(links)) as browser:
            return Counter(browser.map(lambda link: status(f"{place}/{link}"), links))

    return crowd(viewed)


def status(url: str) -> str:
    """Return the status of the answer to a GET request."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            answer.read()
            return str(answer.status)
    except urllib.error.HTTPError as error:
        return str(error.code)


def crowd(come: Callable[[Served], Counter[str]]) -> Memory:
    """Measure a desk while many requests come to its web endpoint."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Served(Path(folder)) as served,
        measured(served.house) as memory,
    ):
        memory.notes.append(f"answers {dict(come(served))}")
    return memory


TRIALS: dict[str, tuple[Callable[[], Memory], int]] = {
    "relay": (relay, 250),
    "large": (large, 400),
    "mails": (mails, 145),
    "pictures": (pictures, 250),
    "uploads": (uploads, 250),
    "forms": (forms, 250),
}
"""Each trial, and how many MB may be held at most."""


def accepted(code: int) -> None:
    """Raise ``RuntimeError`` unless a mail was accepted."""
    if code != 250:
        raise RuntimeError(f"a mail was answered {code}")


def wait_for_cases(house: House, count: int) -> None:
    """Wait until so many cases are open."""
    wait_for(lambda: int(Look(house.url).rows("SELECT count(*) FROM support_case")[0][0][0]) >= count)


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait for a condition; raise ``TimeoutError`` if it is not met in time."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("not everything was handled in time")
        time.sleep(0.2)


@contextmanager
def started(house: House) -> Iterator[None]:
    """Run a desk."""
    house.start()
    try:
        house.wait()
        yield
    finally:
        house.kill()


@contextmanager
def ready() -> Iterator[tuple[House, Sink]]:
    """Run a desk that has handled a mail, and its relay."""
    with tempfile.TemporaryDirectory(prefix="casebot-memory-") as folder, Sink() as sink:
        house = House(Path(folder) / "house", relay=sink.port, staff=2, web=True)
        with started(house):
            with Client(house.port) as client:
                accepted(client.send(mail(999, 1000)))
            sink.wait_for(2, seconds=60)
            yield house, sink


def main() -> int:
    """Run ``python -m bench.speed.memory``; exit code 1 if a trial held more than it may."""
    parser = argparse.ArgumentParser(prog="bench.speed.memory", description=__doc__)
    parser.add_argument("trials", nargs="*", help=f"{', '.join(TRIALS)}; all of them without a name")
    over = False
    for name in parser.parse_args().trials or TRIALS:
        trial, bound = TRIALS[name]
        memory = trial()
        parts = " + ".join(f"{part / MB:.0f}" for part in memory.parts)
        numbers = f"PSS {memory.first / MB:.0f} MB before, peak {memory.peak / MB:.0f} MB ({parts})"
        print(
            f"{name:<9} {numbers}, {memory.last / MB:.0f} MB after; bound {bound} MB; {'; '.join(memory.notes)}"
        )
        over = over or (memory.last if name == "mails" else memory.peak) > bound * MB
    return int(over)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    sys.exit(main())
