"""Large mails sit on a few seats: who waits hears no untruth, and who dawdles does not keep the others out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from bot.channel.memory_budget import MemoryBudget
from channels.email.smtp_in.large_message_slots import DAWDLED, FULL
from channels.email.smtp_in.server import LARGE_AT_ONCE, Listener
from tests.support.houses.doors import ANA, DESK, MAIL, Shelf, Wire, opened, wait_until
from tests.support.mail.sender import Sender

LARGE = MAIL + (b"y" * 76 + b"\r\n") * 27_000
END = b"\r\n.\r\n"
SLOW, SLOWLY, FAST = b"z\r\n", b"z" * 598 + b"\r\n", (b"z" * 998 + b"\r\n") * 40


def send(door: Listener, raw: bytes) -> str:
    with Sender(door.port) as sender:
        code, text = sender.send(raw, ANA, DESK)
    return f"{code} {text}"


@contextmanager
def dawdlers(door: Listener, line: bytes) -> Iterator[list[Wire]]:
    """Every seat is taken, by senders who say one line after the other."""
    up = threading.Event()

    def dawdle(wire: Wire) -> None:
        try:
            while not up.wait(0.2):
                wire.say(line)
        except OSError:
            return  # they were let go

    with ExitStack() as stack:
        wires = [stack.enter_context(Wire(door.port)) for _ in range(LARGE_AT_ONCE)]
        for wire in wires:
            wire.begin().say(LARGE)
        assert wait_until(door.slots.free.locked)
        threads = [threading.Thread(target=dawdle, args=(wire,)) for wire in wires]
        for thread in threads:
            thread.start()
        try:
            yield wires
        finally:
            up.set()
            for thread in threads:
                thread.join()


def test_who_finds_no_seat_is_told_so_once_all_was_heard_and_not_that_they_were_silent() -> None:
    with opened(Shelf(), idle_timeout=1) as door:
        door.slots.patience = 2.0
        with dawdlers(door, FAST):
            assert send(door, LARGE) == FULL
            assert send(door, MAIL)[:3] == "250"


def test_who_waits_longer_than_a_client_may_be_silent_gets_a_seat_that_becomes_free() -> None:
    with opened(Shelf(), idle_timeout=1) as door, dawdlers(door, FAST) as wires:
        finished = threading.Timer(2.5, wires[0].say, [END])
        finished.start()
        assert send(door, LARGE).startswith("250")
        finished.join()


@pytest.mark.parametrize("line", [SLOW, SLOWLY])
def test_who_dawdles_loses_the_seat_and_hears_why(line: bytes) -> None:
    with opened(Shelf()) as door:
        door.slots.grace = 1.0
        with dawdlers(door, line) as wires:
            assert send(door, LARGE).startswith("250")
            assert [wire.hear() for wire in wires] == [DAWDLED] * LARGE_AT_ONCE


def test_a_mail_that_is_too_large_gives_its_seat_back_before_its_end() -> None:
    with opened(Shelf(), max_size=len(LARGE) + 1000) as door, ExitStack() as stack:
        for _ in range(LARGE_AT_ONCE):
            stack.enter_context(Wire(door.port)).begin().say(LARGE, b"z" * 100_000)
        assert send(door, LARGE).startswith("250")


def test_mails_larger_than_all_the_memory_for_mail_are_taken_one_after_the_other() -> None:
    raw = MAIL + (b"y" * 76 + b"\r\n") * 40_000
    heard: list[str] = []
    with opened(Shelf(), max_size=2 * len(raw)) as door:
        door.slots.memory, door.slots.patience = MemoryBudget(len(raw) // 2), 10.0
        threads = [threading.Thread(target=lambda: heard.append(send(door, raw))) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert door.slots.memory.free == door.slots.memory.size
    assert [reply[:3] for reply in heard] == ["250"] * 3
