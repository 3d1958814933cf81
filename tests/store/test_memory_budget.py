"""The memory budget: bytes are reserved in order, given back once, and never lost by somebody who waits no longer."""

from __future__ import annotations

import asyncio
import threading

import pytest

from bot.channel.memory_budget import MemoryBudget, NoMemory, Reservation


def reserve(budget: MemoryBudget, size: int, *, patience: float) -> Reservation:
    """As a thread with a loop of its own does."""
    return asyncio.run(budget.reserved(size, patience=patience))


def test_what_is_reserved_is_free_again_after_the_block() -> None:
    budget = MemoryBudget(100)
    with reserve(budget, 60, patience=0):
        assert budget.free == 40
        assert budget.try_reserve(41) is None
        with reserve(budget, 40, patience=0):
            assert budget.free == 0
    assert budget.free == 100


def test_a_reservation_is_released_once() -> None:
    budget = MemoryBudget(100)
    held = budget.try_reserve(50)
    assert held
    held.release()
    held.release()
    assert budget.free == 100


def test_what_is_larger_than_the_budget_goes_alone() -> None:
    budget = MemoryBudget(100)
    with reserve(budget, 1, patience=0):
        assert budget.try_reserve(1000) is None
    with reserve(budget, 1000, patience=0):
        assert budget.free == 0
    assert budget.free == 100


def test_who_waits_is_served_in_order_and_not_passed_by() -> None:
    budget, order = MemoryBudget(100), []
    first = reserve(budget, 80, patience=0)

    def wait(name: str, size: int) -> None:
        with reserve(budget, size, patience=10):
            order.append(name)

    threads = []
    for number, (name, size) in enumerate((("large", 90), ("small", 10)), 1):
        threads.append(threading.Thread(target=wait, args=(name, size)))
        threads[-1].start()
        while len(budget._waiting) < number:
            pass
    assert budget.try_reserve(1) is None, "nobody goes ahead of those who wait"
    assert not order
    first.release()
    for thread in threads:
        thread.join()
    assert sorted(order) == ["large", "small"]
    assert budget.free == 100


def test_who_waits_in_vain_is_told_so_and_lets_the_next_one_go() -> None:
    budget = MemoryBudget(100)
    held = reserve(budget, 80, patience=0)
    with pytest.raises(NoMemory):
        reserve(budget, 90, patience=0.01)
    assert budget.try_reserve(20) is not None, "whoever gave up stands in nobody's way"
    held.release()


def test_a_coroutine_waits_without_stopping_its_loop_and_loses_nothing_when_it_is_cancelled() -> None:
    budget = MemoryBudget(100)

    async def play() -> None:
        held = await budget.reserved(100, patience=0)
        with pytest.raises(NoMemory):
            await budget.reserved(10, patience=0.01)
        waiting = asyncio.create_task(budget.reserved(100, patience=10))
        cancelled = asyncio.create_task(budget.reserved(100, patience=10))
        await asyncio.sleep(0)
        cancelled.cancel()
        held.release()
        (await waiting).release()
        with pytest.raises(asyncio.CancelledError):
            await cancelled

    asyncio.run(play())
    assert budget.free == 100


def test_bytes_granted_to_a_task_that_is_cancelled_at_that_moment_come_back() -> None:
    budget = MemoryBudget(100)

    async def play() -> None:
        held = await budget.reserved(100, patience=0)
        waiting = asyncio.create_task(budget.reserved(100, patience=10))
        await asyncio.sleep(0)
        held.release()  # granted, and not heard of yet
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(play())
    assert budget.free == 100
