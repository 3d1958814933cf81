"""What came due while a desk lay in its backup: customers get their time back, the desk hears at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from bot.commands.case import Open
from bot.commands.work import AskFor
from bot.desk.handlers.deadlines import restored_timers
from tests.support.houses.desk import TestDesk, text_of
from tests.support.houses.desk_process import DeskProcess, patient

DAY = timedelta(days=1)
TUESDAY = datetime(2026, 12, 1, 9, tzinfo=UTC)
ANA, SAM = "ana@acme.example", "sam@desk.example"


@pytest.fixture
def restored(tmp_path: Path) -> DeskProcess:
    """A desk brought back from a backup of nine days ago: it waits for Ana since twelve, has answered Ben never."""
    old = DeskProcess(tmp_path / "old", f"sqlite:///{tmp_path}/old/casebot.db")
    now = datetime.now(UTC).replace(hour=12)
    for ago, words in (
        (12, ("case", "new", "--as", ANA, "No delivery")),
        (12, ("case", "new", "--as", "ben@acme.example", "No invoice")),
        (12, ("case", "ask", "1", "--as", SAM, "Which order?")),
        (9, ("backup", str(tmp_path / "desk.tar"))),
    ):
        with time_machine.travel(now - ago * DAY):
            old.casebot(*words)
    old.casebot("restore", str(tmp_path / "desk.tar"), "--to", str(tmp_path / "new"))
    return DeskProcess(tmp_path / "new")


def test_customers_are_not_sent_what_came_due_in_a_week_away_and_the_desk_is_told(
    restored: DeskProcess,
) -> None:
    says = restored.casebot("release", "--drop")
    assert re.search("reminders, closings and surveys: 1, put off by the [89] days since the backup", says)
    assert "came due meanwhile: 2. Your people hear of them now" in says
    with restored:
        mails = patient(lambda: [mail.read_bytes() for mail in restored.sent()])
    assert [mail for mail in mails if b"To: ana@" in mail or b"To: ben@" in mail] == []
    assert b"CS-000002" in mails[0]
    assert "waiting" in restored.casebot("case", "show", "1")


def test_what_was_put_off_comes_in_working_hours_and_counts_anew(desk: TestDesk) -> None:
    desk.at(TUESDAY)
    desk.ask(ANA, Open("No delivery", "It stopped."))
    desk.ask(SAM, AskFor(1, "Which order?"))
    desk.mails()
    released_at = TUESDAY + 10 * DAY
    with desk.app.database.writing() as tx:  # as the operator's process does, which is no running desk
        calendar = desk.app.config.office
        timers = restored_timers.release(tx, calendar, since=TUESDAY + DAY, now=released_at)
    assert timers.postponed == 1
    desk.at(TUESDAY + 12 * DAY)  # a Sunday
    assert desk.mails(ANA) == []
    desk.at(TUESDAY + 13 * DAY + DAY / 24)
    (reminder,) = desk.mails(ANA)
    assert "We cannot go on" in text_of(reminder)
    assert "on 23 Dec 2026" in text_of(reminder)  # seven business days from now
