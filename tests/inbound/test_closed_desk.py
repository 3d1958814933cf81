"""A closed desk: who is known is served, who is not is answered once and kindly, and nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.commands.browse import Show
from bot.commands.case import Open
from bot.model.identity import Identity, Proof
from bot.model.request import Request
from tests.support.houses.console import in_an_empty_folder, said
from tests.support.houses.desk import CONFIG, TestDesk, refused
from tests.support.houses.house import House, until, words
from tests.support.houses.office import Office
from tests.support.houses.office import said as shown
from tests.support.houses.slack_house import open_form
from tests.support.setup.fixtures import open_on_each_database

__all__ = ["in_an_empty_folder"]

DESK = "support@example.com"
CLOSED = CONFIG.replace("gather = 0\n", 'gather = 0\nopen = false\nlocal_team = "paris@desk.example"\n')
NOBODY: dict[str, Any] = {"trusted_networks": [], "verify": False}
EVE = "Eve <eve@other.example>"

closed = open_on_each_database(House, config=CLOSED)


def test_somebody_unknown_is_told_once_a_week_whom_to_ask_story(closed: House) -> None:
    closed.send(EVE, DESK, "Nothing works", "What now?")
    (told,) = closed.mails("eve@")
    assert told["Subject"] == "We could not open a case for you"
    assert "paris@desk.example" in words(told)
    assert "Nothing works" not in words(told)
    closed.send(EVE, DESK, "Hello?", "Anybody there?")
    assert closed.nothing("eve@")
    assert [line.reason for line in closed.inbox("aside")] == [
        "closed desk: we do not know eve@other.example; they were told so this week",
        "closed desk: we do not know eve@other.example; they were told so",
    ]
    assert not closed.cases()
    closed.pass_time(days=8)
    closed.send(EVE, DESK, "Hello again?", "Anybody there?")
    assert len(closed.mails("eve@")) == 1


def test_whose_account_is_known_and_who_is_known_are_served_as_ever_story(closed: House) -> None:
    closed.send("Ana <ana@acme.example>", DESK, "No delivery", "It stopped.")
    (confirmation,) = closed.mails("ana@")
    assert "CS-000001" in confirmation["Subject"]
    Path("people.csv").write_text("mail,name\neve@other.example,Eve\n")
    said("people", "import", "people.csv")
    closed.send(EVE, DESK, "Nothing works", "What now?")
    (confirmation,) = closed.mails("eve@")
    assert "CS-000002" in confirmation["Subject"]


def test_whom_a_customer_only_proposed_is_still_unknown(closed: House) -> None:
    closed.send("Ana <ana@acme.example>", DESK, "No delivery", "It stopped.")
    (confirmation,) = closed.mails("ana@")
    closed.answer(confirmation, "Ana <ana@acme.example>", "#add eve@other.example")
    assert "The support team decides" in words(closed.mails("ana@")[0])
    closed.send(EVE, DESK, "Nothing works", "What now?")
    (answer,) = closed.mails("eve@")
    assert answer["Subject"] == "We could not open a case for you"


def test_who_was_turned_away_is_let_in_by_a_person_who_requeues(closed: House) -> None:
    closed.send(EVE, DESK, "Nothing works", "What now?")
    closed.mails("eve@")
    assert "1 message waits" in said("inbox", "requeue", str(closed.inbox("aside")[0].id))
    (confirmation,) = closed.mails("eve@")
    assert "CS-000001" in confirmation["Subject"]
    closed.answer(confirmation, EVE, "Thank you for letting me in.")
    assert until(lambda: len(closed.case().entries) == 2)
    closed.send(EVE, DESK, "Another thing", "They know me now.")
    assert "CS-000002" in closed.mails("eve@")[0]["Subject"]


def test_explain_says_who_would_be_turned_away(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, config=CLOSED):
        for sender, told in (
            (EVE, "closed desk: we do not know eve@other.example"),
            ("ana@acme.example", "Open"),
        ):
            Path("one.eml").write_text(
                f"From: {sender}\nTo: {DESK}\nSubject: Hm\nMessage-ID: <1@x.example>\n\nWhat?\n"
            )
            assert told in said("explain", "one.eml")


def test_what_nothing_proves_is_held_and_a_machine_is_told_nothing(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, config=CLOSED, **NOBODY) as house:
        house.send(EVE, DESK, "Nothing works", "What now?")
        assert house.nothing("eve@")
        assert house.case().line.held
    with House(url, tmp_path, config=CLOSED) as house:
        house.send(EVE, DESK, "Report", "All is well.", headers={"Auto-Submitted": "auto-generated"})
        assert house.nothing("eve@")
        assert "a machine wrote" in house.inbox("aside")[0].reason


def test_without_a_local_team_they_are_told_whom_else_to_ask(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, config=CLOSED.replace('local_team = "paris@desk.example"\n', "")) as house:
        house.send(EVE, DESK, "Nothing works", "What now?")
        assert "whoever looks after your account" in words(house.mails("eve@")[0])


def test_who_has_left_is_turned_away_at_an_open_desk_too(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path) as house:
        house.send("Ana <ana@acme.example>", DESK, "No delivery", "It stopped.")
        (confirmation,) = house.mails("ana@")
        Path("people.csv").write_text("mail,role\nana@acme.example,inactive\n")
        said("people", "import", "people.csv")
        house.answer(confirmation, "Ana <ana@acme.example>", "I work elsewhere now, but tell me!")
        (told,) = house.mails("ana@")
        assert "could not open a case" in words(told)
        house.settled()
        assert len(house.case().entries) == 1
        assert house.inbox("aside")[0].reason.startswith("inactive: ana@acme.example is no contact any more")


def test_who_has_left_is_told_no_more_of_their_cases(house: House) -> None:
    for name in ("ana", "tom"):
        house.send(f"{name.title()} <{name}@acme.example>", DESK, "No delivery", "It stopped.")
        house.mails(f"{name}@")
    Path("people.csv").write_text("mail,role\nana@acme.example,inactive\n")
    said("people", "import", "people.csv")
    for number in ("1", "2"):
        said("case", "reply", number, "It runs again.")
    assert "It runs again." in words(house.mails("tom@")[0])
    assert house.nothing("ana@")


def test_whoever_asks_where_they_are_answered_at_once_reads_the_same(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, config=CLOSED) as desk:
        for form in (True, False):
            asked = Request(
                "web", f"n{form}", Identity("email", "eve@other.example"), Proof.LINKED, (Open("Hm", "What?"),),
                datetime.now(UTC), mailbox=DESK, form=form,
            )  # fmt: skip
            words = refused(desk.desk.handle(asked))
            assert "we do not know you yet. Your local service team can help: paris@desk.example." in words


def test_in_slack_the_same_is_said_to_them_alone_story(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_DESK__OPEN", "false")
    monkeypatch.setenv("CASEBOT_DESK__LOCAL_TEAM", "paris@desk.example")
    with Office(url, tmp_path) as office:
        people = office.slack.people
        seen = open_form(people, "noa", "general", "/case new No delivery", text="Since this morning.")
        assert not people.submit("noa", seen.modal.id).errors
        modal = str(people.modal("noa").body)
        assert "paris@desk.example" in modal
        assert "Since this morning." in modal, "what they wrote is not lost"
        asked = people.post("noa", people.open_dm("noa").id, "!new Deal ID 12333: no delivery")
        (answer,) = until(lambda: office.replies(asked))
        assert "paris@desk.example" in shown(answer)
        assert not office.cases()
        assert "closed desk" in office.inbox("aside")[0].reason
        seen = open_form(people, "ana", "acme", "/case new No delivery", text="Her channel is her account's.")
        people.submit("ana", seen.modal.id)
        assert office.cases() == ["CS-000001"]


def test_access_refusals_name_the_team_too(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, more='local_team = "lyon@desk.example"\n') as desk:
        desk.ask("ana@acme.example", Open("No delivery", "It stopped."))
        assert "lyon@desk.example" in refused(desk.ask("tom@acme.example", Show(1)))
        assert "local" not in refused(desk.ask("sam@desk.example", Show(7)))


def test_strangers_of_one_domain_are_told_no_more_than_may_be_written_there(url: str, tmp_path: Path) -> None:
    more = "[limits]\nmails_per_domain = [2, 2]\n"
    with House(url, tmp_path, config=CLOSED, more=more) as house:
        for name in ("eve", "eva", "evi"):
            house.send(f"{name}@other.example", DESK, "Nothing works", "What now?")
        assert len(house.mails("@other.example", count=2)) == 2
        assert until(lambda: len(house.inbox("aside")) == 3)
        assert sum("not told: " in line.reason for line in house.inbox("aside")) == 1
