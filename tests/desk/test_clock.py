"""The clock: every timer has one effect, whoever dies, fails or looks at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.commands.case import Open
from bot.commands.house import Due
from bot.desk.handlers.timer_due import Overtaken
from bot.model.identity import CLOCK, Proof
from bot.model.request import Request
from bot.workers.scheduler import AT_ONCE
from store.cases import timer
from store.cases.timer import Timer
from store.engine.lease import LEASE
from store.queues import inbox
from tests.desk.test_timers import ONLY_FIRST
from tests.support.houses.desk import TestDesk
from tests.support.houses.house import House, until
from tests.support.setup.fixtures import open_on_each_database

ANA, SAM = "ana@acme.example", "sam@desk.example"
OPEN = Open("No delivery", "The deal has not delivered for 24 hours, and nobody knows why.")
TUESDAY = datetime(2026, 12, 1, 9, tzinfo=UTC)
WARNED = TUESDAY + timedelta(hours=6)

desk = open_on_each_database(TestDesk, more=ONLY_FIRST)

house = open_on_each_database(House, more=ONLY_FIRST)


def set_to(moment: datetime, *desks: TestDesk) -> None:
    for one in desks:
        one.desk.clock.read = lambda: moment


def all_that_is_due(desk: TestDesk) -> None:
    while desk.app.clock.tick():
        pass


def claimed(desk: TestDesk) -> Sequence[Timer]:
    """A clock takes a timer up, and is never heard of again."""
    now = desk.desk.now()
    with desk.app.database.writing() as tx:
        return timer.claim(tx, now=now, until=now + LEASE, most=1)


def asked(one: Timer, at: datetime) -> Request:
    command = Due(one.case_id, kind=one.kind, timer=one.id, fence=one.fence)
    key = f"{one.id}:{one.at.isoformat()}"
    return Request("timer", key, CLOCK, Proof.LINKED, (command,), at=at)


def test_two_clocks_at_the_same_time_have_one_effect_each(desk: TestDesk, url: str, tmp_path: Path) -> None:
    set_to(TUESDAY, desk)
    for number in range(AT_ONCE * 2 + 5):
        desk.ask(f"ana{number}@acme.example", OPEN)
    desk.mails()
    with TestDesk(url, tmp_path, more=ONLY_FIRST) as other, ThreadPoolExecutor(2) as threads:
        set_to(WARNED, desk, other)
        list(threads.map(all_that_is_due, (desk, other)))
        told = desk.mails(SAM) + other.mails(SAM)
    assert len({mail["Subject"] for mail in told}) == len(told) == AT_ONCE * 2 + 5
    histories = [desk.history(number) for number in range(1, AT_ONCE * 2 + 6)]
    assert histories == [["opened", "reply due"]] * len(histories)


def test_what_a_dead_clock_had_in_its_hands_is_done_once_its_lease_is_over(desk: TestDesk) -> None:
    set_to(TUESDAY, desk)
    desk.ask(ANA, OPEN)
    desk.mails()
    set_to(WARNED, desk)
    claimed(desk)
    all_that_is_due(desk)
    assert desk.mails() == []
    set_to(WARNED + LEASE, desk)
    all_that_is_due(desk)
    assert len(desk.mails(SAM)) == 1


def test_a_clock_that_comes_back_too_late_does_nothing_and_leaves_no_receipt(desk: TestDesk) -> None:
    set_to(TUESDAY, desk)
    desk.ask(ANA, OPEN)
    desk.mails()
    set_to(WARNED, desk)
    (slow,) = claimed(desk)
    set_to(WARNED + LEASE, desk)
    (quick,) = claimed(desk)
    with pytest.raises(Overtaken):
        desk.desk.handle(asked(slow, WARNED))
    assert desk.mails() == []
    desk.desk.handle(asked(quick, WARNED))
    assert len(desk.mails()) == 2
    assert desk.desk.handle(asked(quick, WARNED)).repeated
    assert desk.mails() == []
    with desk.app.database.reading() as tx:
        assert inbox.find_receipt(tx, "timer", asked(slow, WARNED).key)


def test_a_timer_that_was_cancelled_meanwhile_does_nothing(desk: TestDesk) -> None:
    set_to(TUESDAY, desk)
    desk.ask(ANA, OPEN)
    desk.mails()
    set_to(WARNED, desk)
    (one,) = claimed(desk)
    with desk.app.database.writing() as tx:
        assert timer.cancel(tx, 1, ["reply due"]) == 1
    with pytest.raises(Overtaken):
        desk.desk.handle(asked(one, WARNED))
    set_to(WARNED + timedelta(days=9), desk)
    all_that_is_due(desk)
    assert desk.mails() == []


def test_a_timer_that_fails_stops_no_other_and_is_tried_again(desk: TestDesk) -> None:
    set_to(TUESDAY, desk)
    desk.ask(ANA, OPEN)
    desk.mails()
    with desk.app.database.writing() as tx:
        timer.start(tx, 1, "of a later release", TUESDAY)
    set_to(WARNED, desk)
    all_that_is_due(desk)
    assert len(desk.mails(SAM)) == 1
    assert desk.app.clock.tick() == 0
    set_to(WARNED + timedelta(minutes=1), desk)
    assert desk.app.clock.tick() == 1
    assert desk.app.clock.tick() == 0
    with desk.app.database.reading() as tx:
        assert [kind for kind, _ in timer.waiting(tx, 1)] == ["of a later release", "reply overdue"]


def test_a_clock_that_leaves_gives_back_what_it_has_not_done(desk: TestDesk) -> None:
    set_to(TUESDAY, desk)
    desk.ask(ANA, OPEN)
    desk.mails()
    set_to(WARNED, desk)
    desk.app.clock.leave()
    assert desk.app.clock.tick() == 1
    assert desk.mails() == []
    assert len(claimed(desk)) == 1


def test_in_the_house_the_clock_ticks_by_itself(house: House) -> None:
    house.send(
        "Ana <ana@acme.example>", "support@example.com", "No delivery", "It stopped yesterday at noon."
    )
    house.mails("ana@")
    house.mails("sam@")
    house.pass_time(days=10)
    (told,) = house.mails("sam@")
    assert told["Subject"] == "[CS-000001] Answer overdue: No delivery"
    until(lambda: "manager told" in house.history())
    assert house.history() == ["opened", "reply overdue", "manager told"]
