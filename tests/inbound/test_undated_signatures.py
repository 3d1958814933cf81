"""Signatures that leave Date open, and mails with very many signatures, behind a border server that vouches."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.inbound.test_replays import ANA, HOP, RESULTS, VOUCHED, mail, open_case, renamed, said, state
from tests.support.houses.house import House, until, words
from tests.support.houses.senders import signed


def undated(raw: bytes) -> bytes:
    """The mail as a server signs it that leaves Date, Message-ID and the time of its signature open.

    The desk's own border server found the signature valid.
    """
    raw = signed(raw, include_headers=[b"from", b"to", b"subject", b"content-type"])
    return RESULTS + HOP + re.sub(rb" t=\d+;", b"", raw, count=1)


def test_equal_texts_whose_signature_covers_no_date_are_two_mails(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, more=VOUCHED) as house:
        address = open_case(house)
        for minute, copies in ((0, 1), (1, 2)):
            at, message_id = datetime.now(UTC) - timedelta(minutes=minute), f"<{minute}@acme.example>"
            raw = undated(mail("Any news?", to=address, at=at, message_id=message_id))
            for _ in range(copies):
                house.submit(raw)
                house.settled()
        assert said(house, "Any news?") == 2


@pytest.mark.parametrize("age", ["7d", ""])
def test_commands_of_a_mail_whose_signature_covers_no_date_are_not_done(
    url: str, tmp_path: Path, age: str
) -> None:
    more = f'\n[limits]\ncommand_max_age = "{age}"\n{VOUCHED}'
    with House(url, tmp_path, more=more) as house:
        raw = undated(mail("It works.\n\n#close fixed", to=open_case(house)))
        house.submit(raw)
        (answer,) = house.mails(ANA)
        assert "only if its signature covers its date" in " ".join(words(answer).split())
        house.submit(
            renamed(raw, 1).replace(b"\r\nDate: ", b"\r\nDate: Mon, 30 Nov 2026 10:00:00 +0000\r\nX: ")
        )
        assert state(house) != "closed"
        assert said(house, "It works.\n\n#close fixed") == 2


def test_a_second_date_above_the_signed_one_makes_no_old_mail_new(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, more=VOUCHED) as house:
        raw = signed(mail("#close fixed", to=open_case(house), at=datetime.now(UTC) - timedelta(days=90)))
        date = format_datetime(datetime.now(UTC)).encode()
        house.submit(RESULTS + HOP + b"Date: " + date + b"\r\n" + raw)
        house.settled()
        assert said(house, "#close fixed") == 1
        assert state(house) != "closed"


@pytest.mark.parametrize(
    ("dates", "hidden"),
    [(1, b"X: y\rDate: %b\r\n"), (2, b"X: y\rDate: %b\r\n"), (2, b"X: y\nDate: %b\r\n")],
)
def test_a_date_that_the_border_server_cannot_see_makes_no_old_mail_new(
    url: str, tmp_path: Path, dates: int, hidden: bytes
) -> None:
    """The border server sees a header only after CR LF, so its check of the signature succeeds."""
    with House(url, tmp_path, more=VOUCHED) as house:
        names = [b"from", b"to", b"subject", *[b"date"] * dates]
        raw = mail("#close fixed", to=open_case(house), at=datetime.now(UTC) - timedelta(days=90))
        today = hidden % format_datetime(datetime.now(UTC)).encode()
        house.submit(RESULTS + HOP + today + signed(raw, include_headers=names))
        house.settled()
        assert said(house, "#close fixed") == 1
        assert state(house) != "closed"


def test_commands_count_if_more_than_an_undated_signature_proves_the_sender(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, more=VOUCHED) as house:
        raw = undated(mail("#close fixed", to=open_case(house)))
        house.submit(raw.replace(b"; dkim=", b"; spf=pass smtp.mailfrom=ana@acme.example; dkim="))
        assert until(lambda: state(house) == "closed")


@pytest.mark.parametrize(
    ("count", "headers", "held"), [(59, 80_000, False), (70, 80_000, True), (1, 180_000, True)]
)
def test_many_signatures_over_many_equal_headers_do_not_stop_the_reading_child(
    url: str, tmp_path: Path, count: int, headers: int, held: bool
) -> None:
    """The child may use three seconds of processor time for a mail."""
    names = b":".join([b"x"] * 2000)
    signature = b"DKIM-Signature: v=1; d=acme.example; b=x; bh=%d; h=%b\r\n"
    signatures = b"".join(signature % (0 if held else number, names) for number in range(count))
    head, _, body = mail("It stopped.").partition(b"\r\n\r\n")
    with House(url, tmp_path, more=VOUCHED) as house:
        house.submit(RESULTS + head + b"\r\n" + signatures + b"X: y\r\n" * headers + b"\r\n" + body)
        house.settled()
        assert [line.reason for line in house.inbox()] == [""]
        assert house.case().line.held == held
