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


def test_it_goes_back_while_the_process_works() -> None:
    memory = UnusedMemory()
    kept = burst()

    def freed(spent: float) -> int:
        before = resident()
        memory.look(spent)
        return before - resident()

    assert freed(5.0) > 20_000_000
    kept += burst()
    assert freed(5.1) < 1_000_000, "it has done nothing since"
    assert freed(6.0) > 20_000_000
    assert len(kept) == 400
