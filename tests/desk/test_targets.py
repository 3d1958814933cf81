"""Targets: by when the next answer and the solution are due, what lets their clocks rest, and who is told what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.commands.case import Close, Open, Reopen, Reply
from bot.commands.triage import Accept
from bot.commands.urgency import ChangePriority
from bot.commands.work import AskFor, SetField, Wait
from bot.model.identity import Proof
from bot.queries.card import CardOf, CardView
from tests.desk.test_timers import stored, waiting
from tests.support.houses.desk import TestDesk, done

ANA, SAM, MAX = "ana@acme.example", "sam@desk.example", "max@desk.example"
TUESDAY = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def opened(desk: TestDesk, priority: str = "Medium") -> None:
    """Ana's case, opened on Tuesday at nine."""
    desk.at(TUESDAY)
    desk.ask(ANA, Open("No delivery", "It stopped.", priority=priority))
    desk.mails()


def subjects(desk: TestDesk, to: str = "") -> list[str]:
    return sorted(str(mail["Subject"]).removeprefix("[CS-000001] ") for mail in desk.mails(to))


def test_what_a_customer_writes_after_the_first_answer_is_due_too(desk: TestDesk) -> None:
    opened(desk)
    desk.at(TUESDAY + HOUR)
    desk.ask(SAM, Reply(1, "We are on it."))
    desk.at(TUESDAY + 2 * HOUR)
    desk.ask(ANA, Reply(1, "And?"))
    assert stored(desk).next_due_at == TUESDAY + DAY + 2 * HOUR
    desk.at(TUESDAY + 3 * HOUR)
    desk.ask(ANA, Reply(1, "Hello?"))  # who asks twice waits since the first time
    assert stored(desk).next_due_at == TUESDAY + DAY + 2 * HOUR
    desk.mails()
    desk.at(TUESDAY + DAY)
    assert subjects(desk, SAM) == ["Answer due: No delivery"]
    desk.at(TUESDAY + DAY + 2 * HOUR)
    assert subjects(desk, SAM) == ["Answer overdue: No delivery"]
    desk.ask(SAM, Reply(1, "Here it is."))
    assert stored(desk).next_due_at is None
    assert [kind for kind in waiting(desk) if "reply" in kind] == []


def test_the_solution_is_due_and_the_manager_hears_when_it_does_not_come(desk: TestDesk) -> None:
    opened(desk, "Critical")
    desk.ask(SAM, Reply(1, "We are on it."))
    desk.mails()
    assert stored(desk).resolve_due_at == TUESDAY + 33 * HOUR  # the end of the second business day
    desk.at(TUESDAY + 31 * HOUR)
    assert subjects(desk, SAM) == ["Solution due: No delivery"]
    desk.at(TUESDAY + 2 * DAY)
    assert subjects(desk, SAM) == ["Solution overdue: No delivery"]
    desk.at(TUESDAY + 3 * DAY)
    assert subjects(desk, MAX) == ["Still not solved: No delivery"]
    desk.at(TUESDAY + 30 * DAY)
    assert desk.mails() == []


def test_all_clocks_rest_while_the_customer_is_waited_for(desk: TestDesk) -> None:
    opened(desk, "Critical")
    desk.at(TUESDAY + 2 * HOUR)
    desk.ask(SAM, AskFor(1, "Please send the report."))
    assert stored(desk).state == "waiting"
    assert stored(desk).resolve_due_at is None
    assert waiting(desk) == ["reminder 1"]
    desk.at(TUESDAY + DAY + 5 * HOUR)  # nine of the office's hours and three more later
    desk.ask(ANA, Reply(1, "Here it is."))
    assert stored(desk).state == "open"
    assert stored(desk).resolve_due_at == TUESDAY + 3 * DAY + 3 * HOUR
    assert sorted(waiting(desk)) == ["reply due", "solution due"]


def test_a_case_that_rests_before_anybody_answered_has_what_was_left(desk: TestDesk) -> None:
    opened(desk)
    desk.at(TUESDAY + 6 * HOUR)  # warned: of eight hours two are left
    desk.ask(SAM, Wait(1))
    desk.mails()
    desk.at(TUESDAY + DAY)
    desk.ask(ANA, Reply(1, "I forgot to say: it is deal 12333."))
    assert stored(desk).first_due_at == TUESDAY + DAY + 2 * HOUR
    desk.mails()
    desk.at(TUESDAY + DAY + 2 * HOUR)
    assert subjects(desk, SAM) == ["Answer overdue: No delivery"]  # of the warning they know


