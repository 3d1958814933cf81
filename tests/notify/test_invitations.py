"""Invitations to the survey: whom the desk asks how it went, and how seldom."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.commands.case import Close, Open, Reopen
from store.cases import participant, survey
from tests.support.houses.desk import TestDesk, text_of

ANA, BOB, SAM = "ana@acme.example", "bob@acme.example", "sam@desk.example"
OPEN = Open("No delivery", "The deal has not delivered for 24 hours, and nobody knows why.")
TUESDAY = datetime(2026, 12, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def closed(desk: TestDesk, number: int, reason: str = "not_ours", who: str = ANA) -> None:
    desk.ask(who, replace(OPEN, text=f"{OPEN.text} It is number {number}."))
    desk.ask(SAM, Close(number, reason, "There you are."))
    desk.mails()


def with_pages(desk: TestDesk) -> None:
    desk.desk.pages.begin_with("https://support.example.com")


def test_three_days_after_a_case_is_closed_its_requester_is_asked_how_it_went(desk: TestDesk) -> None:
    with_pages(desk)
    desk.at(TUESDAY)
    closed(desk, 1)
    desk.at(TUESDAY + 2.9 * DAY)
    assert desk.mails() == []
    desk.at(TUESDAY + 3 * DAY)
    (mail,) = desk.mails()
    assert "ana@" in mail["To"]
    assert mail["Subject"] == "[CS-000001] How did we do?"
    assert "https://support.example.com/survey/" in text_of(mail)
    assert desk.history()[-1] == "survey sent"


def test_nobody_is_asked_twice_in_ninety_days(desk: TestDesk) -> None:
    with_pages(desk)
    desk.at(TUESDAY)
    for number in (1, 2, 3):
        closed(desk, number)
    closed(desk, 4, who=BOB)
    desk.at(TUESDAY + 3 * DAY)
    assert sorted(mail["To"] for mail in desk.mails()) == ["Ana <ana@acme.example>", "Bob <bob@acme.example>"]
    desk.at(TUESDAY + 89 * DAY)
    closed(desk, 5)
    desk.at(TUESDAY + 92 * DAY)
    assert desk.mails() == []
    closed(desk, 6)
    desk.at(TUESDAY + 95 * DAY)
    assert [mail["Subject"] for mail in desk.mails()] == ["[CS-000006] How did we do?"]


@pytest.mark.parametrize("reason", ["duplicate", "out_of_scope"])
def test_nobody_is_asked_about_a_duplicate_or_what_was_out_of_scope(desk: TestDesk, reason: str) -> None:
    with_pages(desk)
    desk.at(TUESDAY)
    closed(desk, 1, reason)
    desk.at(TUESDAY + 30 * DAY)
    assert desk.mails() == []


def test_a_case_that_is_open_again_by_then_is_not_asked_about(desk: TestDesk) -> None:
    with_pages(desk)
    desk.at(TUESDAY)
    closed(desk, 1)
    desk.ask(ANA, Reopen(1, "Still broken."))
    desk.mails()
    desk.at(TUESDAY + 30 * DAY)
    assert [mail["Subject"] for mail in desk.mails(ANA)] == []


def test_without_a_page_to_answer_on_nobody_is_asked(desk: TestDesk) -> None:
    desk.at(TUESDAY)
    closed(desk, 1)
    desk.at(TUESDAY + 3 * DAY)
    assert desk.mails() == []
    with_pages(desk)
    closed(desk, 2)
    desk.at(TUESDAY + 6 * DAY)
    assert len(desk.mails(ANA)) == 1


@pytest.mark.parametrize("days", ["period_days = 0", "delay_days = 40"])
def test_a_desk_may_ask_later_or_not_at_all(url: str, tmp_path: Path, days: str) -> None:
    with TestDesk(url, tmp_path, more=f"[survey]\n{days}\n") as desk:
        with_pages(desk)
        desk.at(TUESDAY)
        closed(desk, 1)
        desk.at(TUESDAY + 30 * DAY)
        assert desk.mails() == []


def test_who_looks_when_somebody_was_last_asked_waits_for_whoever_is_about_to_ask(desk: TestDesk) -> None:
    desk.at(TUESDAY)
    closed(desk, 1)
    database = desk.app.database
    with database.reading() as tx:
        (ana,) = (part.person.id for part in participant.everybody(tx, 1))

    def looked() -> datetime | None:
        with database.writing() as tx:
            return survey.last_invited(tx, ana)

    with ThreadPoolExecutor(1) as threads:
        with database.writing() as tx:
            assert survey.last_invited(tx, ana) is None
            survey.invite(tx, 1, ana, now=TUESDAY)
            tx.flush()
            looking = threads.submit(looked)
            wait([looking], timeout=0.3)
        assert looking.result() == TUESDAY


def test_two_clocks_ask_one_contact_once(desk: TestDesk, url: str, tmp_path: Path) -> None:
    for number in range(1, 13):
        desk.at(TUESDAY - timedelta(hours=number))
        closed(desk, number)
    with TestDesk(url, tmp_path) as other, ThreadPoolExecutor(2) as threads:
        for one in (desk, other):
            with_pages(one)
        list(threads.map(lambda one: one.at(TUESDAY + 3 * DAY), (desk, other)))
        assert len(desk.mails(ANA) + other.mails(ANA)) == 1
