"""Stories of urgency: a customer asks for another priority, a specialist decides, a Blocker needs somebody to call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.commands.browse import Queue
from bot.commands.case import Close, Open, Reply
from bot.commands.people import AddPerson
from bot.commands.triage import Merge
from bot.commands.urgency import ChangePriority, DecidePriority, NameContact
from bot.model.case_filter import CaseFilter
from tests.support.houses.desk import TestDesk, done, refused, text_of

ANA, TOM, SAM, MAX = "ana@acme.example", "tom@acme.example", "sam@desk.example", "max@desk.example"
TUESDAY = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def case(desk: TestDesk) -> TestDesk:
    """A desk at which Ana has a Medium case that Sam has answered."""
    desk.at(TUESDAY)
    desk.ask(ANA, Open("No delivery", "It stopped."))
    desk.ask(SAM, Reply(1, "We are on it."))
    desk.mails()
    return desk


def test_a_customer_asks_for_a_priority_and_a_specialist_grants_it(case: TestDesk) -> None:
    words = done(case.ask(ANA, ChangePriority(1, "Critical", "The live deal has stopped.")))
    assert "A specialist decides" in words
    assert case.case().line.priority == "Medium"
    (mail,) = case.mails(SAM)
    assert "Critical?" in mail["Subject"]
    assert "The live deal has stopped." in text_of(mail)
    assert "#grant why" in text_of(mail)
    done(case.ask(SAM, DecidePriority(1, True, "A live deal is hit.")))
    assert case.case().line.priority == "Critical"
    (mail,) = case.mails(ANA)
    assert "from Medium to Critical" in text_of(mail)
    assert "A live deal is hit." in text_of(mail)
    assert case.history()[-3:] == ["priority requested", "priority granted", "priority changed"]
    assert "Nobody waits" in refused(case.ask(SAM, DecidePriority(1, False, "No.")))


def test_a_request_is_declined_with_its_reason(case: TestDesk) -> None:
    case.ask(ANA, ChangePriority(1, "Blocker", "It hurts."))
    assert "say why: decline reason" in refused(case.ask(SAM, DecidePriority(1, False)))
    done(case.ask(SAM, DecidePriority(1, False, "One deal is hit, others deliver.")))
    assert case.case().line.priority == "Medium"
    (mail,) = case.mails(ANA)
    assert "stays Medium" in text_of(mail)
    assert "One deal is hit" in text_of(mail)
    assert case.history()[-1] == "priority declined"


def test_a_request_needs_a_justification_and_another_priority(case: TestDesk) -> None:
    assert "say why" in refused(case.ask(ANA, ChangePriority(1, "Critical")))
    assert "is Medium already" in refused(case.ask(ANA, ChangePriority(1, "Medium", "Because.")))
    assert "priority" not in " ".join(case.history())
    assert case.mails(ANA) == []
    assert "Because." in text_of(case.mails(SAM)[0])  # what was said along with it is not lost


def test_a_request_on_a_closed_case_reopens_it(case: TestDesk) -> None:
    case.ask(SAM, Close(1, "resolved", "Fixed."))
    case.mails()
    done(case.ask(ANA, ChangePriority(1, "Critical", "It is back, and worse.")))
    assert case.case().line.state == "open"
    assert case.history()[-2:] == ["reopened", "priority requested"]


def test_only_specialists_decide_and_strangers_see_nothing(case: TestDesk) -> None:
    assert "Only the support team" in refused(case.ask(ANA, DecidePriority(1, True, "Mine.")))
    assert "is not a case" in refused(case.ask("eve@x.example", ChangePriority(1, "Low", "x")))
    assert case.case().line.priority == "Medium"


def test_a_specialist_changes_the_priority_with_a_reason_and_the_customer_hears_it(case: TestDesk) -> None:
    assert "say why" in refused(case.ask(SAM, ChangePriority(1, "Low")))
    done(case.ask(SAM, ChangePriority(1, "Low", "There is a workaround.")))
    (mail,) = case.mails(ANA)
    assert "There is a workaround." in text_of(mail)
    assert not mail["Auto-Submitted"], "it has a person's words"


def test_a_blocker_without_a_contact_is_asked_for_one_and_a_person_may_lower_it(desk: TestDesk) -> None:
    desk.at(TUESDAY)
    desk.ask(ANA, Open("Down", "All is down.", priority="Blocker"))
    desk.mails()
    desk.at(TUESDAY + 0.5 * HOUR)
    (asked,) = desk.mails(ANA)
    assert "call at any time, day and night" in text_of(asked)
    assert "may treat it as Critical" in text_of(asked)
    told = [mail for mail in desk.mails(SAM) if "Nobody to call" in mail["Subject"]]
    assert "#priority Critical: no technical contact" in text_of(told[0])
    assert desk.case().line.priority == "Blocker"  # no timer lowers anything
    desk.ask(SAM, ChangePriority(1, "Critical", "No technical contact was named."))
    assert desk.case().line.priority == "Critical"


def test_a_contact_that_is_named_is_kept_and_a_number_that_is_none_is_asked_again(desk: TestDesk) -> None:
    desk.at(TUESDAY)
    desk.ask(ANA, Open("Down", "All is down.", priority="Blocker"))
    desk.mails()
    assert "country code" in refused(desk.ask(ANA, NameContact(1, "call me")))
    done(desk.ask(ANA, NameContact(1, "+33 1 23 45 67 89", "Tom Silva")))
    assert "Tom Silva, +33 1 23 45 67 89" in text_of(desk.mails(SAM)[0])
    desk.at(TUESDAY + HOUR)
    assert desk.mails(ANA) == []
    desk.ask(SAM, ChangePriority(1, "Critical", "Only one deal."))
    desk.ask(SAM, ChangePriority(1, "Blocker", "All again."))
    assert "whom" not in text_of(desk.mails(ANA)[-1]).lower()


def test_what_is_most_urgent_stands_first_in_the_queue(case: TestDesk) -> None:
    case.ask(ANA, Open("Question", "How?", priority="Low"))
    case.ask(ANA, Open("Down", "All is down.", priority="Blocker"))
    case.ask(TOM, Open("Late", "It is late."))
    outcome = case.ask(SAM, Queue())
    assert [line.subject for line in outcome.cases] == ["Down", "Late", "No delivery", "Question"]
    assert "No delivery" not in [
        line.subject for line in case.ask(SAM, Queue(CaseFilter(("unassigned",)))).cases
    ]
    assert [line.subject for line in case.ask(SAM, Queue(CaseFilter(("mine",)))).cases] == ["No delivery"]
    assert case.ask(SAM, Queue(CaseFilter(("concerns",)))).cases == ()
    assert "Only the support team" in refused(case.ask(ANA, Queue()))


def test_a_wish_that_a_merger_has_met_already_is_nothing_to_decide(case: TestDesk) -> None:
    case.ask(ANA, Open("Late", "It is late.", priority="Critical"))
    case.ask(ANA, ChangePriority(1, "Critical", "A live deal has stopped."))
    case.ask(SAM, Merge(1, 2))
    assert "is Critical already" in refused(case.ask(SAM, DecidePriority(2, True, "Yes.")))
    assert "Nobody waits" in refused(case.ask(SAM, DecidePriority(2, True, "Yes.")))


def test_a_decision_is_about_the_wish_that_was_seen(case: TestDesk) -> None:
    case.ask(ANA, ChangePriority(1, "Critical", "A live deal has stopped."))
    case.ask(ANA, ChangePriority(1, "Blocker", "All of them have."))
    why = refused(case.ask(SAM, DecidePriority(1, True, "Yes.", wanted="Critical")))
    assert "asks for Blocker by now" in why
    assert case.case().line.priority == "Medium"
    done(case.ask(SAM, DecidePriority(1, True, "Yes.", wanted="Blocker")))
    assert case.case().line.priority == "Blocker"


def test_who_is_declined_leaves_another_persons_wish_to_be_decided_story(case: TestDesk) -> None:
    case.ask(SAM, AddPerson(1, TOM))
    case.ask(ANA, ChangePriority(1, "Critical", "A live deal has stopped."))
    case.ask(TOM, ChangePriority(1, "Blocker", "All of them have."))
    case.mails()
    done(case.ask(SAM, DecidePriority(1, False, "Others deliver.")))
    assert "Blocker" in text_of(case.mails(TOM)[0])
    done(case.ask(SAM, DecidePriority(1, True, "That deal is live.")))
    assert case.case().line.priority == "Critical"


def test_of_a_priority_that_is_no_longer_listed_it_is_still_asked_why(url: str, tmp_path: Path) -> None:
    """The operator has renamed the priorities meanwhile; the case has an old one."""
    with TestDesk(url, tmp_path) as desk:
        desk.ask(ANA, Open("No delivery", "It stopped."))
    listed = '[lists]\npriorities = ["Urgent", "Normal"]\ndefault_priority = "Normal"\n'
    with TestDesk(url, tmp_path, more=listed) as desk:
        assert desk.case().line.priority == "Medium"
        assert "say why: priority Normal:" in refused(desk.ask(ANA, ChangePriority(1, "Normal"), key="asks"))
        done(desk.ask(SAM, ChangePriority(1, "Normal", "It is as usual."), key="sets"))
        assert desk.case().line.priority == "Normal"
