"""Timers: who is told that an answer is due, and what becomes of a resolved case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.commands.browse import Show
from bot.commands.case import Attach, Close, Open, Reopen, Reply
from bot.commands.house import Due
from bot.commands.people import Take
from bot.model.identity import CLOCK, Identity, Proof
from bot.model.message import Attachment, Said
from bot.model.request import Request
from bot.queries.lists import ListCases
from store.cases import case as cases
from store.cases import timer
from store.cases.case import Case
from tests.support.houses.desk import TestDesk, text_of
from tests.support.setup.fixtures import open_on_each_database

ANA, SAM, MAX = "ana@acme.example", "sam@desk.example", "max@desk.example"
OPEN = Open("No delivery", "The deal has not delivered for 24 hours, and nobody knows why.")
TUESDAY = datetime(2026, 12, 1, 9, tzinfo=UTC)
"""Medium cases that are opened now are due at 17:00: eight hours of the office's nine."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


ONLY_FIRST = "[[service_level]]\n[service_level.next_response]\n[service_level.resolution]\n"
"""Nothing but a first answer is promised."""

desk = open_on_each_database(TestDesk, more=ONLY_FIRST)


def opened(desk: TestDesk, at: datetime = TUESDAY, command: Open = OPEN, who: str = ANA) -> None:
    """A case was opened, and its mails are read."""
    desk.at(at)
    desk.ask(who, command)
    desk.mails()


def stored(desk: TestDesk, number: int = 1) -> Case:
    with desk.app.database.reading() as tx:
        found = cases.get(tx, number)
    assert found
    return found


def waiting(desk: TestDesk, number: int = 1) -> list[str]:
    """The timers that still run on a case."""
    with desk.app.database.reading() as tx:
        return [kind for kind, _ in timer.waiting(tx, number)]


def subjects(desk: TestDesk, to: str = "") -> list[str]:
    return sorted(str(mail["Subject"]).removeprefix("[CS-000001] ") for mail in desk.mails(to))


def test_a_case_that_nobody_answers_is_warned_of_then_overdue_then_the_managers(desk: TestDesk) -> None:
    opened(desk)
    assert stored(desk).first_due_at == TUESDAY + 8 * HOUR
    desk.at(TUESDAY + 5.9 * HOUR)
    assert desk.mails() == []
    desk.at(TUESDAY + 6 * HOUR)
    assert subjects(desk) == ["Answer due: No delivery"] * 2
    desk.at(TUESDAY + 7.9 * HOUR)
    assert desk.mails() == []
    desk.at(TUESDAY + 8 * HOUR)
    assert subjects(desk) == ["Answer overdue: No delivery"] * 2
    desk.at(TUESDAY + DAY)  # nine o'clock: of the two hours that are left, one was worked on Tuesday
    assert desk.mails() == []
    desk.at(TUESDAY + DAY + HOUR)
    assert subjects(desk, MAX) == ["Still no answer: No delivery"]
    assert desk.mails() == []
    desk.at(TUESDAY + 30 * DAY)
    assert desk.mails() == []
    assert desk.history() == ["opened", "reply due", "reply overdue", "manager told"]


def test_the_owner_is_warned_alone_and_it_is_their_manager_who_hears(desk: TestDesk) -> None:
    opened(desk)
    desk.ask(SAM, Take(1))
    desk.mails()
    desk.at(TUESDAY + 6 * HOUR)
    (warning,) = desk.mails()
    assert "sam@" in warning["To"]
    assert "due by 1 Dec 2026, 17:00 UTC" in text_of(warning)
    desk.at(TUESDAY + 8 * HOUR)
    assert [mail["To"] for mail in desk.mails()] == ["Sam Specialist <sam@desk.example>"]
    desk.at(TUESDAY + 2 * DAY)
    (told,) = desk.mails()
    assert "max@" in told["To"]
    assert "and Sam Specialist was told" in text_of(told)


def test_an_answer_stops_the_clock(desk: TestDesk) -> None:
    opened(desk)
    desk.at(TUESDAY + HOUR)
    desk.ask(SAM, Reply(1, "We are on it."))
    assert stored(desk).answered_at == TUESDAY + HOUR
    assert waiting(desk) == []
    desk.mails()
    desk.at(TUESDAY + 30 * DAY)
    desk.ask(SAM, Reply(1, "Done."))
    assert stored(desk).answered_at == TUESDAY + HOUR
    desk.ask(ANA, Reply(1, "And now?"))
    assert waiting(desk) == []


def test_files_are_an_answer_and_a_note_or_the_customers_own_words_are_none(desk: TestDesk) -> None:
    opened(desk)
    desk.ask(ANA, Reply(1, "Hello?"))
    assert stored(desk).answered_at is None
    assert waiting(desk) == ["reply due"]
    file = Attachment("how-to.pdf", "application/pdf", 3, desk.app.files.put([b"abc"])[0])
    desk.ask(SAM, Attach(1), said=Said(attachments=(file,)))
    assert stored(desk).answered_at
    assert waiting(desk) == []


def test_closing_stops_the_clock_and_whoever_was_never_answered_waits_anew_when_it_is_reopened(
    desk: TestDesk,
) -> None:
    opened(desk)
    desk.ask(SAM, Close(1, "not_ours"))
    assert waiting(desk) == ["survey"]
    wednesday = TUESDAY + DAY
    desk.at(wednesday)
    desk.ask(ANA, Reopen(1, "It is yours."))
    assert waiting(desk) == ["reply due"]
    assert stored(desk).first_due_at == wednesday + 8 * HOUR
    desk.ask(SAM, Close(1, "not_ours", "Sorry, it really is not."))
    desk.ask(ANA, Reopen(1, "Please look again."))
    assert waiting(desk) == []


