"""Replays: a signed mail that somebody else hands in again has no second effect, and old mail gives no commands."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from bot.queries.case_detail import ShowCase
from bot.queries.lists import ListInbox
from tests.support.houses.desk_process import DeskProcess, patient
from tests.support.houses.house import House, until, words
from tests.support.houses.sealers import sealed
from tests.support.houses.senders import HEADERS, publish, rsa_key, signed
from tests.support.mail.name_server import NameServer
from tests.support.setup import databases

DESK, SAM = "support@example.com", "Sam <sam@desk.example>"
ANA, EVE = "ana@acme.example", "eve@evil.example"
OPEN_ID = [name for name in HEADERS if name != b"message-id"]
"""What the servers sign that leave Message-ID open, as every fifth signature in the wild does."""
VOUCHED = '\n[[mailbox]]\naddress = "support@example.com"\nauthserv_id = "mx.example.com"\n'
RESULTS = b"Authentication-Results: mx.example.com; dkim=pass header.d=acme.example\r\n"
HOP = b"Received: from mail.evil.example by mx.example.com; today\r\n"


@pytest.fixture
def dns() -> Iterator[NameServer]:
    with NameServer() as server:
        publish(server, "acme.example")
        publish(server, "acme.example", rsa_key(number=1), selector="other")
        publish(server, "desk.example")
        yield server


def opened(dns: NameServer, url: str, folder: Path, **more: Any) -> House:
    return House(url, folder, trusted_networks=[], nameservers=[dns.address], **more)


@pytest.fixture
def house(dns: NameServer, url: str, tmp_path: Path) -> Iterator[House]:
    with opened(dns, url, tmp_path) as standing:
        yield standing


def mail(
    text: str,
    *,
    to: str = DESK,
    sender: str = ANA,
    subject: str = "The deal",
    at: datetime | None = None,
    message_id: str = "<first@acme.example>",
    more: str = "",
) -> bytes:
    lines = (
        f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Date: {format_datetime(at or datetime.now(UTC))}",
        f"Message-ID: {message_id}", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "", text, "",
    )  # fmt: skip
    return (more + "\r\n".join(lines)).encode()


def renamed(raw: bytes, number: int) -> bytes:
    """The same signed mail with another Message-ID."""
    return raw.replace(b"<first@acme.example>", b"<%d@evil.example>" % number)


def unnamed(raw: bytes) -> bytes:
    """The same signed mail without a Message-ID."""
    return raw.replace(b"Message-ID: <first@acme.example>\r\n", b"")


def open_case(house: House) -> str:
    """Ana's case, and the reply address that she was given."""
    house.submit(signed(mail("It stopped.", message_id="<opening@acme.example>")), sender=ANA)
    (confirmation,) = house.mails(ANA)
    return str(confirmation["Reply-To"])


def state(house: House, number: int = 1) -> str:
    house.settled()
    return str(house.ask(ShowCase(number)).line.state)


def said(house: House, text: str, number: int = 1) -> int:
    """How many entries of a case have this text."""
    house.settled()
    return [entry.text for entry in house.case(number).entries].count(text)


def last_reason(house: House) -> str:
    house.settled()
    return str(max(house.ask(ListInbox("", limit=200)), key=lambda line: line.id).reason)


def test_a_replayed_reply_is_one_entry_and_one_mail(house: House) -> None:
    reply = signed(mail("Any news?", to=open_case(house)), include_headers=OPEN_ID)
    house.submit(reply, sender=ANA)
    assert until(lambda: said(house, "Any news?") == 1)
    house.mails("sam@", count=2)
    for number in range(30):
        house.submit(renamed(reply, number) if number % 2 else unnamed(reply) + b"\r\n" * number, sender=EVE)
    assert said(house, "Any news?") == 1
    assert house.nothing("sam@")
    assert house.cases() == ["CS-000001"]
    assert last_reason(house) == "another copy of a mail that is on CS-000001"


def test_a_replayed_command_does_not_close_the_case_again(house: House) -> None:
    address = open_case(house)
    close = signed(mail("#close fixed", to=address), include_headers=OPEN_ID)
    house.submit(close, sender=ANA)
    assert until(lambda: state(house) == "closed")
    reopen = signed(mail("#reopen It is back.", to=address, message_id="<back@acme.example>"))
    house.submit(reopen, sender=ANA)
    assert until(lambda: state(house) == "open")
    for copy in (renamed(close, 1), unnamed(close)):
        house.submit(copy, sender=EVE)
        assert state(house) == "open"


def test_what_was_delivered_directly_is_known_when_its_signature_is_presented(
    house: House, dns: NameServer
) -> None:
    dns.text("s._domainkey.acme.example", "v=DKIM1; p=")
    dns.text("acme.example", "v=spf1 ip4:127.0.0.1 -all")
    address = open_case(house)
    reply = signed(mail("Any news?", to=address), include_headers=OPEN_ID)
    house.submit(reply, sender=ANA)
    assert until(lambda: said(house, "Any news?") == 1)
    publish(dns, "acme.example")
    assert until(lambda: _known(house))
    house.submit(renamed(reply, 1), sender=EVE)
    assert said(house, "Any news?") == 1
    assert house.cases() == ["CS-000001"]


