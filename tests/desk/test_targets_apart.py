"""What runs on a case that is merged, parted again or split: clocks, pauses, reminders, wishes and concerns."""

from __future__ import annotations

from typing import Any

from bot.commands.case import Close, Open, Reopen, Reply
from bot.commands.triage import Merge, Split, Unmerge
from bot.commands.urgency import ChangePriority, Concern, DecidePriority, TakeConcern
from bot.commands.work import AskFor
from store.cases import sla_pause
from tests.desk.test_targets import ANA, DAY, HOUR, MAX, SAM, TUESDAY, opened, stored, waiting
from tests.support.houses.desk import TestDesk, done, text_of


def pauses(desk: TestDesk) -> list[Any]:
    """In which the case waits now."""
    with desk.app.database.reading() as tx:
        return [one for one in sla_pause.since(tx, 1, TUESDAY - DAY) if one[1] is None]


def test_what_waits_when_it_is_merged_waits_on_when_it_is_parted_again(desk: TestDesk) -> None:
    opened(desk)
    desk.ask(ANA, Open("No delivery again", "It stopped again."))
    desk.ask(SAM, AskFor(1, "Please send the report."))
    desk.at(TUESDAY + HOUR)
    desk.ask(SAM, Merge(1, 2))
    desk.at(TUESDAY + DAY)
    desk.ask(SAM, Unmerge(1))
    desk.mails()
    desk.at(TUESDAY + 3 * DAY)
    desk.ask(ANA, Reply(1, "Here it is."))
    assert (
        stored(desk).resolve_due_at == TUESDAY + 9 * DAY + 9 * HOUR
    )  # of the three days nothing was worked on it


def test_whoever_is_waited_for_has_their_time_anew_when_their_case_is_by_itself_again(desk: TestDesk) -> None:
    opened(desk)
    desk.ask(ANA, Open("No delivery again", "It stopped again."))
    desk.ask(SAM, AskFor(1, "Please send the report."), Merge(1, 2))
    desk.at(TUESDAY + 20 * DAY)  # Monday
    desk.ask(SAM, Unmerge(1))
    desk.mails()
    desk.at(TUESDAY + 20 * DAY + HOUR)
    assert stored(desk).state == "waiting"
    assert [mail for mail in desk.mails(ANA) if "CS-000001" in mail["Subject"]] == []
    desk.at(TUESDAY + 23 * DAY)  # Thursday
    (reminder,) = [mail for mail in desk.mails(ANA) if "CS-000001" in mail["Subject"]]
    assert "1 Jan 2027" in text_of(reminder)


def test_words_and_a_merging_in_one_mail_leave_one_pause_when_it_is_undone(desk: TestDesk) -> None:
    opened(desk)
    desk.ask(ANA, Open("No delivery again", "It stopped again."))
    desk.ask(SAM, AskFor(1, "Please send the report."))
    desk.at(TUESDAY + 3 * HOUR)
    desk.ask(SAM, Reply(1, "See the other one."), Merge(1, 2))
    desk.at(TUESDAY + 4 * HOUR)
    desk.ask(SAM, Unmerge(1))
    assert len(pauses(desk)) == 1
    desk.at(TUESDAY + 8 * HOUR)
    desk.ask(ANA, Reply(1, "Here it is."))
    assert pauses(desk) == []
    assert stored(desk).resolve_due_at == TUESDAY + 7 * DAY + 8 * HOUR  # all eight hours were waited for her


def test_a_case_that_was_taken_up_and_merged_in_one_mail_does_not_rest_when_that_is_undone(
    desk: TestDesk,
) -> None:
    opened(desk)
    desk.ask(ANA, Open("No delivery again", "It stopped again."))
    desk.ask(SAM, AskFor(1, "Please send the report."))
    desk.at(TUESDAY + 3 * HOUR)
    desk.ask(SAM, Reopen(1), Merge(1, 2))
    desk.ask(SAM, Unmerge(1))
    assert stored(desk).state == "open"
    assert pauses(desk) == []
    assert waiting(desk) == ["solution due"]


def test_who_asks_about_another_matter_waits_on_the_case_that_it_becomes(desk: TestDesk) -> None:
    opened(desk)
    desk.ask(SAM, Reply(1, "It runs again."), Close(1, "resolved"), at=TUESDAY)
    desk.at(TUESDAY + HOUR)
    desk.ask(ANA, Reply(1, "Good. And who sends our invoices?"), at=TUESDAY + HOUR)
    assert "reply due" in waiting(desk)
    done(desk.ask(SAM, Split(1, desk.case().entries[-1].name)))
    assert "reply due" not in waiting(desk)
    assert (stored(desk).asked_at, stored(desk).next_due_at) == (None, None)
    assert stored(desk, 2).first_due_at == TUESDAY + 9 * HOUR


def test_of_two_questions_the_other_is_still_due_when_one_becomes_a_case(desk: TestDesk) -> None:
    opened(desk)
    desk.ask(SAM, Reply(1, "We are on it."), at=TUESDAY)
    for hour in (1, 2):
        desk.at(TUESDAY + hour * HOUR)
        desk.ask(ANA, Reply(1, f"Question {hour}?"), at=TUESDAY + hour * HOUR)
    first, second = desk.case().entries[-2:]
    done(desk.ask(SAM, Split(1, second.name)))
    assert stored(desk).next_due_at == TUESDAY + DAY + HOUR
    done(desk.ask(SAM, Merge(2, 1)))
    done(desk.ask(SAM, Split(1, first.name)))
    assert stored(desk).next_due_at == TUESDAY + DAY + 2 * HOUR


def test_a_concern_and_a_request_go_along_into_another_case(desk: TestDesk) -> None:
    opened(desk)
    desk.ask(ANA, Open("No delivery again", "It stopped again."))
    desk.ask(ANA, Concern(1, "", "", "Nobody answers."))
    desk.ask(ANA, ChangePriority(1, "Critical", "It is a live deal."))
    desk.ask(SAM, Merge(1, 2))
    done(desk.ask(MAX, TakeConcern(2)))
    done(desk.ask(SAM, DecidePriority(2, False, "One deal only.")))
    desk.mails()
    desk.at(TUESDAY + 2 * HOUR)
    assert [mail for mail in desk.mails(MAX) if "Concern" in mail["Subject"]] == []


def test_whoever_may_say_that_it_is_not_solved_has_their_time_anew_too(desk: TestDesk) -> None:
    opened(desk)
    desk.ask(ANA, Open("No delivery again", "It stopped again."))
    desk.ask(SAM, Close(1, "resolved"))
    desk.ask(SAM, Merge(1, 2))
    desk.at(TUESDAY + 20 * DAY)
    desk.ask(SAM, Unmerge(1))
    desk.at(TUESDAY + 21 * DAY)
    assert stored(desk).state == "resolved"
    desk.at(TUESDAY + 28 * DAY)
    assert stored(desk).state == "closed"