def test_a_customers_own_last_word_is_no_answer(desk: TestDesk) -> None:
    opened(desk)
    desk.ask(ANA, Close(1, "no_longer", "Never mind."))
    desk.ask(ANA, Reopen(1, "No, it is broken."))
    assert stored(desk).answered_at is None
    assert waiting(desk) == ["reply due"]


def test_a_blocker_is_due_at_night_and_a_held_case_never(desk: TestDesk) -> None:
    night = datetime(2026, 12, 5, 23, 30, tzinfo=UTC)
    opened(desk, night, Open("Down", "Everything is down.", priority="Blocker"))
    assert stored(desk).first_due_at == night + HOUR
    desk.at(night + HOUR * 0.75)
    assert subjects(desk, SAM) == ["Answer due: Down", "Nobody to call: Down"]
    desk.ask(ANA, OPEN, proof=Proof.UNPROVEN)
    assert waiting(desk, 2) == []
    assert stored(desk, 2).first_due_at is None


GOLD = """
[[service_level]]
name = "gold"
warn_at = 100
manager_at = 100
[service_level.first_response]
Medium = "30m"
[[account]]
name = "Gold"
domains = ["gold.example"]
service_level = "gold"
"""


def test_an_accounts_service_level_counts_and_standard_for_everybody_else(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, more=GOLD) as desk:
        opened(desk, who="zoe@gold.example")
        opened(desk, who="eve@elsewhere.example")
        assert stored(desk, 1).first_due_at == TUESDAY + 0.5 * HOUR
        assert stored(desk, 2).first_due_at == TUESDAY + 8 * HOUR
        desk.at(TUESDAY + 0.5 * HOUR)
        assert desk.history(1) == [
            "opened",
            "reply overdue",
            "manager told",
        ]  # warned of only at 100 %: never
        assert desk.history(2) == ["opened"]


def test_a_desk_that_was_off_for_a_week_sends_no_stale_warnings(desk: TestDesk) -> None:
    opened(desk)
    desk.at(TUESDAY + 7 * DAY)
    assert subjects(desk, SAM) == ["Answer overdue: No delivery"]
    assert subjects(desk, MAX) == ["Answer overdue: No delivery", "Still no answer: No delivery"]
    assert desk.history() == ["opened", "reply overdue", "manager told"]


def test_customers_read_nothing_of_all_this(desk: TestDesk) -> None:
    opened(desk)
    desk.at(TUESDAY + 7 * DAY)
    desk.ask(ANA, Show(1), explicit=True)
    (transcript,) = desk.mails(ANA)
    assert "opened by" in text_of(transcript)
    assert not {"reply due", "overdue", "manager"} & set(text_of(transcript).lower().split())


def test_a_resolved_case_is_closed_when_the_customer_says_nothing(desk: TestDesk) -> None:
    opened(desk)
    desk.ask(SAM, Close(1, "resolved", "Fixed."))
    desk.mails()
    assert waiting(desk) == ["confirm"]
    desk.at(TUESDAY + 6 * DAY)  # Monday: four business days
    assert desk.case().line.state == "resolved"
    desk.at(TUESDAY + 7 * DAY)
    assert desk.case().line.state == "closed"
    (mail,) = desk.mails()
    assert "ana@" in mail["To"]
    assert mail["Auto-Submitted"]
    assert "5 business days ago" in text_of(mail)
    assert "within 14 days" in text_of(mail)
    assert desk.history()[-1] == "closed"
    assert waiting(desk) == ["survey"]
    desk.at(TUESDAY + 20 * DAY)
    desk.ask(ANA, Reply(1, "It is back."))  # within 14 days of its closing, not of its solution
    assert desk.case().line.state == "open"


@pytest.mark.parametrize("words", [Reopen(1, "No, it is not."), Reply(1, "No, it is not.")])
def test_a_resolved_case_that_is_reopened_stays_open(desk: TestDesk, words: Reopen | Reply) -> None:
    opened(desk)
    desk.ask(SAM, Close(1, "resolved", "Fixed."))
    desk.ask(ANA, words)
    assert waiting(desk) == []
    desk.at(TUESDAY + 30 * DAY)
    assert desk.case().line.state == "open"


def test_a_customer_who_confirms_closes_at_once(desk: TestDesk) -> None:
    opened(desk)
    desk.ask(SAM, Close(1, "resolved", "Fixed."))
    desk.ask(ANA, Close(1))
    assert desk.case().line.state == "closed"
    assert waiting(desk) == ["survey"]


def test_only_the_clock_lets_timers_come_and_it_may_do_nothing_else(desk: TestDesk) -> None:
    opened(desk)
    for who in (ANA, SAM, MAX, "clock"):
        outcome = desk.ask(who, Due(1, kind="reply overdue", timer=1, fence=1), proof=Proof.LINKED)
        assert outcome.answered[0].outcome == "refused"
    commands = (Close(1, "not_ours"), Reply(1, "Hello."), Show(1))
    asked = Request("timer", "x", CLOCK, Proof.LINKED, commands, at=TUESDAY)
    assert {line.outcome for line in desk.desk.handle(asked).answered} == {"refused"}
    assert desk.history() == ["opened"]
    assert desk.mails() == []


def test_the_clock_is_nobody_of_the_staff(desk: TestDesk) -> None:
    opened(desk)
    desk.at(TUESDAY + 8 * HOUR)
    desk.mails()
    desk.ask(ANA, OPEN)
    assert sorted(str(mail["To"]).partition(" ")[0] for mail in desk.mails()) == ["Ana", "Max", "Sam"]
    assert [event.by for event in desk.case().history] == ["Ana", ""]
    assert len(desk.desk.ask(ListCases())) == 2
    assert Identity("clock", "clock") == CLOCK
