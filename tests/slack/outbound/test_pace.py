"""The pace after Slack asked for a pause: one call an interval, and free again when it was quiet."""

from __future__ import annotations

import pytest

from channels.slack.workspace.pace import (
    INTERVALS,
    LOOKUPS_A_MINUTE,
    QUIET,
    READ_BACK_A_MINUTE,
    USUAL,
    Paces,
    name_of,
)
from rehearsal.slack.workspace import buckets


class Clock:
    """Seconds that pass when somebody says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def made(paces: Paces, clock: Clock, *, seconds: float) -> list[float]:
    """When calls were made by somebody who calls as soon as it is allowed, from now on."""
    moments, end = [], clock.now + seconds
    while clock.now < end:
        wait = paces.take("chat.update", "C1")
        if wait:
            clock.now += wait
        else:
            moments.append(clock.now)
    return moments


def test_nothing_is_held_back_before_slack_says_so(clock: Clock) -> None:
    paces = Paces(clock)
    assert [paces.take("chat.update", "C1") for _ in range(100)] == [0.0] * 100


def test_after_a_refusal_nothing_is_asked_for_until_its_pause_is_over(clock: Clock) -> None:
    paces = Paces(clock)
    paces.refused("chat.update", 30.0)
    assert paces.take("chat.update", "C1") == 30.0
    clock.now += 12
    assert paces.take("chat.update", "C1") == 18.0
    assert paces.take("chat.postMessage", "C1") == 0.0, "no other method is held back"


def test_then_there_is_one_call_an_interval_however_many_want_one(clock: Clock) -> None:
    paces = Paces(clock)
    paces.refused("chat.update", 30.0)
    moments = made(paces, clock, seconds=90)
    assert moments == [1030.0 + 1.25 * number for number in range(48)]


def test_who_was_slow_has_one_call_saved_up_and_no_more(clock: Clock) -> None:
    paces = Paces(clock)
    paces.refused("chat.update", 30.0)
    clock.now += 30 + 20
    moments = made(paces, clock, seconds=20)
    assert moments == [1050.0, *(1050.0 + 1.25 * number for number in range(16))]


def test_a_method_that_was_not_used_for_a_minute_is_free_again(clock: Clock) -> None:
    paces = Paces(clock)
    paces.refused("chat.update", 30.0)
    clock.now += 30 + QUIET
    assert len(made(paces, clock, seconds=20)) == 17, "a minute is not over yet"
    clock.now += QUIET + 2
    assert [paces.take("chat.update", "C1") for _ in range(20)] == [0.0] * 20


def test_a_method_that_is_used_all_the_time_stays_paced(clock: Clock) -> None:
    paces = Paces(clock)
    paces.refused("chat.update", 30.0)
    assert len(made(paces, clock, seconds=30 + 600)) == 480


@pytest.mark.parametrize("method", sorted(buckets.METHODS))
def test_a_paced_method_asks_for_no_more_than_its_tier_allows(method: str) -> None:
    assert 60 / INTERVALS.get(method, USUAL) <= buckets.TIERS[buckets.METHODS[method]]


def test_messages_are_paced_in_each_channel_apart(clock: Clock) -> None:
    assert name_of("chat.postMessage", "C1") != name_of("chat.postMessage", "C2")
    assert name_of("chat.update", "C1") == name_of("chat.update", "C2")


def test_look_ups_stay_below_their_limit_and_reading_back_leaves_half_of_them(clock: Clock) -> None:
    paces, moments = Paces(clock), []
    while clock.now < 1300:
        for reads_back in (True, False):
            if not paces.take("conversations.replies", "C1", reads_back=reads_back):
                moments.append((clock.now, reads_back))
        clock.now += 0.25
    for begun, _ in moments:
        within = [reads_back for at, reads_back in moments if begun <= at < begun + 60]
        assert len(within) <= LOOKUPS_A_MINUTE < buckets.TIERS[3]
        assert within.count(True) <= READ_BACK_A_MINUTE
    assert len(moments) > 4 * LOOKUPS_A_MINUTE


def test_reading_back_gets_calls_while_deliveries_look_up_as_many(clock: Clock) -> None:
    paces, reading = Paces(clock), 0
    for _ in range(5 * 25):
        paces.take("conversations.replies", "C1")
        reading += not paces.take("conversations.replies", "C2", reads_back=True)
        clock.now += 60 / 25
    assert reading >= 4 * 20