def _known(house: House) -> bool:
    """Is the key that was published last known to the desk?"""
    channel: Any = next(channel for channel in house.app.channels.values() if channel.name == "email")
    channel._proving().resolver.forget()
    return True


def test_a_forwarders_copy_and_the_direct_one_are_one_mail_in_either_order(
    house: House, dns: NameServer
) -> None:
    dns.text("acme.example", "v=spf1 ip4:127.0.0.1 -all")
    for order in ((ANA, EVE), (EVE, ANA)):
        number = len(house.cases()) + 1
        raw = signed(mail(f"Case {number}", message_id=f"<{number}@acme.example>"))
        for sender in order:
            house.submit((HOP if sender == EVE else b"") + raw, sender=sender)
            house.settled()
        assert len(house.cases()) == number


def test_a_mail_with_two_signatures_cannot_be_replayed_with_one_of_them(house: House) -> None:
    plain = mail("Any news?", to=open_case(house))
    rsa = signed(plain, include_headers=OPEN_ID)
    both = signed(rsa, "acme.example", rsa_key(number=1), selector="other", include_headers=OPEN_ID)
    other = both[: len(both) - len(rsa)] + plain
    house.submit(renamed(rsa, 1), sender=EVE)
    house.submit(both, sender=ANA)
    house.settled()
    house.submit(renamed(other, 2), sender=EVE)
    house.submit(renamed(both, 3), sender=EVE)
    assert said(house, "Any news?") == 1
    assert house.cases() == ["CS-000001"]


def test_behind_a_border_server_a_replay_is_known_too(dns: NameServer, url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, nameservers=[dns.address], more=VOUCHED) as house:
        raw = signed(mail("It stopped."), include_headers=OPEN_ID)
        house.submit(RESULTS + raw)
        house.settled()
        for number in range(3):
            house.submit(
                RESULTS + HOP + b"DKIM-Signature: v=1; d=acme.example; b=x\r\n" + renamed(raw, number)
            )
            house.settled()
        assert house.cases() == ["CS-000001"]
        assert not dns.asked


def test_signatures_by_the_dozen_do_not_hide_the_true_one(dns: NameServer, url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, nameservers=[dns.address], more=VOUCHED) as house:
        raw = signed(mail("It stopped."), include_headers=OPEN_ID)
        house.submit(RESULTS + raw)
        house.settled()
        chaff = b"".join(
            b"DKIM-Signature: v=1; d=acme.example; h=from; b=x; bh=%d\r\n" % n for n in range(80)
        )
        house.submit(RESULTS + HOP + chaff + renamed(raw, 1))
        house.settled()
        (line,) = [one for one in house.inbox() if one.case == "CS-000002"]
        assert line
        assert house.case(2).line.held


def test_a_replay_of_what_a_trusted_list_passed_on_is_known(
    dns: NameServer, url: str, tmp_path: Path
) -> None:
    publish(dns, "lists.example", selector="arc")
    more = VOUCHED.replace('authserv_id = "mx.example.com"', 'arc_sealers = ["lists.example"]')
    with opened(dns, url, tmp_path, more=more) as house:
        raw = sealed(mail("It stopped."), signs="from:to:subject:date:content-type")
        house.submit(raw, sender="list@lists.example")
        house.settled()
        house.submit(renamed(raw, 1), sender=EVE)
        assert house.cases() == ["CS-000001"]


def test_the_same_words_written_again_are_a_new_mail(house: House) -> None:
    address = open_case(house)
    for minute in range(3):
        at = datetime.now(UTC) - timedelta(minutes=minute)
        house.submit(signed(mail("Any news?", to=address, at=at), include_headers=OPEN_ID), sender=ANA)
        house.settled()
    at = datetime.now(UTC)
    for number in range(3):  # the same second: what its server signs tells them apart
        again = mail("Any news?", to=address, at=at, message_id=f"<again-{number}@acme.example>")
        house.submit(signed(again), sender=ANA)
        house.settled()
    assert said(house, "Any news?") == 6


def test_a_replay_to_another_case_of_hers_is_known(house: House) -> None:
    """Whoever has seen her other reply address names it in the envelope, which no signature covers."""
    address = open_case(house)
    raw = signed(mail("#close fixed", subject="Second"), include_headers=OPEN_ID)
    house.submit(raw, sender=ANA)
    house.settled()
    before = state(house)
    house.submit(renamed(raw, 1), address, sender=EVE)
    assert state(house) == before


def test_an_unproven_mail_with_her_signature_does_not_use_it_up(house: House, dns: NameServer) -> None:
    raw = signed(mail("Any news?", to=open_case(house)), include_headers=OPEN_ID)
    house.submit(renamed(raw, 1).replace(b"Any news?", b"No, thanks"), sender=EVE)
    house.settled()
    house.submit(raw, sender=ANA)
    assert until(lambda: said(house, "Any news?") == 1)


