"""Stories of waiting: information is asked for, its customer is reminded, and silence closes the case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.commands.case import Attach, Keep, Open, Reopen, Reply
from bot.commands.people import AddPerson
from bot.commands.triage import Merge
from bot.commands.work import AskFor, SetField, Wait, Workaround
from bot.model.message import Attachment, Said
from store.cases import timer
from tests.support.houses.desk import TestDesk, done, refused, text_of

ANA, TOM, SAM, MAX = "ana@acme.example", "tom@acme.example", "sam@desk.example", "max@desk.example"
TUESDAY = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def case(desk: TestDesk) -> TestDesk:
    """A desk at which Ana has opened a case."""
    desk.at(TUESDAY)
    desk.ask(ANA, Open("No delivery", "It stopped.", type="Delivery", category="Not delivering"))
    desk.mails()
    return desk


def test_information_is_asked_for_and_its_answer_brings_the_case_back(case: TestDesk) -> None:
    done(case.ask(SAM, AskFor(1, "Please send both reports.")))
    (mail,) = case.mails(ANA)
    assert "Please send both reports." in text_of(mail)
    assert "waits for your answer" in text_of(mail)
    assert not mail["Auto-Submitted"]
    assert case.case().line.state == "waiting"
    case.ask(ANA, Reply(1, "Here they are."))
    assert case.case().line.state == "open"
    done(case.ask(SAM, AskFor(1, "And the task ID, please.")))  # as often as it takes
    assert case.case().line.state == "waiting"
    assert case.history().count("information requested") == 2


def test_silence_is_broken_twice_and_then_closes_the_case(case: TestDesk) -> None:
    case.ask(SAM, AskFor(1, "Please send both reports."))
    case.mails()
    case.at(TUESDAY + 3 * DAY)  # Friday
    (first,) = case.mails(ANA)
    assert "We cannot go on" in text_of(first)
    assert "Please send both reports." in text_of(first)
    assert "on 14 Dec 2026" in text_of(first)
    case.at(TUESDAY + 7 * DAY)
    (second,) = case.mails(ANA)
    assert "Once more" in text_of(second)
    assert "on 14 Dec 2026" in text_of(second)
    case.at(TUESDAY + 13 * DAY + 8 * HOUR)
    assert case.mails(ANA) == []
    case.mails()
    case.at(TUESDAY + 13 * DAY + 9 * HOUR)
    (closed,) = case.mails(ANA)
    assert "We have closed CS-000001. Reason: No response." in text_of(closed)
    assert "Nobody answered: the case was closed" in text_of(case.mails(SAM)[0])
    assert case.case().line.state == "closed"
    case.ask(ANA, Reply(1, "Sorry, I was away. Here they are."))
    assert case.case().line.state == "open"


def test_a_desk_that_was_off_for_weeks_gives_its_customers_their_time_anew_story(case: TestDesk) -> None:
    case.ask(SAM, AskFor(1, "Please send both reports."))
    case.mails()
    case.at(TUESDAY + 20 * DAY)  # Monday: the closing was to be a week ago
    (first,) = case.mails(ANA)
    assert "We cannot go on" in text_of(first)
    assert "on 29 Dec 2026" in text_of(first)  # seven business days from now
    case.at(TUESDAY + 22 * DAY)
    (second,) = case.mails(ANA)
    assert "Once more" in text_of(second)
    assert "on 29 Dec 2026" in text_of(second)
    case.at(TUESDAY + 28 * DAY + 8 * HOUR)
    assert case.mails(ANA) == []
    case.at(TUESDAY + 28 * DAY + 9 * HOUR)
    assert "Reason: No response." in text_of(case.mails(ANA)[0])


def test_a_desk_that_was_off_when_the_last_reminder_was_due_closes_nothing_at_once(case: TestDesk) -> None:
    case.ask(SAM, AskFor(1, "Please send both reports."))
    case.at(TUESDAY + 3 * DAY)
    case.mails()
    case.at(TUESDAY + 20 * DAY)
    (second,) = case.mails(ANA)
    assert "Once more" in text_of(second)
    assert "on 25 Dec 2026" in text_of(second)
    assert case.case().line.state == "waiting"


def test_who_was_reminded_in_time_is_closed_when_the_desk_is_back(case: TestDesk) -> None:
    case.ask(SAM, AskFor(1, "Please send both reports."))
    for day in (3, 7, 20):
        case.at(TUESDAY + day * DAY)
    assert case.case().line.state == "closed"


def test_a_desk_that_waits_for_ever_from_now_on_closes_nothing_that_waits(case: TestDesk) -> None:
    case.ask(SAM, AskFor(1, "Please send both reports."))
    case.mails()
    case.app.desk.config.desk.__dict__.update(silent_days=0, remind_days=())
    case.at(TUESDAY + 20 * DAY)
    assert case.mails() == []
    assert case.case().line.state == "waiting"


def test_whoever_answers_is_reminded_no_more(case: TestDesk) -> None:
    case.ask(SAM, AskFor(1, "Please send both reports."))
    case.at(TUESDAY + 2 * DAY)
    case.ask(ANA, Reply(1, "Tomorrow."))
    case.mails()
    case.at(TUESDAY + 20 * DAY)
    assert case.mails(ANA) == []
    assert case.case().line.state == "open"


def test_a_further_word_of_the_desk_gives_a_waiting_customer_their_time_anew(case: TestDesk) -> None:
    case.ask(SAM, Wait(1))
    case.at(TUESDAY + 2 * DAY)
    case.ask(SAM, Reply(1, "By the way, both reports would help."))
    case.mails()
    case.at(TUESDAY + 6 * DAY)  # Monday, two business days after Thursday
    assert case.mails(ANA) == []
    case.at(TUESDAY + 7 * DAY)
    assert "both reports would help" in text_of(case.mails(ANA)[0])


def test_a_reminder_quotes_to_nobody_what_they_may_not_read(case: TestDesk) -> None:
    case.ask(TOM, Open("Ours, too", "It stopped."))
    case.ask(SAM, AskFor(1, "What is wrong with deal 4711?"))
    case.at(TUESDAY + DAY)
    case.ask(SAM, Merge(2, into=1))
    case.mails()
    case.at(TUESDAY + 3 * DAY)
    assert "deal 4711" in text_of(case.mails(ANA)[0])
    assert "deal 4711" not in text_of(case.mails(TOM)[0])


def test_a_desk_may_wait_for_ever(url: str, tmp_path: Path) -> None:
    more = "[[service_level]]\n[service_level.resolution]\n"
    with TestDesk(url, tmp_path, more=more) as desk:
        desk.app.desk.config.desk.__dict__.update(silent_days=0)
        desk.at(TUESDAY)
        desk.ask(ANA, Open("No delivery", "It stopped."))
        desk.ask(SAM, Wait(1))
        desk.mails()
        desk.at(TUESDAY + 100 * DAY)
        assert desk.mails() == []


def test_a_specialist_takes_a_waiting_case_up_again(case: TestDesk) -> None:
    case.ask(SAM, Wait(1))
    assert "waits already" in done(case.ask(SAM, Wait(1)))
    done(case.ask(MAX, Reopen(1)))
    assert case.case().line.state == "open"
    assert case.history()[-1] == "returned to work"


def test_words_that_take_a_waiting_case_up_reach_the_other_customers(case: TestDesk) -> None:
    case.ask(SAM, AddPerson(1, TOM), Wait(1))
    case.mails()
    case.ask(ANA, Reopen(1, "It is worse than we thought."))
    assert "It is worse than we thought." in text_of(case.mails(TOM)[0])
    assert case.case().line.state == "open"
    with case.app.database.reading() as tx:
        assert "reply due" in [kind for kind, _ in timer.waiting(tx, 1)]  # she waits for an answer
    case.ask(SAM, Wait(1))
    case.mails()
    case.ask(SAM, Reopen(1, "We can go on without the report."))
    assert [("without the report" in text_of(mail)) for mail in case.mails(ANA) + case.mails(TOM)] == [
        True,
        True,
    ]


def test_files_alone_are_an_answer_too(case: TestDesk) -> None:
    case.ask(SAM, Wait(1))
    case.at(TUESDAY + 2 * DAY)
    file = Attachment("how-to.pdf", "application/pdf", 3, case.app.files.put([b"abc"])[0])
    case.mails()
    case.ask(SAM, Attach(1), said=Said(attachments=(file,)))
    assert "workaround" not in text_of(case.mails(ANA)[0])
    case.mails()
    case.at(TUESDAY + 6 * DAY)  # the customer's time began anew
    assert case.mails(ANA) == []
    case.ask(TOM, Open("Another", "It stopped as well."))
    case.mails()
    case.ask(SAM, Attach(2), said=Said(attachments=(file,)))
    assert case.case(2).line.state == "open"
    assert case.case(2).line.owner == "Sam Specialist"


def test_a_workaround_is_marked(case: TestDesk) -> None:
    done(case.ask(SAM, Workaround(1, "Pause and resume the deal.")))
    (mail,) = case.mails(ANA)
    assert "This is a workaround" in text_of(mail)
    assert case.history()[-2:] == ["workaround given", "taken"]
    assert case.case().line.state == "open"


def test_what_a_case_says_of_itself_is_set(case: TestDesk) -> None:
    assert "subject is Deal 12333 is late" in done(
        case.ask(SAM, SetField(1, "subject", "Deal 12333 is late"))
    )
    assert "ids is Deal 12333" in done(case.ask(SAM, SetField(1, "ids", "Deal 12333")))
    done(case.ask(SAM, SetField(1, "type", "Reporting")))
    view = case.case()
    assert (view.line.subject, view.type, view.category) == ("Deal 12333 is late", "Reporting", "")
    assert "is no category here" in refused(case.ask(SAM, SetField(1, "category", "Not delivering")))
    done(case.ask(SAM, SetField(1, "category", "Discrepancy")))
    assert case.case().category == "Discrepancy"
    assert "Only the support team" in refused(case.ask(ANA, SetField(1, "type", "Billing")))


def test_a_case_is_given_to_its_true_requester(case: TestDesk) -> None:
    done(case.ask(SAM, SetField(1, "requester", TOM)))
    assert case.case().line.requester == TOM
    assert [mail["To"] for mail in case.mails(TOM)]
    assert ["has made tom@acme.example the contact" in text_of(mail) for mail in case.mails(ANA)] == [True]
    case.ask(SAM, Reply(1, "For both of you."))
    assert sorted(str(mail["To"]) for mail in case.mails() if "acme" in str(mail["To"])) == [
        f"Ana <{ANA}>",
        TOM,
    ]
    assert "on the support team" in refused(case.ask(SAM, SetField(1, "requester", MAX)))


def test_a_reminder_quotes_what_a_person_asked_and_no_absence_note(case: TestDesk) -> None:
    case.ask(SAM, AskFor(1, "What is wrong with deal 4711?"))
    case.ask(SAM, Keep(1, "I am on vacation until Monday.", "automatic"))
    case.mails()
    case.at(TUESDAY + 3 * DAY)
    reminder = text_of(case.mails(ANA)[0])
    assert "deal 4711" in reminder
    assert "vacation" not in reminder
