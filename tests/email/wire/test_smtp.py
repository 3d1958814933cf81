"""The SMTP and LMTP conversation, over real sockets."""

from __future__ import annotations

import os
import smtplib
import socket
import stat
from pathlib import Path

import pytest

from channels.email.smtp_in.server import Listener
from rehearsal.ports import free_port
from tests.support.houses.doors import ANA, DESK, MAIL, Shelf, Wire, house, opened
from tests.support.mail.sender import Sender
from tests.support.setup.certificates import Certificate


def test_it_works(door: Listener, shelf: Shelf) -> None:
    with Sender(door.port, helo="mx.acme.com") as sender:
        code, text = sender.send(MAIL, ANA, DESK)
    [(key, raw, envelope)] = shelf.letters
    assert (code, text) == (250, f"2.0.0 kept as {key[:12]}")
    assert raw == MAIL
    assert envelope == {
        "door": "smtp",
        "peer": "127.0.0.1",
        "helo": "mx.acme.com",
        "mail_from": ANA,
        "rcpt_tos": [DESK],
        "mailbox": DESK,
        "tls": "",
    }


def test_mail_is_kept_before_it_is_acknowledged(door: Listener, shelf: Shelf) -> None:
    shelf.open.clear()
    with Wire(door.port) as wire:
        wire.begin().say(MAIL, b".\r\n")
        wire._socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            wire._socket.recv(1)
        wire._socket.settimeout(10)
        shelf.open.set()
        assert wire._socket.recv(3) == b"250"
    assert len(shelf.letters) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n",
        b".",
        b"..\r\n",
        b".hidden\r\n.\r\n..two\r\n",
        b"x" * 300_000,
        b"long line " * 20_000 + b"\r\n",
        b"\r\n.x" * 40_000,
        b"\r" * 70_000,
        bytes(range(256)) * 600,
    ],
)
def test_every_byte_arrives_as_it_was_sent(door: Listener, shelf: Shelf, body: bytes) -> None:
    raw = MAIL + body + (b"" if body.endswith(b"\r\n") else b"\r\n")
    stuffed = raw.replace(b"\r\n.", b"\r\n..")
    with Wire(door.port) as wire:
        wire.begin().say(stuffed, b".\r\n")
        assert wire.hear()[:3] == "250"
    assert shelf.letters[0][1] == raw


def test_a_message_of_nothing_is_a_message(door: Listener, shelf: Shelf) -> None:
    with Wire(door.port) as wire:
        wire.begin()
        assert wire.ask(b".")[:3] == "250"
    assert shelf.letters[0][1] == b""


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64])
def test_the_end_is_found_however_the_bytes_are_cut(door: Listener, shelf: Shelf, size: int) -> None:
    data = MAIL + b"..\r\nlast\r\n.\r\n"
    with Wire(door.port) as wire:
        wire.begin()
        wire._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(data), size):
            wire.say(data[start : start + size])
        assert wire.hear()[:3] == "250"
    assert shelf.letters[0][1] == MAIL + b".\r\nlast\r\n"