def test_a_replay_is_known_after_the_mail_itself_was_dropped(
    dns: NameServer, url: str, tmp_path: Path
) -> None:
    with opened(dns, url, tmp_path, more='\n[retention]\nraw_mail = "1d"\n') as house:
        raw = signed(mail("It stopped."), include_headers=OPEN_ID)
        house.submit(raw)
        house.settled()
        house.pass_time(days=399)
        assert house.app.retention.all()["raw_mail"] == 1
        house.submit(renamed(raw, 1), sender=EVE)
        assert house.cases() == ["CS-000001"]


def test_a_replay_is_known_after_redaction_and_erasure(url: str, tmp_path: Path) -> None:
    with DeskProcess(tmp_path / "desk", url, more=VOUCHED) as desk:
        raw = signed(mail("The password is zebra."), include_headers=OPEN_ID)
        hand_in(desk, raw)
        assert patient(lambda: len(desk.listed("case", "list")) == 1)
        desk.given = "zebra\n"
        desk.casebot("case", "redact", "1", "--words", "--yes")
        desk.casebot("case", "close", "1", "--as", "sam@desk.example")
        assert patient(lambda: not desk.listed("outbox", "list", "--state", "waiting"))
        hand_in(desk, renamed(raw, 1))
        assert patient(lambda: desk.listed("inbox", "list", "--state", "aside"))
        desk.casebot("people", "erase", ANA, "--yes")
        assert not desk.listed("inbox", "list", "--state", "aside")
        hand_in(desk, renamed(raw, 2))
        assert patient(lambda: desk.listed("inbox", "list", "--state", "aside"))
        assert len(desk.listed("case", "list")) == 1


def hand_in(desk: DeskProcess, raw: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", desk.port, timeout=60) as client:
        client.sendmail(EVE, [DESK], RESULTS + raw)


# old mail

LONG_AGO = datetime.now(UTC) - timedelta(days=8)


def test_commands_of_an_old_mail_are_not_done_and_its_text_is_kept(house: House) -> None:
    address = open_case(house)
    house.submit(signed(mail("It works.\n\n#close fixed", to=address, at=LONG_AGO)), sender=ANA)
    (answer,) = house.mails(ANA)
    assert "its date is within 7 days of its arrival" in " ".join(words(answer).split())
    assert state(house) != "closed"
    assert said(house, "It works.\n\n#close fixed") == 1


def test_an_old_mail_without_commands_is_a_reply_like_any_other(house: House) -> None:
    house.submit(signed(mail("Any news?", to=open_case(house), at=LONG_AGO)), sender=ANA)
    assert until(lambda: said(house, "Any news?") == 1)
    assert house.nothing(ANA)


def test_an_old_note_of_a_specialist_stays_a_note(house: House) -> None:
    open_case(house)
    (told,) = house.mails("sam@")
    raw = mail("Hello Ana.\n\n#note She is cross.", sender=SAM, to=str(told["Reply-To"]), at=LONG_AGO)
    house.submit(signed(raw, "desk.example"), sender="sam@desk.example")
    (answer,) = house.mails("sam@")
    assert "its date is within" in " ".join(words(answer).split())
    assert house.nothing(ANA)
    assert [entry.visibility for entry in house.case().entries if "cross" in entry.text] == ["internal"]


def test_an_old_mail_of_commands_alone_opens_nothing(house: House) -> None:
    open_case(house)
    house.submit(signed(mail("#my", at=LONG_AGO)), sender=ANA)
    (answer,) = house.mails(ANA)
    assert "its date is within" in " ".join(words(answer).split())
    assert house.cases() == ["CS-000001"]


def test_how_old_a_command_may_be_is_configured(dns: NameServer, tmp_path: Path) -> None:
    more = '\n[limits]\ncommand_max_age = "{}"\n'
    for age, done in (("9d", "closed"), ("", "closed"), ("1d", "new")):
        folder = tmp_path / (age or "ever")
        folder.mkdir()
        with opened(dns, databases.sqlite(folder), folder, more=more.format(age)) as house:
            house.submit(signed(mail("#close fixed", to=open_case(house), at=LONG_AGO)), sender=ANA)
            house.settled()
            assert state(house) == done


def test_commands_of_a_signed_mail_without_a_date_are_not_done(
    dns: NameServer, url: str, tmp_path: Path
) -> None:
    with opened(dns, url, tmp_path, more='\n[limits]\ncommand_max_age = ""\n') as house:
        raw = re.sub(rb"Date: .*?\r\n", b"", mail("#close fixed", to=open_case(house)))
        house.submit(signed(raw, include_headers=[b"from", b"to", b"subject", b"content-type"]))
        assert until(lambda: said(house, "#close fixed") == 1)
        assert state(house) != "closed"


def test_mail_that_no_signature_proves_may_have_any_date(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path) as house:
        house.submit(mail("It stopped."))
        (confirmation,) = house.mails(ANA)
        house.submit(
            mail("#close fixed", to=str(confirmation["Reply-To"]), at=LONG_AGO, message_id="<2@acme.example>")
        )
        assert until(lambda: state(house) == "closed")
