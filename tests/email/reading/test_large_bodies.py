"""Bodies that the parser never sees are what it would have found."""

from __future__ import annotations

import dataclasses

import pytest

from bench.support.damaged_mails import DamagedMails
from channels.email.mime import large_bodies, message
from channels.email.mime.message import Mail
from channels.email.mime.part_text import markup
from tests.support.mail.letters import FOLDER

FIXTURES = [path.read_bytes() for path in sorted(FOLDER.glob("*.eml"))]


def reading(raw: bytes, long: int, monkeypatch: pytest.MonkeyPatch) -> tuple[Mail, str]:
    """What is read, and the HTML that says the same again, which is looked at only where it is needed."""
    monkeypatch.setattr(large_bodies, "LONG", long)
    read = message.read(raw)
    return dataclasses.replace(read, page=None), markup(read.page) if read.page else ""


def same(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> bool:
    with_stubs, without = (reading(raw, long, monkeypatch) for long in (0, 1 << 30))
    return with_stubs == without


@pytest.mark.parametrize("raw", FIXTURES)
def test_every_fixture_reads_the_same(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert same(raw, monkeypatch)
    assert same(raw.replace(b"\n", b"\r\n"), monkeypatch)


@pytest.mark.parametrize(
    "boundary",
    [
        b"b",
        b'"a b"',
        b'"b" ; x=y',
        b"\n b",
        b"*=us-ascii''b",
        b"*0=a; boundary*1=b",
        b'"a\\"b"',
        b'""',
        b" = b",
    ],
)
def test_whatever_the_boundary_looks_like(boundary: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    name = b"boundary" + (b"" if boundary[:1] in (b"*", b" ") else b"=") + boundary
    for mark in (b"b", b"a b", b"ab", b'a"b', b""):
        part = b"--" + mark + b"\nContent-Type: text/plain\n\nsome words that are long enough\n"
        raw = b"Content-Type: multipart/mixed; " + name + b"\n\n" + part * 3 + b"--" + mark + b"--\n"
        assert same(raw, monkeypatch), mark


def test_damaged_mail_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    mutants = DamagedMails(FIXTURES, seed=1)
    different = [n for n in range(400) if not same(mutants.mutant(n), monkeypatch)]
    assert different == []


def test_a_mark_stands_for_nothing_that_somebody_wrote() -> None:
    raw = b"Subject: x\n\n=_body-000000000000000000000000-0.\n" + b"word " * 10_000
    assert message.read(raw).text.startswith("=_body-000000000000000000000000-0.")
