"""Failing deliveries: only real attempts count as tries."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from bot.workers.failing import FailingDeliveries
from store.queues.outbox import EarlierDelivery


def test_due_time_that_another_process_moved_adds_no_try() -> None:
    now = [1000.0]
    failing = FailingDeliveries(lambda: now[0])
    row: Any = SimpleNamespace(channel="slack", id=1, key="")
    other: Any = SimpleNamespace(channel="slack", id=2, key="")
    known = failing.failed(row)
    for number in range(4):
        now[0] += 10
        failing.ended(other, sent=True)
        now[0] += 1
        earlier = EarlierDelivery(1, failed=True, wait=timedelta(seconds=20 + 7 * number))
        failing.seconds_until_allowed(other, [earlier])
    assert known.tries == 1
