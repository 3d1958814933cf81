"""The queue: what the desk has to do, most urgent first, and where somebody waits for a concern to be taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.commands.browse import Queue
from bot.commands.case import Close, Open
from bot.commands.triage import Merge, Spam
from bot.commands.urgency import Concern, TakeConcern
from bot.commands.work import AskFor
from bot.model.case_filter import CaseFilter
from tests.support.houses.desk import TestDesk, done

ANA, BO, CY = "ana@acme.example", "bo@plain.example", "cy@gold.example"
SAM, MAX = "sam@desk.example", "max@desk.example"
TUESDAY = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEVELS = """
[[account]]
name = "Gold"
domains = ["gold.example"]
service_level = "gold"
[[service_level]]
name = "gold"
[service_level.first_response]
Medium = "4h"
Low = "3d"
"""


def subjects(desk: TestDesk, which: str = "") -> list[str]:
    return [line.subject for line in desk.ask(SAM, Queue(CaseFilter(tuple(filter(None, [which]))))).cases]


@pytest.mark.parametrize("closing", ["resolved", "not_ours"])
def test_a_concern_on_a_case_that_is_over_waits_in_the_queue_until_it_is_taken_story(
    desk: TestDesk, closing: str
) -> None:
    desk.ask(ANA, Open("No delivery", "It stopped."))
    desk.ask(ANA, Open("Another", "That too."))
    desk.ask(SAM, Close(1, closing))
    desk.ask(ANA, Concern(1, text="Not at all!"))
    assert subjects(desk, "concerns") == ["No delivery"]
    assert subjects(desk) == ["Another"]
    desk.ask(MAX, TakeConcern(1))
    assert subjects(desk, "concerns") == []


def test_a_concern_on_a_case_that_waits_for_its_customer_is_in_the_queue(desk: TestDesk) -> None:
    desk.ask(ANA, Open("No delivery", "It stopped."))
    desk.ask(ANA, Concern(1, text="Nobody answers."))
    desk.ask(SAM, AskFor(1, "Which deal?"))
    assert subjects(desk, "concerns") == ["No delivery"]


def test_concerns_of_two_merged_cases_are_one_line_in_the_queue(desk: TestDesk) -> None:
    desk.ask(ANA, Open("No delivery", "It stopped."))
    desk.ask(ANA, Open("The same", "It stopped."))
    desk.ask(ANA, Concern(1, text="Nobody answers."))
    desk.ask(ANA, Concern(2, text="Nor here."))
    desk.ask(SAM, Merge(2, into=1))
    assert subjects(desk, "concerns") == ["No delivery"]
    desk.ask(MAX, TakeConcern(1))
    assert subjects(desk, "concerns") == []


def test_a_concern_on_spam_is_nothing_to_do(desk: TestDesk) -> None:
    desk.ask(ANA, Open("Buy now", "Cheap."))
    desk.ask(ANA, Concern(1, text="Nobody buys."))
    done(desk.ask(SAM, Spam(1)))
    assert subjects(desk, "concerns") == []


def test_of_one_priority_who_was_promised_more_stands_before_what_is_due_sooner_story(
    url: str, tmp_path: Path
) -> None:
    """Gold is promised a first answer within four hours where others are promised eight, but of what is Low later."""
    with TestDesk(url, tmp_path, more=LEVELS) as desk:
        desk.at(TUESDAY)
        for priority in ("Medium", "Low"):
            desk.ask(ANA, Open(f"{priority} of Ana", "It stopped.", priority=priority))
            desk.ask(BO, Open(f"{priority} of Bo", "It stopped.", priority=priority))
        desk.at(TUESDAY + 6 * HOUR)
        for priority in ("Medium", "Low"):
            desk.ask(CY, Open(f"{priority} of Cy", "It stopped.", priority=priority))
        assert subjects(desk) == [
            "Medium of Cy",
            "Medium of Ana",
            "Medium of Bo",
            "Low of Ana",
            "Low of Bo",
            "Low of Cy",
        ]
