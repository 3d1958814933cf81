"""Files that operators name: without an end, too large, or damaged. Each is refused in words, and quickly."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.houses.console import said

MEMORY = 4 << 30
"""Bytes of address space: a command that reads without a limit ends here, and not with the machine's memory."""


def casebot(*words: str, code: int, given: bytes | None = None) -> str:
    """What a command says on both streams; a traceback fails the test."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", *words],
        check=False,
        capture_output=True,
        input=given,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )
    output = (done.stdout + done.stderr).decode()
    assert "Traceback" not in output
    assert done.returncode == code, output
    return output


@pytest.mark.parametrize(
    "words",
    [
        ("people", "import", "/dev/zero"),
        ("explain", "/dev/zero"),
        ("articles", "test", "/dev/zero"),
        ("people", "import", "long.csv"),
        ("explain", "long.eml"),
    ],
    ids=" ".join,
)
def test_a_file_that_is_too_large_is_refused(words: tuple[str, ...]) -> None:
    said("init")
    for name in ("long.csv", "long.eml"):
        with Path(name).open("wb") as file:
            file.write(b"mail,name\nana@acme.example,Ana\n")
            file.truncate(200 << 20)
    assert f"{words[-1]} has more than" in casebot(*words, code=1)
    assert said("people", "list") == "Nobody yet. See `casebot people import`.\n"


def test_explain_names_the_file_that_is_too_large_and_goes_on() -> None:
    said("init")
    Path("good.eml").write_text("From: ana@acme.example\nSubject: Hello\n\nHello.\n")
    lines = casebot("explain", "--json", "/dev/zero", "good.eml", code=1).splitlines()
    first, second = map(json.loads, lines)
    assert "has more than 100 MiB" in first["error"]
    assert second["ok"]


def test_a_mail_on_standard_input_is_read_to_the_limit_too() -> None:
    said("init")
    assert "Hello" in casebot("explain", "-", code=0, given=b"From: a@acme.example\nSubject: Hello\n\nHi\n")
    assert "has more than 100 MiB" in casebot("explain", "-", code=1, given=bytes((100 << 20) + 1))


def test_a_quotation_mark_that_is_never_closed_is_named() -> None:
    said("init")
    Path("people.csv").write_text('mail,name\n"ana@acme.example,' + "Ana " * 500_000)
    assert "a quotation mark is opened and not closed" in casebot("people", "import", "people.csv", code=1)


def _nested(text: dict[str, Any]) -> bytes:
    return b'{"format": 1, "members": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


def _without(text: dict[str, Any]) -> bytes:
    return json.dumps({**text, "rows": 5}).encode()


def _endless(text: dict[str, Any]) -> bytes:
    return json.dumps({**text, "version": "x" * (65 << 20)}).encode()


ALTERED = {
    "nested": _nested, "without rows": _without, "endless": _endless, "a list": lambda _: b"[]",
    "a text for a number": lambda _: b'{"format": "1"}', "other bytes": lambda _: b"\xff",
}  # fmt: skip


@pytest.mark.parametrize("altered", ALTERED.values(), ids=ALTERED)
def test_a_backup_with_a_bad_manifest_is_damaged(altered: Any) -> None:
    said("init")
    said("case", "new", "Hello", "--as", "ana@acme.example")
    said("backup", "whole.tar")
    with tarfile.open("whole.tar") as whole, tarfile.open("bad.tar", "w") as bad:
        for member in whole.getmembers():
            content = whole.extractfile(member)
            assert content
            octets = content.read()
            if member.name == "manifest.json":
                octets = altered(json.loads(octets))
                member.size = len(octets)
            bad.addfile(member, io.BytesIO(octets))
    for words in (("verify", "bad.tar"), ("restore", "bad.tar", "--to", "new")):
        assert "its manifest cannot be read" in casebot(*words, code=1)
    assert not list(Path("new").rglob("*"))


@pytest.mark.parametrize("file", ["/dev/zero", "noise", "empty", "config.toml"])
def test_a_file_that_is_no_backup_is_refused(file: str) -> None:
    said("init")
    Path("noise").write_bytes(bytes(range(256)) * 400)
    Path("empty").touch()
    casebot("verify", file, code=1)
