"""Caddy before the pages, with the shipped Caddyfile: a large upload by HTTPS goes through as it comes."""

from __future__ import annotations

import re
import shutil
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rehearsal.ports import free_port
from tests.support.houses.browser import ANA, DESK, WebHouse
from tests.support.houses.house import until, words
from tests.support.setup import databases

CADDYFILE = Path(__file__).parents[2] / "deploy/Caddyfile"
LARGE = 40_000_000
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("caddy"), reason="needs caddy (Debian: caddy)"),
]
TRUSTING = ssl.create_default_context()
TRUSTING.check_hostname, TRUSTING.verify_mode = False, ssl.CERT_NONE


def fetch(url: str, data: Any = None, **headers: str) -> str:
    """A page by HTTPS, or what a form is answered with."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data, named)
    with urllib.request.urlopen(request, context=TRUSTING, timeout=60) as answer:
        return str(answer.read().decode())


@contextmanager
def caddy(folder: Path, *, domain: str, upstream: str) -> Iterator[None]:
    """Caddy with our Caddyfile, and a certificate of its own making."""
    file = folder / "Caddyfile"
    file.write_text(
        f"{{\n\tadmin off\n\tskip_install_trust\n\thttp_port {free_port()}\n}}\nimport {CADDYFILE}\n"
    )
    environment = {"DOMAIN": domain, "UPSTREAM": upstream, "HOME": str(folder), "PATH": "/usr/bin:/bin"}
    with (folder / "caddy.log").open("wb") as log:
        command = ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"]
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
        try:
            assert until(lambda: answers(domain)), (folder / "caddy.log").read_text()
            yield
        finally:
            process.terminate()
            process.wait(60)


def answers(domain: str) -> bool:
    """Is it there?"""
    try:
        return fetch(f"{domain}/healthz") == "ok\n"
    except OSError:
        return False


def test_a_large_file_is_sent_through_caddy_while_casebot_writes_it(tmp_path: Path) -> None:
    domain = f"https://localhost:{free_port()}"
    with WebHouse(databases.sqlite(tmp_path), tmp_path, base_url=domain) as house:
        upstream = house.web.removeprefix("http://")
        with caddy(tmp_path, domain=domain, upstream=upstream):
            house.send(ANA, DESK, "No delivery", "It stopped yesterday.")
            (case,) = set(re.findall(rf"{domain}/case/\S+", words(house.mails("ana@")[0])))
            (link,) = set(re.findall(r'href="([^"]*/upload/[^"]+)"', fetch(case)))
            page = fetch(link if link.startswith("http") else f"{domain}{link}")
            (nonce,) = set(re.findall(r'name="nonce" value="([^"]+)"', page))
            head = (
                f'--xYx\r\nContent-Disposition: form-data; name="nonce"\r\n\r\n{nonce}\r\n--xYx\r\n'
                'Content-Disposition: form-data; name="action"\r\n\r\nattach\r\n--xYx\r\n'
                'Content-Disposition: form-data; name="files"; filename="app.log"\r\n\r\n'
            )
            written: list[int] = []

            def body() -> Iterator[bytes]:
                yield head.encode()
                for _ in range(40):
                    yield b"x" * (LARGE // 40)
                written.append(until(lambda: size_of(house.folder / "files/tmp")))
                yield b"\r\n--xYx--\r\n"

            kind = "multipart/form-data; boundary=xYx"
            done = fetch(link if link.startswith("http") else f"{domain}{link}", body(), Content_Type=kind)
            assert "app.log" in done
            assert written[0] > 0, "it was on its way to the disk before its last byte was sent"
            assert [(file.name, file.size) for file in house.case().entries[-1].files] == [("app.log", LARGE)]


def size_of(folder: Path) -> int:
    """Bytes of the files that are still coming."""
    return sum(file.stat().st_size for file in folder.glob("*") if file.is_file())