def test_another_priority_has_other_targets_and_all_is_told_anew(desk: TestDesk) -> None:
    opened(desk)
    desk.at(TUESDAY + 2 * HOUR)
    desk.ask(SAM, ChangePriority(1, "Critical", "A live deal is hit."))
    assert stored(desk).first_due_at == TUESDAY + 4 * HOUR
    assert stored(desk).resolve_due_at == TUESDAY + 33 * HOUR
    desk.ask(SAM, ChangePriority(1, "Blocker", "All deals are hit."))
    assert stored(desk).first_due_at == TUESDAY + HOUR
    desk.mails()
    desk.at(TUESDAY + 2 * HOUR + timedelta(seconds=1))
    assert "Still no answer: No delivery" in subjects(desk, MAX)


def test_closing_ends_it_all_and_a_reopened_case_begins_anew(desk: TestDesk) -> None:
    opened(desk)
    desk.ask(SAM, Close(1, "resolved", "Fixed."))
    assert waiting(desk) == ["confirm"]
    wednesday = TUESDAY + DAY
    desk.at(wednesday)
    desk.ask(ANA, Reopen(1, "No, it is not."))
    assert stored(desk).next_due_at == wednesday + 9 * HOUR
    assert stored(desk).resolve_due_at == wednesday + 6 * DAY + 9 * HOUR
    desk.ask(SAM, Close(1, "resolved", "Now it is."))
    desk.ask(SAM, Reopen(1, "I was wrong."))  # nobody waits for an answer, but for the solution
    assert waiting(desk) == ["solution due"]


def test_old_mail_that_is_imported_promises_nothing_until_its_customer_writes(desk: TestDesk) -> None:
    desk.at(TUESDAY)
    desk.ask(ANA, Open("No delivery", "It stopped."), quiet=True)
    assert waiting(desk) == []
    desk.ask(ANA, Reply(1, "It did again."))
    assert waiting(desk) == ["reply due"]


def test_what_was_due_stays_known_when_a_case_is_over(desk: TestDesk) -> None:
    opened(desk)
    due = stored(desk).resolve_due_at
    desk.ask(SAM, AskFor(1, "Does it work now?"))
    assert stored(desk).resolve_due_at is None
    desk.ask(SAM, Close(1, "resolved"))
    assert stored(desk).resolve_due_at == due
    desk.ask(SAM, ChangePriority(1, "Low", "One deal only."))
    assert stored(desk).resolve_due_at == due


GOLD = """
[[service_level]]
name = "gold"
[service_level.first_response]
Medium = "1h"
[service_level.resolution]
Medium = "4h"
[[account]]
name = "Gold"
domains = ["gold.example"]
service_level = "gold"
"""


def test_another_requester_is_promised_what_their_account_is_story(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, more=GOLD) as desk:
        opened(desk)
        done(desk.ask(SAM, SetField(1, "requester", "zoe@gold.example")))
        desk.mails()
        assert stored(desk).first_due_at == TUESDAY + HOUR
        desk.at(TUESDAY + 3 * HOUR / 4)
        assert "Answer due: No delivery" in subjects(desk, SAM)


def test_an_answer_to_a_held_case_is_no_answer_to_its_sender(desk: TestDesk) -> None:
    desk.at(TUESDAY)
    desk.ask("eve@other.example", Open("No delivery", "It stopped."), proof=Proof.UNPROVEN)
    desk.ask(SAM, Reply(1, "Which deal is it?"))
    desk.ask(SAM, Accept(1))
    assert "reply due" in waiting(desk)


def test_the_card_says_when_a_solution_is_due_until_there_is_one(desk: TestDesk) -> None:
    """A closed case keeps the moment, for the report."""
    opened(desk)
    due = stored(desk).resolve_due_at
    assert due
    assert card_of(desk).resolve_due_at == due
    desk.ask(SAM, Close(1, "resolved"))
    assert card_of(desk).resolve_due_at is None
    assert stored(desk).resolve_due_at == due
    desk.ask(ANA, Reopen(1, "It is back."))
    assert card_of(desk).resolve_due_at


def card_of(desk: TestDesk) -> CardView:
    view = desk.desk.ask(CardOf(1))
    assert view
    return view
