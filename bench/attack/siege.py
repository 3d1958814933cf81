"""A siege: one door is flooded with connections that say little, and mail has to be accepted all the while."""

from __future__ import annotations

import argparse
import os
import resource
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import psutil  # type: ignore[import-untyped]

from bench.support.house import House, wait_for_port
from bench.support.mails import DESK
from rehearsal.ports import free_port

SOFT = 1024
"""Descriptors of the house, as systemd allows by default."""
HALF = b"GET /new HTTP/1.1\r\nHost: support.example\r\nX-Half: "
WEB, SMTP, PER_HOST = 1011, 1000, 50
BESIEGERS = [f"127.0.0.{n}" for n in range(2, 22)]
HONEST = "127.0.0.22"
AGAIN = 2.0
"""Seconds after which whoever was let go comes again."""
P99 = 2.0
"""Seconds within which nearly every mail has its 250, on a machine that does other things, too."""
LOG = 100_000
"""Bytes that the log may grow by."""


@dataclass
class Siege:
    """What was seen while it lasted."""

    name: str
    mails: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    pages: Counter[str] = field(default_factory=Counter)
    open: int = 0
    """Connections of the besiegers that are open at the end."""
    descriptors: int = 0
    log: int = 0

    @property
    def p99(self) -> float:
        return sorted(self.mails)[int(len(self.mails) * 0.99)] if self.mails else float("inf")

    @property
    def held(self) -> bool:
        """Was mail accepted all the while?"""
        return not self.failures and self.p99 < P99 and self.log < LOG and set(self.pages) <= {"200"}

    def __str__(self) -> str:
        refused = f", {self.failures}" if self.failures else ""
        pages = f" · /healthz {dict(self.pages)}" if self.pages else ""
        return (
            f"{self.name}: {len(self.mails)} mails accepted, p99 {self.p99 * 1000:.0f} ms{refused}{pages} · "
            f"{self.descriptors} of {SOFT} descriptors at most · {self.open} of the besiegers' connections open · "
            f"log + {self.log} bytes"
        )


def main() -> int:
    """``python -m bench.attack.siege --seconds 30``: a line for each siege.

    Exit code 1 if mail was not accepted.
    """
    seconds = _options().seconds
    sieges = []
    for besiege in (web, smtp):
        with tempfile.TemporaryDirectory() as folder:
            sieges.append(besiege(Path(folder), seconds))
        print(sieges[-1], flush=True)
    return int(not all(siege.held for siege in sieges))


def web(folder: Path, seconds: float) -> Siege:
    """1,011 requests whose heads never end, from one address."""
    with _besieged(folder) as (house, port):
        begin = [lambda: _connected("127.0.0.1", port, HALF)] * WEB
        return _watched(
            "web, half heads", house, begin, seconds=seconds, page=f"http://127.0.0.1:{port}/healthz"
        )


def smtp(folder: Path, seconds: float) -> Siege:
    """1,000 connections that hear the greeting and say nothing, fifty from each of twenty addresses."""
    with _besieged(folder) as (house, _):
        begin = [
            (lambda host=host: _connected(host, house.port, b""))
            for host in BESIEGERS
            for _ in range(PER_HOST)
        ]
        return _watched("SMTP, idle", house, begin[:SMTP], seconds=seconds)


@contextmanager
def _besieged(folder: Path) -> Iterator[tuple[House, int]]:
    port = free_port()
    out = f"maildir:{folder / 'outgoing'}"
    told = {"CASEBOT_WEB__LISTEN": f"127.0.0.1:{port}", "CASEBOT_EMAIL__RELAY": out}
    house = House(folder / "house", relay=1, environment=told)
    mine, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        house.start(("-c", _LIMITED.format(soft=SOFT)))
        house.wait()
        assert house.process
        wait_for_port(port, house.process)
        if mine < WEB + 500:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        yield house, port
    finally:
        house.kill()


_LIMITED = (
    "import resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {soft})); "
    "sys.argv[1:] = ['run']; from bot.cli.main import main; main()"
)


def _watched(
    name: str, house: House, begin: Sequence[Callable[[], socket.socket]], *, seconds: float, page: str = ""
) -> Siege:
    """Whoever is let go comes again; one honest sender, and one who looks at a page, go on all the while."""
    siege, over = Siege(name), threading.Event()
    before = house.log.stat().st_size
    threads = [
        threading.Thread(target=_besiege, args=(begin[n::4], siege, over), daemon=True) for n in range(4)
    ]
    threads.append(threading.Thread(target=_mail, args=(house, siege, over), daemon=True))
    threads.append(threading.Thread(target=_look, args=(page, siege, over), daemon=True))
    for thread in threads:
        thread.start()
    end = time.monotonic() + seconds
    main = house.processes()[0]
    while time.monotonic() < end:
        siege.descriptors = max(siege.descriptors, main.num_fds())
        time.sleep(0.1)
    siege.open = _open(main)
    over.set()
    for thread in threads:
        thread.join(30)
    siege.log = house.log.stat().st_size - before
    return siege


def _open(main: psutil.Process) -> int:
    return sum(one.status == psutil.CONN_ESTABLISHED for one in main.net_connections("tcp"))


def _besiege(begin: Sequence[Callable[[], socket.socket]], siege: Siege, over: threading.Event) -> None:
    with ExitStack() as stack:
        wires: dict[int, socket.socket] = {}
        while not over.wait(AGAIN):
            for n, one in enumerate(begin):
                if n in wires and _alive(wires[n]):
                    continue
                with suppress(OSError):
                    wires[n] = stack.enter_context(one())
                if over.is_set():
                    return


def _connected(host: str, port: int, word: bytes) -> socket.socket:
    wire = socket.create_connection(("127.0.0.1", port), 5, source_address=(host, 0))
    wire.sendall(word)
    return wire


def _alive(wire: socket.socket) -> bool:
    try:
        wire.setblocking(False)
        while data := wire.recv(4096):
            if data[:3] == b"421":
                break
        wire.close()
    except BlockingIOError:
        return True
    except OSError:
        wire.close()
    return False


def _mail(house: House, siege: Siege, over: threading.Event) -> None:
    number = 0
    while not over.wait(0.05):
        number += 1
        began = time.monotonic()
        try:
            _send(house.port, number)
            siege.mails.append(time.monotonic() - began)
        except (OSError, EOFError) as error:
            siege.failures[f"{type(error).__name__}: {error}"[:80]] += 1


def _send(port: int, number: int) -> None:
    """One mail on a connection of its own."""
    with _connected(HONEST, port, b"") as wire, wire.makefile("rwb", buffering=0) as line:
        wire.settimeout(30)
        mail = f"From: ana@acme.example\r\nTo: {DESK}\r\nSubject: {number}\r\n\r\nNumber {number}.\r\n."
        words = ("HELO x", "MAIL FROM:<ana@acme.example>", f"RCPT TO:<{DESK}>", "DATA", mail)
        for expected, word in zip(("220", "250", "250", "250", "354"), words, strict=True):
            _expect(line.readline(), expected)
            line.write(word.encode() + b"\r\n")
        _expect(line.readline(), "250")


def _expect(reply: bytes, code: str) -> None:
    if reply[:3] != code.encode():
        raise OSError(reply.decode("utf-8", "replace").strip() or "hung up")


def _look(page: str, siege: Siege, over: threading.Event) -> None:
    while page and not over.wait(0.2):
        try:
            with urlopen(page, timeout=5) as answer:
                siege.pages[str(answer.status)] += 1
        except OSError as error:
            siege.pages[f"{type(error).__name__}: {error}"[:60]] += 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    return parser.parse_args()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    sys.exit(main())
