"""Ways back: what is said to an old case, who asks for their cases, and who is let in again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.commands.browse import My
from bot.commands.case import Close, Open, Reopen, Reply
from bot.commands.people import AddPerson, Assign
from bot.commands.triage import Accept, Spam
from bot.commands.work import SetField
from bot.model.identity import Proof
from bot.people.csv_file import open_file
from bot.people.importer import PeopleImport
from store.people import blocked_sender
from tests.support.houses.desk import TestDesk, done, refused, text_of

ANA, TOM, EVE = "ana@acme.example", "tom@acme.example", "eve@other.example"
SAM, MAX = "sam@desk.example", "max@desk.example"
TUESDAY = datetime(2026, 12, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def opened(desk: TestDesk, subject: str = "No delivery") -> None:
    desk.ask(ANA, Open(subject, "It stopped."))
    desk.mails()


def test_all_that_is_said_to_an_old_case_goes_to_one_new_one_story(desk: TestDesk) -> None:
    desk.at(TUESDAY)
    opened(desk)
    desk.ask(SAM, Close(1, "as_designed"))
    desk.at(TUESDAY + 20 * DAY)
    assert "CS-000002" in done(desk.ask(ANA, Reply(1, "Again it does not deliver.")))
    assert done(desk.ask(ANA, Reply(1, "Hello?"))) == "Your message was added to CS-000002."
    assert [entry.text for entry in desk.case(2).entries] == ["Again it does not deliver.", "Hello?"]
    desk.ask(SAM, Close(2, "as_designed"))
    desk.at(TUESDAY + 50 * DAY)
    assert "CS-000003" in done(desk.ask(ANA, Reply(1, "And again.")))


def test_an_open_case_is_listed_however_many_are_closed(desk: TestDesk) -> None:
    desk.at(TUESDAY)
    opened(desk, "The one that is open")
    desk.at(TUESDAY + DAY)
    for number in range(2, 110):
        desk.ask(ANA, Open(f"Another {number}", "Text."))
        desk.ask(ANA, Close(number))
    outcome = desk.ask(ANA, My())
    assert done(outcome) == "You have 1 open case."
    assert [line.subject for line in outcome.cases] == ["The one that is open"]
    assert done(desk.ask(ANA, My("all"))) == "You have 109 cases."


def test_what_somebody_else_wrote_in_her_name_is_not_sent_to_her_story(desk: TestDesk) -> None:
    opened(desk)
    desk.ask(ANA, Open("WIN A PRIZE", "http://evil.example"), proof=Proof.UNPROVEN)
    outcome = desk.ask(ANA, My())
    assert [line.number for line in outcome.cases] == ["CS-000001"]


def test_spam_that_is_opened_again_was_none(desk: TestDesk) -> None:
    opened(desk)
    desk.ask(SAM, Spam(1))
    desk.ask(SAM, Reopen(1))
    with desk.app.database.reading() as tx:
        assert blocked_sender.find(tx, "email", ANA) is None


def test_a_specialist_says_better_why_a_resolved_case_is_closed(desk: TestDesk) -> None:
    opened(desk)
    desk.ask(SAM, Close(1, "resolved"))
    assert "Not ours" in done(desk.ask(SAM, Close(1, "not_ours")))
    assert (desk.case().line.state, desk.case().close_reason) == ("closed", "not_ours")
    assert done(desk.ask(SAM, Close(1, "duplicate"))) == "CS-000001 was closed already."


def test_who_loses_a_case_to_a_colleague_hears_of_it(url: str, tmp_path: Path) -> None:
    kim = '[[staff]]\nname = "Kim"\nmail = "kim@desk.example"\n'
    with TestDesk(url, tmp_path, more=kim) as desk:
        opened(desk)
        desk.ask(SAM, Assign(1, SAM))
        desk.mails()
        desk.ask(MAX, Assign(1, "kim@desk.example"))
        assert any("handed it to Kim" in text_of(mail) for mail in desk.mails(SAM))


def test_our_own_address_is_nobodys_case(desk: TestDesk) -> None:
    opened(desk)
    assert "our own address" in refused(desk.ask(SAM, SetField(1, "requester", "support@example.com")))


def test_who_left_comes_back_by_an_import_alone(desk: TestDesk) -> None:
    opened(desk)
    desk.ask(TOM, Open("Late", "It is late."))
    left = open_file(b"mail,role\ntom@acme.example,inactive\n")
    parts = (desk.app.config, desk.app.database, desk.app.writer)
    PeopleImport(*parts, usual="", now=desk.desk.now).run(left, lambda number: None)
    assert "no contact any more" in refused(desk.ask(SAM, AddPerson(1, TOM)))
    assert "no contact any more" in refused(desk.ask(SAM, SetField(1, "requester", TOM)))
    desk.ask(TOM, Open("Let me in", "Please."), proof=Proof.UNPROVEN)
    assert "no contact any more" in refused(desk.ask(SAM, Accept(3)))
