"""Parked deliveries: several limits at once, and the order of deliveries to one reader about one case."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.workers.parking import Parking
from store.queues.outbox import Outgoing

START = datetime(2026, 12, 1, tzinfo=UTC)
UPDATE, POST, READ = "chat.update", "chat.postMessage C0TRIAGE", "conversations.replies"
LIMITS = st.sampled_from((UPDATE, POST, READ))
SECONDS = st.sampled_from((0.0, 3.0, 30.0))


def delivery(number: int, *, case: int = 1, key: str = "", place: str = "") -> Outgoing:
    return Outgoing(number, "slack", "C0TRIAGE", "", b"x", START, 1, 1, case, key=key, place=place)


def test_message_joins_a_case_whose_card_and_message_wait_for_two_limits() -> None:
    parked = Parking()
    parked.put(UPDATE, delivery(1, key="card/1", place="T/C/1"), seconds=60)
    parked.put(POST, delivery(2), seconds=0)
    second = parked.pop()
    assert second
    assert second.id == 2
    assert parked.freed(second)
    assert not parked.join(delivery(3)), "a card that is posted already holds back no message"


def test_followers_wait_while_the_first_delivery_moves_from_one_limit_to_another() -> None:
    parked = Parking()
    parked.put(POST, delivery(1), seconds=0)
    assert parked.join(delivery(3))
    assert parked.join(delivery(2))
    first = parked.pop()
    assert first
    parked.put(READ, first, seconds=0)
    assert len(parked) == 3
    assert drained(parked) == [1, 2, 3]
    assert len(parked) == 0


def drained(parked: Parking) -> list[int]:
    """Deliver everything that may go; return the ids in that order."""
    ids = []
    while (row := parked.pop()) is not None:
        ids.append(row.id)
        parked.freed(row)
    return ids


class ParkedDeliveries(RuleBasedStateMachine):
    """Deliveries arrive, meet limits, are tried again, move to other limits and finish, in any sequence."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr("bot.workers.parking.time.monotonic", lambda: self.now)
        self.parked = Parking()
        self.ids = count(1)
        self.waiting: set[int] = set()
        self.under_way: dict[int, Outgoing] = {}
        self.finished: dict[int, list[int]] = {1: [], 2: []}
        """By case: the ids of the messages that are finished."""

    @rule(case=st.sampled_from((1, 2)), limit=LIMITS, seconds=SECONDS, kind=st.sampled_from("mmcn"))
    def arrive(self, case: int, limit: str, seconds: float, kind: str) -> None:
        """A message, the update of a card, or a new card meets a limit, or joins those that did."""
        number = next(self.ids)
        key, place = ("" if kind == "m" else f"card/{number}"), ("T/C/1" if kind == "c" else "")
        row = delivery(number, case=case, key=key, place=place)
        if not self.parked.join(row):
            self.parked.put(limit, row, seconds=seconds)
        self.waiting.add(number)

    @rule()
    def take(self) -> None:
        if row := self.parked.pop():
            self.waiting.remove(row.id)
            self.under_way[row.id] = row

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), limit=LIMITS, seconds=SECONDS)
    def meet_a_limit_again(self, data: st.DataObject, limit: str, seconds: float) -> None:
        row = self.under_way.pop(data.draw(st.sampled_from(sorted(self.under_way))))
        self.parked.put(limit, row, seconds=seconds)
        self.waiting.add(row.id)

    @precondition(lambda self: self.under_way)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        self.end(self.under_way.pop(data.draw(st.sampled_from(sorted(self.under_way)))))

    @rule(seconds=st.floats(0.1, 40))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    def end(self, row: Outgoing) -> None:
        assert self.parked.freed(row)
        if not row.key:
            self.finished[row.case_id or 0].append(row.id)

    @invariant()
    def every_delivery_is_counted_once(self) -> None:
        assert len(self.parked) == len(self.waiting)

    @invariant()
    def whatever_waits_has_a_due_time_unless_one_is_under_way(self) -> None:
        if self.waiting and not self.under_way:
            assert self.parked.seconds() is not None

    def teardown(self) -> None:
        """Once every limit is over, everything goes, and messages about one case in their order."""
        try:
            for left in list(self.under_way.values()):
                self.end(left)
            self.now += 1000
            while (row := self.parked.pop()) is not None:
                self.waiting.remove(row.id)
                self.end(row)
            assert not self.waiting, "these are stuck"
            assert len(self.parked) == 0
            assert not self.parked._queues
            assert not self.parked._lines
            assert all(ids == sorted(ids) for ids in self.finished.values())
        finally:
            self.patch.undo()


TestParkedDeliveries = ParkedDeliveries.TestCase
TestParkedDeliveries.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
