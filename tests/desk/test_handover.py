"""Out of scope: the customer learns who can help, and with one word their local service team has all of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.commands.case import Close, Note, Open, Reopen, Reply
from bot.commands.house import Bounced
from bot.commands.triage import Spam
from bot.commands.work import Handover
from bot.model.identity import Identity, Proof
from bot.model.request import Request
from bot.queries.lists import ListOutbox
from tests.support.houses.desk import TestDesk, done, refused, text_of
from tests.support.houses.house import House, until, words
from tests.support.houses.office import Office, said
from tests.support.houses.slack_house import open_form

DESK, ANA, TEAM = "support@example.com", "Ana <ana@acme.example>", "lyon@desk.example"
OF_ACME = f'local_team = "{TEAM}"\n'
OPEN = Open("No delivery", "Can you change our own script?")


def case_of_ana(desk: TestDesk) -> None:
    desk.ask("ana@acme.example", OPEN)
    desk.ask("sam@desk.example", Note(1, "Between us. CANARY"))
    desk.ask("sam@desk.example", Reply(1, "Which script is it?"))
    desk.mails()


def test_a_case_is_handed_over_whole_in_one_step_story(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, more=OF_ACME) as house:
        house.send(ANA, DESK, "Our script", "Can you change it?", files={"script.js": b"alert(1)"})
        (confirmation,) = house.mails("ana@")
        house.mails("sam@")
        house.answer(confirmation, ANA, "It is urgent.")
        (to_sam,) = house.mails("sam@")
        house.answer(to_sam, "Sam <sam@desk.example>", "#handover Custom code, we do not touch it.")
        (passed,) = house.mails("lyon@")
        text = words(passed)
        assert "Can you change it?" in text
        assert "Medium · Closed" in text
        assert "It is urgent." in text
        assert "Custom code, we do not touch it." in text
        assert passed["Reply-To"] == ANA
        assert [part.get_filename() for part in passed.iter_attachments()] == ["script.js"]
        told = house.mails("ana@")[-1]
        assert TEAM in words(told)
        assert "nothing for you to repeat" in words(told)
        assert "Custom code" not in words(told), "why is for the team"
        assert house.history()[-2:] == ["closed", "handed over"]
        house.answer(confirmation, ANA, "#show")
        assert "handed over by Sam" in words(house.mails("ana@")[-1])
        assert house.case().close_reason == "out_of_scope"


def test_what_is_internal_or_nobodys_stays(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, more=OF_ACME) as desk:
        case_of_ana(desk)
        desk.ask("eve@other.example", Reply(1, "UNASKED"), proof=Proof.UNPROVEN)
        done(desk.ask("sam@desk.example", Handover(1)))
        (passed,) = desk.mails(TEAM)
        text = text_of(passed)
        assert "Which script is it?" in text
        assert "CANARY" not in text
        assert "UNASKED" not in text
        assert "Auto-Submitted" not in passed


def test_files_that_are_too_large_for_a_mail_are_named(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, more=OF_ACME) as house:
        files = {"big.log": os.urandom(7_100_000), "small.log": b"x"}
        house.send(ANA, DESK, "Our script", "Both are attached.", files=files)
        house.mails("ana@")
        (to_sam,) = house.mails("sam@")
        house.answer(to_sam, "Sam <sam@desk.example>", "#handover")
        (passed,) = house.mails("lyon@")
        assert [part.get_filename() for part in passed.iter_attachments()] == ["small.log"]
        assert "Too large for this mail, and kept here: big.log" in words(passed)


def test_where_there_is_no_team_nothing_is_done_and_it_says_what_to_do(desk: TestDesk) -> None:
    case_of_ana(desk)
    why = refused(desk.ask("sam@desk.example", Handover(1)))
    assert "nothing was changed" in why
    assert "local_team" in why
    assert desk.case().line.state != "closed"


def test_a_colleague_is_no_local_team_and_a_held_case_is_nobodys(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, more=OF_ACME) as desk:
        case_of_ana(desk)
        assert "assign max@desk.example" in refused(
            desk.ask("sam@desk.example", Handover(1, "max@desk.example please"))
        )
        desk.ask("eve@other.example", OPEN, proof=Proof.UNPROVEN)
        assert "Accept it first" in refused(desk.ask("sam@desk.example", Handover(2)))
        assert "Only the support team" in refused(desk.ask("ana@acme.example", Handover(1)))


def test_closing_as_out_of_scope_names_the_team_and_hands_nothing_over(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, more=OF_ACME) as desk:
        case_of_ana(desk)
        desk.ask("sam@desk.example", Close(1, "out_of_scope"))
        (told,) = desk.mails("ana@acme.example")
        assert f"your local service team can help: {TEAM}" in text_of(told)
        assert not desk.mails(TEAM)
        done(desk.ask("sam@desk.example", Handover(1)))
        assert len(desk.mails(TEAM)) == 1


def test_closing_for_another_reason_names_nobody(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, more=OF_ACME) as desk:
        case_of_ana(desk)
        desk.ask("sam@desk.example", Close(1, "as_designed"))
        assert TEAM not in text_of(desk.mails("ana@acme.example")[0])


def test_in_slack_a_customer_without_a_mail_address_is_handed_over_too_story(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_DESK__LOCAL_TEAM", TEAM)
    with Office(url, tmp_path) as office:
        people = office.slack.people
        seen = open_form(people, "noa", "general", "/case new Our script", text="Can you change it?")
        people.submit("noa", seen.modal.id)
        card = office.card()
        people.post("sam", "triage", "A guess. CANARY", thread_ts=card.ts)
        people.post("sam", "triage", "!handover Custom code.", thread_ts=card.ts)
        (passed,) = office.mails("lyon@")
        assert "Noa Nomail (in Slack)" in words(passed)
        assert "please get in touch there" in words(passed)
        assert "CANARY" not in words(passed)
        talk = people.open_dm("noa")
        assert until(
            lambda: [m for root in office.messages(talk.id) for m in office.replies(root) if TEAM in said(m)]
        )
        office.in_thread(f"handed the case over to {TEAM}")


def test_a_team_that_cannot_be_reached_is_told_to_the_desk(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, more=OF_ACME) as desk:
        case_of_ana(desk)
        desk.ask("sam@desk.example", Handover(1))
        line = next(one for one in desk.desk.ask(ListOutbox(limit=100)) if one.notice == "passed on")
        asked = Request(
            "email", "b1", Identity("clock", "clock"), Proof.LINKED,
            (Bounced(line.id, "failed", "5.1.1 user unknown"),), desk.desk.now(),
        )  # fmt: skip
        desk.mails()
        desk.desk.handle(asked)
        assert "could not be delivered to lyon@desk.example" in text_of(desk.mails("sam@desk.example")[0])


def test_spam_goes_to_nobody_and_a_case_is_handed_over_once(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, more=OF_ACME) as desk:
        case_of_ana(desk)
        desk.ask("sam@desk.example", Spam(1))
        assert "closed as spam" in refused(desk.ask("sam@desk.example", Handover(1)))
        assert not desk.mails(TEAM)
        desk.ask("sam@desk.example", Reopen(1))
        done(desk.ask("ana@acme.example", Reply(1, "It was no spam.")))
        done(desk.ask("sam@desk.example", Handover(1)))
        assert "handed over already" in refused(desk.ask("sam@desk.example", Handover(1)))
        assert len(desk.mails(TEAM)) == 1
