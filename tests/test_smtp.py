"""The SMTP and LMTP doors, talked to over real sockets."""

from __future__ import annotations

import json
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import pytest

from bot.channel import House, Kept, Mailbox
from bot.refusals import Busy, NoRoom
from channels.email import Settings
from channels.email.listener import Listener
from rehearsal.mail.client import Sender
from rehearsal.mail.proxy import Proxy
from tests.certificates import Certificate, make

MAIL = b"From: ana@acme.com\r\nTo: support@example.com\r\nSubject: Hello\r\n\r\nThe deal is late.\r\n"
ANA, DESK = "ana@acme.com", "support@example.com"


class Shelf:
    """The other end of the wire: what was handed in, and what is answered to it."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, bytes, dict[str, Any]]] = []
        self.trouble: Exception | None = None
        self.slow = threading.Event()
        self.slow.set()

    def keep(self, source: str, key: str, raw: bytes, envelope: Any) -> Future[Kept]:
        future: Future[Kept] = Future()
        threading.Thread(target=self._answer, args=(future, key, raw, dict(envelope))).start()
        return future

    def _answer(self, future: Future[Kept], key: str, raw: bytes, envelope: dict[str, Any]) -> None:
        self.slow.wait(10)
        if not future.set_running_or_notify_cancel():
            return
        if self.trouble:
            future.set_exception(self.trouble)
            return
        self.letters.append((key, raw, json.loads(json.dumps(envelope))))
        future.set_result(Kept(len(self.letters), duplicate=False))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def house(shelf: Shelf, **settings: Any) -> House:
    return House(
        settings=Settings(**settings),
        mailboxes=(Mailbox(DESK, "Support"), Mailbox("billing+eu@example.org", "Billing")),
        desk=None,
        keep=shelf.keep,
        receive=None,  # type: ignore[arg-type]
        remember=lambda name, value: None,
    )


@contextmanager
def opened(shelf: Shelf, protocol: str = "smtp", **settings: Any) -> Iterator[Listener]:
    here = {"listen": "127.0.0.1:0"} if protocol == "smtp" else {"listen": "", "lmtp": "127.0.0.1:0"}
    door = Listener(house(shelf, **here | settings), protocol)
    thread = threading.Thread(target=door.run)
    thread.start()
    assert door.opened.wait(10)
    try:
        yield door
    finally:
        door.leave()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def door(shelf: Shelf) -> Iterator[Listener]:
    with opened(shelf) as door:
        yield door


class Wire:
    """A client that says exactly the bytes it is told."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._file = self._socket.makefile("rb")

    def say(self, *data: bytes) -> None:
        self._socket.sendall(b"".join(data))

    def hear(self) -> str:
        while True:
            line = self._file.readline().decode()
            if line[3:4] != "-":
                return line.rstrip()

    def ask(self, data: bytes) -> str:
        self.say(data + b"\r\n")
        return self.hear()

    def begin(self) -> Wire:
        """Up to and with 354."""
        for command in (b"EHLO x", b"MAIL FROM:<ana@acme.com>", b"RCPT TO:<support@example.com>", b"DATA"):
            self.ask(command)
        return self

    def __enter__(self) -> Wire:
        self.greeting = self.hear()
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()
        self._socket.close()


# what arrives


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
    shelf.slow.clear()
    with Wire(door.port) as wire:
        wire.begin().say(MAIL, b".\r\n")
        wire._socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            wire._socket.recv(1)
        wire._socket.settimeout(10)
        shelf.slow.set()
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


# to whom


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


def test_an_address_beyond_ascii_is_welcome(door: Listener, shelf: Shelf) -> None:
    with Wire(door.port) as wire:
        wire.ask(b"EHLO x")
        wire.ask("MAIL FROM:<josé@acme.com> SMTPUTF8".encode())
        wire.ask(b"RCPT TO:<support@example.com>")
        wire.ask(b"DATA")
        wire.say(MAIL)
        assert wire.ask(b".")[:3] == "250"
    assert shelf.letters[0][2]["mail_from"] == "josé@acme.com"


# what is refused, and how


@pytest.mark.parametrize(
    ("trouble", "reply"),
    [
        (NoRoom("disk full"), "452 4.3.1"),
        (Busy("behind"), "451 4.3.2"),
        (RuntimeError("password is hunter2"), "451 4.3.0"),
        (MemoryError(), "451 4.3.0"),
    ],
)
def test_trouble_of_ours_is_always_temporary_and_says_nothing_of_itself(
    door: Listener, shelf: Shelf, trouble: Exception, reply: str
) -> None:
    shelf.trouble = trouble
    with Sender(door.port) as sender:
        code, text = sender.send(MAIL, ANA, DESK)
        assert f"{code} {text}".startswith(reply)
        assert "hunter2" not in text
        shelf.trouble = None
        assert sender.send(MAIL, ANA, DESK)[0] == 250


def test_a_fault_before_anything_is_kept_is_451_too(
    door: Listener, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door.addressees, "mailbox", lambda recipient: 1 / 0)
    with Sender(door.port) as sender:
        code, text = sender.send(MAIL, ANA, DESK)
    assert code == 451
    assert "division" not in text


