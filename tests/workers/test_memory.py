"""Memory: what a mail took is free once it is handled, and what a burst took goes back to the system."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import psutil  # type: ignore[import-untyped]

from bot.desk.turn.turn import Turn
from bot.runtime.unused_memory import UnusedMemory, give_back
from bot.workers.acceptance import PendingMessage
from tests.support.houses.house import House, until


@contextmanager
def without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def remaining() -> list[str]:
    kinds = (Turn, PendingMessage)
    return [type(one).__name__ for one in gc.get_objects() if type(one) in kinds]


def test_nothing_of_a_handled_mail_waits_for_the_garbage_collector(house: House) -> None:
    house.send("ana@acme.example", "support@example.com", "No delivery", "It stopped.")
    house.drained()
    with without_collector():
        for n in range(3):
            house.send(f"c{n}@acme.example", "support@example.com", f"No delivery {n}", "It stopped.")
        house.drained()
        assert until(lambda: not remaining()), remaining()


def resident() -> int:
    return int(psutil.Process().memory_info().rss)


def burst() -> list[bytes]:
    """40 MB of which little stays, here and there."""
    taken = [bytes([n % 256]) * 2000 for n in range(20_000)]
    return taken[::100]


def test_what_is_free_between_what_is_used_goes_back_to_the_system() -> None:
    kept = burst()
    before = resident()
    give_back()
    assert before - resident() > 20_000_000
    assert len(kept) == 200


def test_it_goes_back_when_the_process_has_come_to_rest() -> None:
    memory = UnusedMemory()
    kept = burst()

    def freed(clock: float, spent: float) -> int:
        before = resident()
        memory.look(clock, spent)
        return before - resident()

    assert freed(10.0, 5.0) < 1_000_000, "it is busy"
    assert freed(12.0, 5.01) > 20_000_000, "it rests"
    kept += burst()
    assert freed(14.0, 5.02) < 1_000_000, "it has done nothing since"
    assert len(kept) == 400
