"""Failing deliveries: what counts as a try, and how long they hold back others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from bot.workers.failing import FIRST_WAIT, FailingDeliveries, backoff
from store.queues.outbox import EarlierDelivery

BEGIN = datetime.fromtimestamp(1000, UTC)
FAILS: Any = SimpleNamespace(channel="slack", id=1, key="", attempts=1, created_at=BEGIN)
LATER: Any = SimpleNamespace(channel="slack", id=2, key="", attempts=1, created_at=BEGIN)


def test_due_time_that_another_process_moved_adds_no_try() -> None:
    now = [1000.0]
    failing = FailingDeliveries(lambda: now[0])
    known = failing.failed(FAILS)
    for number in range(4):
        now[0] += 10
        failing.ended(LATER, sent=True)
        now[0] += 1
        earlier = EarlierDelivery(1, timedelta(seconds=20 + 7 * number), BEGIN)
        failing.seconds_until_allowed(LATER, [earlier])
    assert known.tries == 1


def test_restart_gives_a_failing_delivery_no_other_minute() -> None:
    now = [1030.0]
    earlier = EarlierDelivery(1, timedelta(minutes=10), BEGIN)
    assert FailingDeliveries(lambda: now[0]).seconds_until_allowed(LATER, [earlier]) == 30
    now[0] += 35
    assert FailingDeliveries(lambda: now[0]).seconds_until_allowed(LATER, [earlier]) is None


def test_delivery_that_fails_again_after_a_restart_holds_back_others_for_the_rest_of_its_minute() -> None:
    restarted = FailingDeliveries(lambda: 1070.0)
    again: Any = SimpleNamespace(**{**vars(FAILS), "attempts": 2})
    assert restarted.failed(again).held(1070.0) <= 0
    assert restarted.seconds_until_allowed(LATER, [EarlierDelivery(1, timedelta(seconds=20), BEGIN)]) is None


def test_longest_wait_doubles_with_each_attempt() -> None:
    for attempts in range(1, 5):
        assert 0.9 < max(backoff(attempts) for _ in range(500)) / FIRST_WAIT / 2 ** (attempts - 1) <= 1
