"""Many clients of the web endpoint at once, for ``bench.speed.memory``: uploads and endless forms."""

from __future__ import annotations

import http.client
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from urllib.parse import urlsplit

from bench.speed.upload import Served, content, field

UPLOADS, STRANGERS, SIZE = 200, 600, 1_000_000
SILENCE = 20.0
"""Seconds that strangers say nothing."""
PATIENCE = 300.0
"""Seconds in which every upload has to arrive."""
KIND = "multipart/form-data; boundary=x"


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
