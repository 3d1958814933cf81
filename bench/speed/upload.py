"""How long a large file takes to come to a case by the web door, and how much memory the server needs for it."""

from __future__ import annotations

import argparse
import hashlib
import http.client
import os
import re
import smtplib
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.support.house import House, wait_for_port
from bench.support.mails import DESK
from rehearsal.ports import free_port

SEED = b"what is sent is made from this\n"
PIECE = 8 << 20
"""Bytes that the page's script sends at a time."""
CHUNK = 1 << 20
LIMIT = 64_000_000
"""Bytes of resident memory that an upload of any size may cost."""
UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}


@dataclass(frozen=True)
class Figures:
    """One way of sending a file."""

    way: str
    seconds: float
    memory: int
    """Bytes resident at the peak, above those before."""

    def __str__(self) -> str:
        return f"{self.way:<28}{self.seconds:>8.2f} s{self.memory / 1e6:>10.1f} MB"


def main() -> int:
    """``python -m bench.speed.upload --size 300MB``: a row for each way.

    Exit code 1 if one needs too much memory.
    """
    size = _options().size
    with tempfile.TemporaryDirectory() as folder:
        rows = measured(Path(folder), size)
    print(f"{size / 1e6:,.0f} MB sent to a case{'seconds':>17}{'peak memory':>13}")
    for row in rows:
        print(row)
    return int(any(row.memory > LIMIT for row in rows))


def measured(folder: Path, size: int) -> list[Figures]:
    """Send a file in one form, then another one in pieces. ``AssertionError`` if one did not arrive whole."""
    with Served(folder) as served:
        rows = [
            served.timed("in one form, no script", lambda: served.form(size, b"f")),
            served.timed("in pieces, as the script does", lambda: served.pieces(size, b"p")),
        ]
        for seed in (b"f", b"p"):
            assert served.holds(digest(size, seed)), "a file did not arrive whole"
    return rows


def content(size: int, seed: bytes) -> Iterator[bytes]:
    """So many bytes, a megabyte at a time."""
    block = (hashlib.sha256(seed).digest() + SEED) * (CHUNK // 16)
    for at in range(0, size, CHUNK):
        yield block[: min(CHUNK, size - at)]


def digest(size: int, seed: bytes) -> str:
    """The hash of all of them."""
    whole = hashlib.sha256()
    for chunk in content(size, seed):
        whole.update(chunk)
    return whole.hexdigest()


class Served:
    """``casebot run`` with one case, and the link by which files are sent to it."""

    def __init__(self, folder: Path) -> None:
        self._listen = f"127.0.0.1:{free_port()}"
        self._out = folder / "outgoing"
        told = {"CASEBOT_WEB__LISTEN": self._listen, "CASEBOT_EMAIL__RELAY": f"maildir:{self._out}"}
        self.house = House(folder / "house", relay=1, environment=told)
        self.case = self.link = ""

    def __enter__(self) -> Served:
        self.start()
        self.link = self._open_case()
        return self

    def __exit__(self, *_: object) -> None:
        self.house.kill()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.house.open()
        assert self.house.process
        wait_for_port(int(self._listen.rpartition(":")[2]), self.house.process)

    def _open_case(self) -> str:
        with smtplib.SMTP("127.0.0.1", self.house.port) as client:
            mail = f"From: ana@acme.example\r\nTo: {DESK}\r\nSubject: Files\r\n\r\nThey follow.\r\n"
            client.sendmail("ana@acme.example", DESK, mail)
        self.case = _found(rf"http://{self._listen}/case/[\w.-]+", self._confirmation())
        with urllib.request.urlopen(self.case) as page:
            return _found(rf"http://{self._listen}/upload/[\w.-]+", page.read().decode())

    def _confirmation(self) -> str:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            for file in self._out.glob("new/*"):
                return file.read_text().replace("=\n", "").replace("=3D", "=")
            time.sleep(0.05)
        raise RuntimeError("no confirmation came")

    def timed(self, way: str, send: object) -> Figures:
        """Send something; how long it took, and what it needed."""
        assert callable(send)
        self._forget_peak()
        before, start = self._memory("VmRSS"), time.perf_counter()
        send()
        return Figures(way, time.perf_counter() - start, self._memory("VmHWM") - before)

    def form(self, size: int, seed: bytes) -> None:
        """As a browser without scripts does."""
        head = b"".join(field(name, value) for name, value in (("nonce", self.nonce()), ("action", "attach")))
        head += b'--x\r\nContent-Disposition: form-data; name="files"; filename="dump.bin"\r\n\r\n'
        tail = b"\r\n--x--\r\n"

        def body() -> Iterator[bytes]:
            yield head
            yield from content(size, seed)
            yield tail

        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        length = {"Content-Length": str(len(head) + size + len(tail))}
        assert self._ask("POST", "", body(), kind | length) == 303

    def attach(self, files: Mapping[str, bytes]) -> None:
        """Attach files to the case in one form."""
        body = b"".join(field(name, value) for name, value in (("nonce", self.nonce()), ("action", "attach")))
        for name, data in files.items():
            head = f'--x\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
            body += head.encode() + data + b"\r\n"
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        assert self._ask("POST", "", body + b"--x--\r\n", kind) == 303

    def pieces(self, size: int, seed: bytes) -> None:
        """As the page's script does."""
        draft, start, held = f"f{seed.hex():0>16}", 0, b""
        for chunk in content(size, seed):
            held += chunk
            if len(held) >= PIECE or start + len(held) == size:
                span = {"Content-Range": f"bytes {start}-{start + len(held) - 1}/{size}"}
                assert self._ask("PUT", f"/{draft}", held, span) == 200
                start, held = start + len(held), b""
        said = (("nonce", self.nonce()), ("action", "attach"), ("sent", f"{draft}/{size}/dump.bin"))
        body = b"".join(field(name, value) for name, value in said) + b"--x--\r\n"
        assert self._ask("POST", "", body, {"Content-Type": "multipart/form-data; boundary=x"}) == 303

    def holds(self, sha256: str) -> bool:
        """Is a file of this hash in the store?"""
        return (self.house.folder / "files" / sha256[:2] / sha256[2:]).is_file()

    def _ask(self, method: str, path: str, body: bytes | Iterator[bytes], headers: dict[str, str]) -> int:
        place = urlsplit(self.link)
        with closing(http.client.HTTPConnection(place.netloc, timeout=300)) as client:
            client.request(method, place.path + path, body, headers)
            return client.getresponse().status

    def nonce(self) -> str:
        """Of one more form on the upload page."""
        with urllib.request.urlopen(self.link) as page:
            return _found(r'name="nonce" value="([^"]+)"', page.read().decode())

    def _memory(self, name: str) -> int:
        status = Path(f"/proc/{self._pid}/status").read_text()
        return int(_found(rf"{name}:\s+(\d+) kB", status)) * 1024

    def _forget_peak(self) -> None:
        Path(f"/proc/{self._pid}/clear_refs").write_text("5")

    @property
    def _pid(self) -> int:
        assert self.house.process
        return self.house.process.pid


def field(name: str, value: str) -> bytes:
    """A part of a form, up to the next one's beginning."""
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"{pattern} is not there")
    return found[found.re.groups]


def _size(text: str) -> int:
    found = re.fullmatch(r"(\d+)(KB|MB|GB|)", text.upper())
    if found is None:
        raise argparse.ArgumentTypeError("a size as 300MB")
    return int(found[1]) * UNITS[found[2]]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=_size, default=_size("300MB"))
    return parser.parse_args()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    sys.exit(main())
