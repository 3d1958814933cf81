"""Stories of cases that are put away until later, and of what brings them back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.commands.attention import Snooze, Unsnooze
from bot.commands.browse import Queue
from bot.commands.case import Attach, Close, Keep, Open, Reply
from bot.commands.people import AddPerson, Assign, Take
from bot.commands.urgency import Concern
from bot.commands.work import AskFor
from bot.model.case_filter import CaseFilter
from bot.model.message import Attachment, Said
from tests.support.houses.desk import TestDesk, done, refused, text_of

ANA, TOM, SAM, MAX = "ana@acme.example", "tom@acme.example", "sam@desk.example", "max@desk.example"
TUESDAY = datetime(2026, 12, 1, 10, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def case(desk: TestDesk) -> TestDesk:
    """A desk at which Sam has taken and answered Ana's case."""
    desk.at(TUESDAY)
    desk.ask(ANA, Open("No delivery", "It stopped.", priority="Low"))
    desk.ask(SAM, Take(1), Reply(1, "We ship a new version next week."))
    desk.mails()
    return desk


def queued(desk: TestDesk, which: str = "") -> list[str]:
    return [line.number for line in desk.ask(SAM, Queue(CaseFilter(tuple(filter(None, [which]))))).cases]


def test_a_snoozed_case_leaves_the_queue_and_is_back_at_its_time_and_its_owner_is_told_story(
    case: TestDesk,
) -> None:
    words = done(case.ask(SAM, Snooze(1, "until Monday 14:30")))
    assert "out of the queue until Mon 7 Dec 2026, 14:30 UTC" in words
    assert queued(case) == queued(case, "mine") == []
    assert queued(case, "snoozed") == ["CS-000001"]
    case.at(TUESDAY + 6 * DAY + 4 * HOUR)
    assert queued(case) == []
    case.mails()
    case.at(TUESDAY + 6 * DAY + 4.5 * HOUR)
    assert queued(case) == ["CS-000001"]
    (mail,) = case.mails(SAM)
    assert "CS-000001 was snoozed until now: it is in the queue again." in text_of(mail)
    assert case.mails() == []  # nobody else hears of it, above all no customer
    assert case.history().count("woken") == 1


@pytest.mark.parametrize(
    "word",
    [
        Reply(1, "Still nothing."),
        Attach(1),
        Concern(1, text="Nobody answers."),
    ],
    ids=lambda word: type(word).__name__,
)
def test_a_word_of_the_customer_brings_a_snoozed_case_back_at_once_story(
    case: TestDesk, word: Reply | Attach | Concern
) -> None:
    case.ask(SAM, Snooze(1, "3 days"))
    file = Attachment("log.txt", "text/plain", 3, case.app.files.put([b"abc"])[0])
    done(case.ask(ANA, word, said=Said(attachments=(file,) if isinstance(word, Attach) else ())))
    assert queued(case) == ["CS-000001"]
    case.mails()
    case.at(TUESDAY + 5 * DAY)
    assert not [mail for mail in case.mails(SAM) if "snoozed" in text_of(mail)]


def test_an_absence_note_brings_nothing_back(case: TestDesk) -> None:
    case.ask(SAM, Snooze(1, "3 days"))
    case.ask(ANA, Keep(1, "I am away.", "automatic"))
    assert queued(case) == []


def test_a_collaborator_brings_a_snoozed_case_back(case: TestDesk) -> None:
    done(case.ask(ANA, AddPerson(1, TOM)))
    case.ask(SAM, Snooze(1, "3 days"))
    done(case.ask(TOM, Reply(1, "Any news?")))
    assert queued(case) == ["CS-000001"]


def test_a_waiting_case_is_snoozed_and_its_reminders_go_on(case: TestDesk) -> None:
    case.ask(SAM, AskFor(1, "Which deal?"))
    words = done(case.ask(SAM, Snooze(1, "2 weeks")))
    assert "clocks go on" not in words
    case.mails()
    case.at(TUESDAY + 3 * DAY)
    assert "We cannot go on" in text_of(case.mails(ANA)[0])
    case.ask(ANA, Reply(1, "Deal 5."))
    assert queued(case) == ["CS-000001"]


def test_the_clocks_go_on_and_a_missed_target_brings_it_back_story(case: TestDesk) -> None:
    case.ask(ANA, Reply(1, "It has stopped again."))
    words = done(case.ask(SAM, Snooze(1, "1 week")))
    assert "Its clocks go on: something is due" in words
    case.mails()
    case.at(TUESDAY + 2 * DAY - HOUR)
    assert "due" in text_of(case.mails(SAM)[0])  # warned, while it is away
    assert queued(case) == []
    case.at(TUESDAY + 3 * DAY)
    assert queued(case) == ["CS-000001"]


def test_snoozing_anew_replaces_the_time_and_off_brings_it_back(case: TestDesk) -> None:
    case.ask(SAM, Snooze(1, "1 day"))
    case.ask(SAM, Snooze(1, "4 days"))
    case.at(TUESDAY + 2 * DAY)
    assert queued(case) == []
    assert done(case.ask(SAM, Unsnooze(1))) == "CS-000001 is in the queue again."
    assert queued(case) == ["CS-000001"]
    assert refused(case.ask(SAM, Unsnooze(1))) == "CS-000001 is not snoozed."
    case.mails()
    case.at(TUESDAY + 5 * DAY)
    assert not [mail for mail in case.mails(SAM) if "snoozed" in text_of(mail)]


def test_who_is_given_a_snoozed_case_has_it_in_the_queue(case: TestDesk) -> None:
    case.ask(SAM, Snooze(1, "3 days"))
    case.ask(SAM, Assign(1, MAX))
    assert queued(case) == ["CS-000001"]


def test_a_case_of_nobodys_that_is_snoozed_is_the_askers(case: TestDesk) -> None:
    case.ask(ANA, Open("Another", "Words."))
    assert "It is yours now" in done(case.ask(SAM, Snooze(2, "3 days")))
    assert case.case(2).line.owner == "Sam Specialist"


def test_a_closed_case_is_not_snoozed_and_closing_ends_it(case: TestDesk) -> None:
    case.ask(SAM, Snooze(1, "3 days"))
    case.ask(SAM, Close(1))
    assert queued(case, "snoozed") == []
    assert "in no queue" in refused(case.ask(SAM, Snooze(1, "3 days")))


@pytest.mark.parametrize(
    "words", ["blue moon", "yesterday", "2026-11-30", "2026-13-40", "25:00", "0 days", "9999 days"]
)
def test_what_is_no_time_is_answered_with_examples(case: TestDesk, words: str) -> None:
    answer = refused(case.ask(SAM, Snooze(1, words)))
    assert "Examples: Monday" in answer
    assert queued(case) == ["CS-000001"]