@pytest.mark.parametrize(
    "end",
    [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r\n", b"\r\n.\r", b"\r.\r", b"\r\n\0.\r\n"],
    ids=["LF.LF", "LF.CRLF", "CRLF.LF", "CR.CRLF", "CRLF.CR", "CR.CR", "NUL"],
)
def test_nothing_but_crlf_dot_crlf_ends_a_message(door: Listener, shelf: Shelf, end: bytes) -> None:
    smuggled = b"MAIL FROM:<boss@acme.com>\r\nRCPT TO:<support@example.com>\r\nDATA\r\nSubject: evil\r\n"
    with Wire(door.port) as wire:
        wire.begin().say(MAIL, b"x", end, smuggled, b"\r\n.\r\n")
        assert wire.hear()[:3] == "250"
        assert wire.ask(b"NOOP")[:3] == "250"
    assert len(shelf.letters) == 1
    assert b"Subject: evil" in shelf.letters[0][1]


def test_commands_sent_behind_a_message_are_done_next(door: Listener, shelf: Shelf) -> None:
    again = b"MAIL FROM:<>\r\nRCPT TO:<Support+Tok3n@Example.com>\r\nDATA\r\n"
    with Wire(door.port) as wire:
        wire.begin().say(MAIL, b".\r\n", again, MAIL, b"second\r\n.\r\nQUIT\r\n")
        replies = [wire.hear()[:3] for _ in range(6)]
    assert replies == ["250", "250", "250", "354", "250", "221"]
    assert shelf.letters[1][1] == MAIL + b"second\r\n"
    assert shelf.letters[1][2]["mail_from"] == ""


@pytest.mark.parametrize(
    ("recipient", "mailbox"),
    [
        ("support@example.com", "support@example.com"),
        ("SUPPORT@Example.COM", "support@example.com"),
        ("support+a2b3@example.com", "support@example.com"),
        ("support+a+note@example.com", "support@example.com"),
        ("billing+eu@example.org", "billing+eu@example.org"),
        ("billing+eu+tok@example.org", "billing+eu@example.org"),
        ("postmaster", "support@example.com"),
        ("Postmaster@example.org", "billing+eu@example.org"),
    ],
)
def test_our_addresses_and_their_plus_parts_are_known(
    door: Listener, shelf: Shelf, recipient: str, mailbox: str
) -> None:
    with Sender(door.port) as sender:
        assert sender.send(MAIL, ANA, recipient)[0] == 250
    assert shelf.letters[0][2]["mailbox"] == mailbox
    assert shelf.letters[0][2]["rcpt_tos"] == [recipient]


@pytest.mark.parametrize(
    "recipient",
    ["sales@example.com", "support@evil.com", "billing@example.org", "+@example.com", "support+x", "root"],
)
def test_a_stranger_s_address_is_refused_with_a_hint(door: Listener, shelf: Shelf, recipient: str) -> None:
    with Sender(door.port) as sender:
        code, text = sender.send(MAIL, ANA, recipient)
    assert code == 550
    assert text.startswith("5.1.1 ")
    assert "support@example.com" in text
    assert shelf.letters == []


@pytest.mark.parametrize(
    "address", [b"<a\0b@acme.com>", b"<ana@\xff\xfe>", b"ana", b"<<>>", b"<a b@acme.com>"]
)
def test_a_broken_sender_does_no_harm(door: Listener, address: bytes) -> None:
    with Wire(door.port) as wire:
        wire.ask(b"EHLO x")
        reply = wire.ask(b"MAIL FROM:" + address)
        assert reply[:1] in "25"
        assert wire.ask(b"NOOP")[:3] == "250"


@pytest.mark.parametrize(
    ("commands", "reply"),
    [
        ([b"VRFY ana"], "252 2.1.5 Send some mail, and we will do our best"),
        ([b"DATA"], "503 5.5.1 Say first who it is for (RCPT TO)"),
        ([b"MAIL FROM:<ana@acme.com>", b"RCPT TO:<support@example.com>", b"DATA now"], "501 5.5.4 Syntax: DATA"),
        ([b"LIST"], "500 5.5.2 We do not know that command"),
    ],
)  # fmt: skip
def test_what_is_asked_out_of_turn_is_answered_in_words_and_the_next_mail_is_taken(
    door: Listener, shelf: Shelf, commands: list[bytes], reply: str
) -> None:
    with Wire(door.port) as wire:
        wire.ask(b"EHLO x")
        assert [wire.ask(command) for command in commands][-1] == reply
        wire.ask(b"RSET")
        wire.begin().say(MAIL, b".\r\n")
        assert wire.hear()[:3] == "250"
    assert len(shelf.letters) == 1


def test_who_does_not_say_hello_is_asked_to(door: Listener) -> None:
    with Wire(door.port) as wire:
        assert wire.ask(b"DATA") == "503 Error: send HELO first"
        assert wire.ask(b"HELP")[:3] == "250"


def test_an_address_beyond_ascii_is_welcome(door: Listener, shelf: Shelf) -> None:
    with Wire(door.port) as wire:
        wire.ask(b"EHLO x")
        wire.ask("MAIL FROM:<josé@acme.com> SMTPUTF8".encode())
        wire.ask(b"RCPT TO:<support@example.com>")
        wire.ask(b"DATA")
        wire.say(MAIL)
        assert wire.ask(b".")[:3] == "250"
    assert shelf.letters[0][2]["mail_from"] == "josé@acme.com"


def test_lmtp_answers_for_each_recipient(shelf: Shelf) -> None:
    with opened(shelf, "lmtp") as door, Wire(door.port) as wire:
        assert wire.ask(b"EHLO x")[:1] == "5"
        assert wire.ask(b"LHLO x")[:3] == "250"
        wire.ask(b"MAIL FROM:<ana@acme.com>")
        assert wire.ask(b"RCPT TO:<support@example.com>")[:3] == "250"
        assert wire.ask(b"RCPT TO:<nobody@example.com>")[:3] == "550"
        assert wire.ask(b"RCPT TO:<support+x@example.com>")[:3] == "250"
        wire.ask(b"DATA")
        wire.say(MAIL, b".\r\n")
        assert [wire.hear()[:3], wire.hear()[:3]] == ["250", "250"]
        assert wire.ask(b"NOOP")[:3] == "250"
    [(_, raw, envelope)] = shelf.letters
    assert raw == MAIL
    assert envelope["door"] == "lmtp"


def test_the_file_of_an_lmtp_socket_is_for_its_owner_and_its_group(shelf: Shelf, tmp_path: Path) -> None:
    """So that a mail server of another user may write to it, whatever umask casebot is started with."""
    path = tmp_path / "lmtp.sock"
    for umask in (0o077, 0o000):
        before = os.umask(umask)
        try:
            with opened(shelf, "lmtp", lmtp=str(path)):
                assert stat.S_IMODE(path.stat().st_mode) == 0o660
                with smtplib.LMTP(str(path)) as client:
                    client.sendmail(ANA, [DESK], MAIL)
        finally:
            os.umask(before)


def test_lmtp_refuses_one_message_once_however_many_it_is_for(shelf: Shelf) -> None:
    with opened(shelf, "lmtp", max_size=100_000) as door, Wire(door.port) as wire:
        wire.ask(b"LHLO x")
        for raw in (MAIL + b"x" * 200_000 + b"\r\n", MAIL):
            wire.ask(b"MAIL FROM:<ana@acme.com>")
            assert {wire.ask(b"RCPT TO:<support+%d@example.com>" % n)[:3] for n in range(12)} == {"250"}
            wire.ask(b"DATA")
            wire.say(raw, b".\r\n")
            heard = [wire.hear()[:3] for _ in range(12)]
            assert heard == ["250" if raw == MAIL else "552"] * 12
    assert len(shelf.letters) == 1


def test_starttls_is_offered_with_a_certificate(shelf: Shelf, certificate: Certificate) -> None:
    files = {"certificate": certificate.file, "private_key": certificate.key}
    with opened(shelf, **files) as door, smtplib.SMTP("localhost", door.port, timeout=60) as client:
        client.starttls(context=certificate.client)
        client.sendmail(ANA, DESK, MAIL)
        assert not client.has_extn("auth")
        assert not client.has_extn("starttls")
    assert shelf.letters[0][2]["tls"] == "TLSv1.3"


def test_commands_smuggled_before_starttls_are_forgotten(shelf: Shelf, certificate: Certificate) -> None:
    files = {"certificate": certificate.file, "private_key": certificate.key}
    with opened(shelf, **files) as door, socket.create_connection(("127.0.0.1", door.port), 10) as plain:
        assert plain.recv(1000).startswith(b"220 ")
        plain.sendall(b"EHLO x\r\n")
        assert plain.recv(1000).endswith(b"250 HELP\r\n")
        plain.sendall(b"STARTTLS\r\nRSET\r\n")
        assert plain.recv(1000).count(b"\r\n") == 1
        with certificate.client.wrap_socket(plain, server_hostname="localhost") as tls:
            tls.sendall(b"NOOP\r\n")
            assert tls.recv(1000) == b"250 OK\r\n"


def test_a_missing_certificate_is_named_with_its_key(shelf: Shelf) -> None:
    door = Listener(house(shelf, listen="127.0.0.1:0", certificate="/nowhere.pem"), "smtp")
    with pytest.raises(OSError, match=r"email\.certificate: cannot use /nowhere\.pem"):
        door.run()


def test_a_port_alone_is_listened_on_at_every_address(shelf: Shelf) -> None:
    port = free_port()
    with opened(shelf, listen=f":{port}"):
        for address in ("127.0.0.1", "::1"):
            with smtplib.SMTP(address, port, timeout=60) as client:
                assert client.noop()[0] == 250