def test_too_large_a_message_is_552_whether_announced_or_not(shelf: Shelf) -> None:
    with opened(shelf, max_size=200_000) as door, Wire(door.port) as wire:
        assert "SIZE 200000" in smtp_offers(door.port)
        wire.ask(b"EHLO x")
        assert wire.ask(b"MAIL FROM:<ana@acme.com> SIZE=200001").startswith("552 5.3.4")
        wire.begin().say(MAIL, (b"x" * 998 + b"\r\n") * 1000, b".\r\n")
        assert wire.hear().startswith("552 5.3.4")
        wire.begin().say(MAIL, b".\r\n")
        assert wire.hear()[:3] == "250"
    assert len(shelf.letters) == 1


def test_a_message_of_just_the_size_allowed_is_taken(shelf: Shelf) -> None:
    with opened(shelf, max_size=100_000) as door, Sender(door.port) as sender:
        assert sender.send(MAIL + b"x" * (100_000 - len(MAIL) - 2) + b"\r\n", ANA, DESK)[0] == 250
        assert sender.send(MAIL + b"x" * (100_001 - len(MAIL) - 2) + b"\r\n", ANA, DESK)[0] == 552


def test_more_recipients_than_allowed_are_452(shelf: Shelf) -> None:
    with opened(shelf, max_recipients=2) as door, Wire(door.port) as wire:
        wire.ask(b"EHLO x")
        wire.ask(b"MAIL FROM:<ana@acme.com>")
        replies = [wire.ask(b"RCPT TO:<support+%d@example.com>" % n)[:9] for n in range(3)]
    assert replies == ["250 2.1.5", "250 2.1.5", "452 4.5.3"]


def test_too_many_connections_hear_421(shelf: Shelf) -> None:
    with opened(shelf, max_connections=3) as door:
        with Wire(door.port) as first, Wire(door.port), Wire(door.port):
            assert first.greeting == "220 example.com casebot"
            with Wire(door.port) as fourth:
                assert fourth.greeting.startswith("421 4.7.0")
        assert wait_until(lambda: not door._conversations)
        with Sender(door.port) as sender:
            assert sender.send(MAIL, ANA, DESK)[0] == 250


def test_too_many_connections_from_one_host_hear_421(shelf: Shelf) -> None:
    with opened(shelf, max_connections_per_host=1) as door, Wire(door.port), Wire(door.port) as second:
        assert second.greeting.startswith("421 4.7.0")


@pytest.mark.parametrize(
    "nonsense", [b"WHAT", b"MAIL FROM", b"HELO", b"AUTH PLAIN AGFuYQBzZWNyZXQ=", b"\xff\xfe"]
)
def test_ten_bad_commands_are_enough(door: Listener, nonsense: bytes) -> None:
    with Wire(door.port) as wire:
        wire.ask(b"EHLO x")
        heard = []
        while (reply := wire.ask(nonsense)) and reply[:3] != "421":
            heard.append(reply)
    assert reply.startswith("421 4.7.0")
    assert len(heard) == 10


def test_a_silent_client_is_let_go(shelf: Shelf) -> None:
    with opened(shelf, idle_timeout=1) as door, Wire(door.port) as wire:
        assert wire.hear().startswith("421 4.4.2")


def test_there_is_nothing_to_log_in_to(door: Listener) -> None:
    assert "AUTH" not in smtp_offers(door.port)


# leaving


def test_leaving_lets_idle_clients_go_and_a_message_in_flight_finish(shelf: Shelf) -> None:
    with opened(shelf) as door, Wire(door.port) as idle, Wire(door.port) as busy:
        busy.begin().say(MAIL)
        assert wait_until(lambda: any(c.busy for c in door._conversations))
        door.leave()
        assert idle.hear().startswith("421 4.3.2")
        assert busy.ask(b".")[:3] == "250"
        assert busy.hear().startswith("421 4.3.2")
    assert len(shelf.letters) == 1
    with pytest.raises(ConnectionRefusedError):
        Wire(door.port)


def test_a_port_that_is_taken_is_named_with_its_key(door: Listener, shelf: Shelf) -> None:
    second = Listener(house(shelf, listen=f"127.0.0.1:{door.port}"), "smtp")
    with pytest.raises(OSError, match=rf"email\.listen: cannot listen on 127\.0\.0\.1:{door.port}"):
        second.run()


# a lost line


def test_a_message_whose_answer_was_lost_is_there_and_is_taken_again(door: Listener, shelf: Shelf) -> None:
    with Proxy(door.port) as line:
        line.cut_after_data()
        with pytest.raises(smtplib.SMTPServerDisconnected), Sender(line.port) as sender:
            sender.send(MAIL, ANA, DESK)
        assert wait_until(lambda: len(shelf.letters) == 1)
        with Sender(line.port) as sender:
            assert sender.send(MAIL, ANA, DESK)[0] == 250
    assert line.cuts == 1
    assert [letter[0] for letter in shelf.letters] == [shelf.letters[0][0]] * 2


def test_half_a_message_is_not_kept(door: Listener, shelf: Shelf) -> None:
    with Wire(door.port) as wire:
        wire.begin().say(MAIL)
    assert wait_until(lambda: not door._conversations)
    assert shelf.letters == []


# LMTP


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


# TLS


def test_starttls_is_offered_with_a_certificate(shelf: Shelf, certificate: Certificate) -> None:
    files = {"certificate": certificate.file, "private_key": certificate.key}
    with opened(shelf, **files) as door, smtplib.SMTP("localhost", door.port, timeout=10) as client:
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


def smtp_offers(port: int) -> str:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        return client.ehlo()[1].decode()


def wait_until(holds: Any) -> bool:
    """Poll for up to ten seconds."""
    for _ in range(1000):
        if holds():
            return True
        time.sleep(0.01)
    return False
