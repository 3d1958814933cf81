"""The mail listener: its limits, its manners in trouble, and its leaving."""

from __future__ import annotations

import gc
import smtplib
import socket
import threading
import time
from contextlib import ExitStack, suppress

import pytest

from bot.model.errors import Busy, NoRoom
from channels import connections
from channels.email.smtp_in.server import Listener
from channels.email.smtp_in.session import SILENT, TOO_SLOW, WANTED
from tests.support.houses.doors import ANA, DESK, MAIL, Shelf, Wire, house, opened, wait_until
from tests.support.mail.proxy import Proxy
from tests.support.mail.sender import Sender


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


@pytest.mark.parametrize("size", [b"", b" SIZE=999999999"])
def test_a_mail_server_whose_list_has_gaps_is_heard_to_the_end(
    door: Listener, shelf: Shelf, size: bytes
) -> None:
    named = b"".join(b"RCPT TO:<gone%d@example.com>\r\n" % n for n in range(12))
    with Wire(door.port) as wire:
        wire.ask(b"EHLO x")
        wire.say(b"MAIL FROM:<ana@acme.com>", size, b"\r\n", named)
        replies = [wire.hear()[:3] for _ in range(13)]
        assert replies == (["552"] + ["503"] * 12 if size else ["250"] + ["550"] * 12)
        assert wire.ask(b"RSET")[:3] == "250"
        wire.begin().say(MAIL, b".\r\n")
        assert wire.hear()[:3] == "250"
    assert len(shelf.letters) == 1


def test_who_tries_out_names_is_let_go(door: Listener) -> None:
    with Wire(door.port) as wire:
        wire.ask(b"EHLO x")
        wire.ask(b"MAIL FROM:<ana@acme.com>")
        heard = []
        while (reply := wire.ask(b"RCPT TO:<guess@example.com>"))[:3] == "550":
            heard.append(reply)
    assert reply.startswith("421 4.7.0")
    assert len(heard) == 50


def test_a_silent_client_is_let_go(shelf: Shelf) -> None:
    with opened(shelf, idle_timeout=1) as door, Wire(door.port) as wire, Wire(door.port) as other:
        other.begin()
        assert wire.hear() == SILENT
        assert other.hear() == SILENT


def test_a_client_that_is_silent_after_its_message_is_let_go_too(shelf: Shelf) -> None:
    with opened(shelf, idle_timeout=1) as door, Wire(door.port) as wire:
        wire.begin().say(MAIL, b".\r\n")
        assert wire.hear()[:3] == "250"
        assert wire.hear() == SILENT


def test_who_says_little_for_too_long_hears_that_it_was_little_and_not_nothing(shelf: Shelf) -> None:
    with opened(shelf, idle_timeout=1) as door, Wire(door.port) as wire, Wire(door.port) as other:
        other.begin()
        wire.say(b"MAIL FROM:")
        other.say(b"a line\r\n")
        assert wire.hear() == TOO_SLOW
        assert other.hear() == TOO_SLOW


def test_there_is_nothing_to_log_in_to(door: Listener) -> None:
    assert "AUTH" not in smtp_offers(door.port)


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


def test_who_comes_in_at_the_last_moment_is_not_dropped_on_the_floor(shelf: Shelf) -> None:
    def knock() -> None:
        while not left.is_set():
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", door.port), timeout=5).close()

    for _ in range(10):
        left = threading.Event()
        with opened(shelf) as door:
            knocking = threading.Thread(target=knock)
            knocking.start()
            assert wait_until(lambda: bool(door._conversations))
        left.set()
        knocking.join()
    gc.collect()  # a connection that nobody closed would be found here, and fail the test


def test_a_port_that_is_taken_is_named_with_its_key(door: Listener, shelf: Shelf) -> None:
    second = Listener(house(shelf, listen=f"127.0.0.1:{door.port}"), "smtp")
    with pytest.raises(OSError, match=rf"email\.listen: cannot listen on 127\.0\.0\.1:{door.port}"):
        second.run()


def test_a_message_whose_answer_was_lost_is_there_and_is_taken_again(door: Listener, shelf: Shelf) -> None:
    with Proxy(door.port) as line:
        line.cut_after_data()
        with pytest.raises(smtplib.SMTPServerDisconnected), Sender(line.port) as sender:
            sender.send(MAIL, ANA, DESK)
        assert wait_until(lambda: len(shelf.letters) == 1)
        with Sender(line.port) as sender:
            assert sender.send(MAIL, ANA, DESK)[0] == 250
    assert line.cuts == 1
    assert (len(shelf.letters), shelf.tries) == (1, 2)


def test_half_a_message_is_not_kept(door: Listener, shelf: Shelf) -> None:
    with Wire(door.port) as wire:
        wire.begin().say(MAIL)
    assert wait_until(lambda: not door._conversations)
    assert shelf.letters == []


def smtp_offers(port: int) -> str:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        return client.ehlo()[1].decode()


def test_a_new_address_gets_the_place_that_was_unused_for_longest(shelf: Shelf) -> None:
    with opened(shelf, max_connections=4) as door, ExitStack() as stack:
        idle = [stack.enter_context(Wire(door.port, host=f"127.0.0.{2 + n // 2}")) for n in range(4)]
        idle[0].begin()
        with Wire(door.port, host="127.0.0.9") as newcomer:
            newcomer.begin().say(MAIL, b".\r\n")
            assert newcomer.hear()[:3] == "250"
        assert idle[1].hear() == WANTED
        idle[0].say(MAIL, b".\r\n")
        assert idle[0].hear()[:3] == "250", "who is in the middle of a mail ends it"
        with Wire(door.port, host="127.0.0.2"), Wire(door.port, host="127.0.0.2") as greedy:
            assert greedy.greeting.startswith("421"), (
                "an address does not take another's place by coming more often"
            )


def test_while_places_run_short_ten_seconds_of_silence_are_enough(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SHORT", 0.5)
    with opened(shelf, max_connections=8) as door:
        with Wire(door.port) as wire:
            time.sleep(2)
            assert wire.ask(b"NOOP")[:3] == "250", "there is room enough"
        with ExitStack() as stack:
            wires = [stack.enter_context(Wire(door.port)) for _ in range(6)]
            assert WANTED in [wire.hear() for wire in wires]
