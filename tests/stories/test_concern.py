"""Stories of concerns: the manager hears at once, takes it or is reminded, and nobody is flooded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.commands.case import Open, Reply
from bot.commands.triage import Merge
from bot.commands.urgency import Concern, TakeConcern
from bot.commands.work import Wait
from tests.support.houses.desk import CONFIG, TestDesk, done, refused, text_of

ANA, TOM = "ana@acme.example", "tom@acme.example"
SAM, MAX, DIANA = "sam@desk.example", "max@desk.example", "diana@desk.example"
TUESDAY = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
CONCERN = Concern(1, "+33 1 23 45 67 89", "lack_of_reply", "Nobody tells us anything.")
LADDER = CONFIG.replace('role = "manager"', 'role = "manager"\nmanager = "diana@desk.example"') + (
    '[[staff]]\nname = "Diana Director"\nmail = "diana@desk.example"\nrole = "manager"\n'
)


@pytest.fixture
def case(url: str, tmp_path: Path) -> object:
    """A desk at which Sam has Ana's case; Sam's manager is Max, and his is Diana."""
    with TestDesk(url, tmp_path, config=LADDER) as desk:
        desk.at(TUESDAY)
        desk.ask(ANA, Open("No delivery", "It stopped."))
        desk.ask(SAM, Reply(1, "We are on it."))
        desk.mails()
        yield desk


def test_a_manager_takes_a_concern_and_the_customer_hears_who_it_is(case: TestDesk) -> None:
    done(case.ask(ANA, CONCERN))
    (received,) = case.mails(ANA)
    assert "passed it on at once to Max Manager" in text_of(received)
    assert "by 1 Dec 2026, 09:30 UTC" in text_of(received)
    assert "You will be called at the number you gave: +33 1 23 45 67 89." in " ".join(
        text_of(received).split()
    )
    assert "It would help us to know" not in text_of(received)
    (raised,) = case.mails(MAX)
    assert "#acknowledge" in text_of(raised)
    assert "Nobody tells us anything." in text_of(raised)
    assert "We are on it." in text_of(raised)
    done(case.ask(MAX, TakeConcern(1, "I look at it myself.")))
    (taken,) = case.mails(ANA)
    assert "Max Manager has taken your concern" in text_of(taken)
    assert "+33 1 23 45 67 89" in text_of(taken)
    assert "I look at it myself." in text_of(taken)
    case.mails()
    case.at(TUESDAY + 2 * HOUR)
    assert [mail["Subject"] for mail in case.mails() if "Concern" in mail["Subject"]] == []
    assert "Max Manager has taken that concern already" in refused(case.ask(SAM, TakeConcern(1)))


def test_a_concern_that_nobody_takes_is_said_again_and_then_goes_up(case: TestDesk) -> None:
    case.ask(ANA, CONCERN)
    case.mails()
    case.at(TUESDAY + 0.5 * HOUR)
    assert ["Concern waits" in mail["Subject"] for mail in case.mails(MAX)] == [True]
    assert case.mails(DIANA) == []
    case.at(TUESDAY + 1.5 * HOUR)
    (told,) = case.mails(DIANA)
    assert "nobody has taken it yet" in text_of(told)
    assert case.mails(MAX) == []
    case.at(TUESDAY + 9 * HOUR)
    assert [mail for mail in case.mails(DIANA) if "Concern" in mail["Subject"]] == []
    events = [name for name in case.history() if "concern" in name]
    assert events == ["concern raised", "concern reminded", "concern passed on"]
    done(case.ask(DIANA, TakeConcern(1)))


def test_a_hundred_concerns_call_nobody_twice(case: TestDesk) -> None:
    for n in range(100):
        case.ask(ANA, Concern(1, "", "", f"Answer me! ({n})"))
    mails = [mail for mail in case.mails(MAX) if "Concern:" in mail["Subject"]]
    assert len(mails) == 1
    assert case.history().count("concern raised") == 1
    assert case.history().count("concern added to") == 99
    case.at(TUESDAY + 2 * HOUR)
    case.mails()
    case.ask(ANA, CONCERN)  # an hour later it is one of its own
    assert len([mail for mail in case.mails(MAX) if "Concern:" in mail["Subject"]]) == 1


def test_what_was_missing_is_said_later_and_the_caller_has_it(case: TestDesk) -> None:
    case.ask(ANA, Concern(1, "", "", "Call me."))
    assert "a phone number" in text_of(case.mails(ANA)[0])
    case.ask(ANA, Concern(1, "+33 1 23 45 67 89"))
    assert "called at the number you gave" in text_of(case.mails(ANA)[0])
    assert any("phone: +33 1 23 45 67 89" in text_of(mail) for mail in case.mails(MAX))
    case.ask(MAX, TakeConcern(1))
    assert "+33 1 23 45 67 89" in text_of(case.mails(ANA)[0])


def test_a_customer_who_raises_a_concern_is_no_longer_waited_for(case: TestDesk) -> None:
    case.ask(SAM, Wait(1))
    case.ask(ANA, CONCERN)
    assert case.case().line.state == "open"
    case.mails()
    case.at(TUESDAY + 30 * 24 * HOUR)
    assert case.mails(ANA) == []  # neither reminded nor closed as silent


def test_of_two_concerns_on_merged_cases_each_is_reminded_of_once_and_both_are_taken(case: TestDesk) -> None:
    case.ask(TOM, Open("No delivery either", "It stopped."))
    case.ask(SAM, Reply(2, "We are on it."))
    case.ask(ANA, CONCERN)
    case.at(TUESDAY + HOUR / 6)
    case.ask(TOM, Concern(2, "+33 1 98 76 54 32", "other", "Nor us."))
    case.ask(SAM, Merge(2, into=1))
    case.mails()
    case.at(TUESDAY + HOUR)
    reminded = [text_of(mail) for mail in case.mails(MAX)]
    assert [("98 76 54 32" in text, "23 45 67 89" in text) for text in reminded] == [
        (False, True),
        (True, False),
    ]
    assert "Ana and Tom were told" in done(case.ask(MAX, TakeConcern(1)))
    assert "has taken that concern already" in refused(case.ask(MAX, TakeConcern(1)))
    assert len(case.mails(TOM)) == len(case.mails(ANA)) == 1


def test_a_desk_has_a_duty_manager_for_cases_of_nobody(url: str, tmp_path: Path) -> None:
    config = LADDER.replace("[desk]", '[desk]\nduty_manager = "diana@desk.example"')
    with TestDesk(url, tmp_path, config=config) as desk:
        desk.at(TUESDAY)
        desk.ask(ANA, Open("No delivery", "It stopped."))
        desk.mails()
        desk.ask(ANA, CONCERN)
        assert [mail["To"] for mail in desk.mails() if "Concern:" in mail["Subject"]] == [
            "Diana Director <diana@desk.example>"
        ]


def test_where_no_concern_was_raised_there_is_none_to_take(case: TestDesk) -> None:
    assert "No concern was raised" in refused(case.ask(MAX, TakeConcern(1)))
    case.ask(ANA, CONCERN)
    assert "Only the support team" in refused(case.ask(ANA, TakeConcern(1)))
