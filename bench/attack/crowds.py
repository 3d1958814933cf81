"""How much memory many senders at the web door cost at once, and whether any of them is refused wrongly."""

from __future__ import annotations

import http.client
import os
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.speed.upload import Served, content, field
from rehearsal.meanwhile import meanwhile

UPLOADS, STRANGERS, SIZE = 200, 600, 1_000_000
LIMIT = 250_000_000
"""Bytes that casebot and its children may take at the peak (PSS: what processes share counts once)."""
SILENCE = 20.0
"""Seconds that strangers say nothing."""
PATIENCE = 300.0
"""Seconds in which every upload has to arrive."""
KIND = "multipart/form-data; boundary=x"


@dataclass
class Peak:
    """The most that casebot and its children had at any time."""

    before: int = 0
    most: int = 0

    def __str__(self) -> str:
        return f"PSS {self.before / 1e6:.0f} MB before, {self.most / 1e6:.0f} MB at the peak"


def main() -> int:
    """``python -m bench.attack.crowds``: a line for each crowd.

    Exit code 1 if it took too much, or an upload was lost.
    """
    (arrived, uploads), (heard, strangers) = crowd(uploaded), crowd(visited)
    print(f"{UPLOADS} uploads of {SIZE / 1e6:.0f} MB at once: {dict(arrived)}; {uploads}")
    print(f"{STRANGERS} strangers with {SIZE / 1e6:.0f} MB each and silence: {dict(heard)}; {strangers}")
    return int(arrived["303"] != UPLOADS or max(uploads.most, strangers.most) > LIMIT)


def crowd(come: Callable[[Served], Counter[str]]) -> tuple[Counter[str], Peak]:
    """What they heard, and what they cost, each in a house of its own."""
    with tempfile.TemporaryDirectory() as folder, Served(Path(folder)) as served, peak(served) as seen:
        return come(served), seen


@contextmanager
def peak(served: Served) -> Iterator[Peak]:
    """Watch meanwhile."""
    seen = Peak(served.house.memory())

    def look() -> None:
        seen.most = max(seen.most, served.house.memory())

    with meanwhile(look, every=0.05):
        yield seen


def uploaded(served: Served) -> Counter[str]:
    """Everybody at once; who is asked to come back comes back. How many heard which status in the end."""
    nonces = [served.nonce() for _ in range(UPLOADS)]
    with ThreadPoolExecutor(UPLOADS) as crowd:
        return Counter(crowd.map(lambda one: _upload(served.link, *one), enumerate(nonces)))


def _upload(link: str, number: int, nonce: str) -> str:
    head = b"".join(field(name, value) for name, value in (("nonce", nonce), ("action", "attach")))
    head += f'--x\r\nContent-Disposition: form-data; name="files"; filename="{number}.bin"\r\n\r\n'.encode()
    body = head + b"".join(content(SIZE, str(number).encode())) + b"\r\n--x--\r\n"
    place, end, status = urlsplit(link), time.monotonic() + PATIENCE, "nothing"
    while time.monotonic() < end:
        try:
            with closing(http.client.HTTPConnection(place.netloc, timeout=PATIENCE)) as client:
                client.request("POST", place.path, body, {"Content-Type": KIND})
                status = str(client.getresponse().status)
        except OSError as error:
            status = type(error).__name__
        if status not in ("503", "ConnectionResetError", "BrokenPipeError"):
            break
        time.sleep(1)
    return status


def visited(served: Served) -> Counter[str]:
    """Strangers open a form, half of them with a long text and half with a file, and do not end it."""
    wires = []
    for number in range(STRANGERS):
        wires.append(
            _begun(urlsplit(served.link).netloc, 'name="text"' if number % 2 else 'name="f"; filename="f"')
        )
    time.sleep(SILENCE)
    return Counter(map(_status, wires))


def _begun(netloc: str, named: str) -> socket.socket:
    host, _, port = netloc.partition(":")
    wire = socket.create_connection((host, int(port)), 10)
    head = f"POST /new HTTP/1.1\r\nHost: {netloc}\r\nContent-Type: {KIND}\r\nContent-Length: {SIZE}\r\n\r\n"
    part = f"--x\r\nContent-Disposition: form-data; {named}\r\n\r\n"
    wire.setblocking(False)
    with suppress(OSError):
        wire.sendall((head + part).encode() + b"y" * (SIZE - 10_000))
    return wire


def _status(wire: socket.socket) -> str:
    with wire:
        try:
            return wire.recv(12).decode().partition(" ")[2] or "hung up"
        except BlockingIOError:
            return "waits"
        except OSError:
            return "hung up"


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    sys.exit(main())
