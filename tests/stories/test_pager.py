"""Stories of a channel that no module of bot/ has heard of: a pager, installed beside casebot, with groups."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.commands.people import AddPerson
from bot.model.identity import Identity, Proof
from bot.model.request import Request
from bot.people.csv_file import open_file
from bot.people.queries import ShowContact
from bot.reports.period import period
from bot.reports.report import ReportOf
from bot.reports.tables import sheets
from bot.template_check.lint import TemplateLint
from tests.support.houses.console import run, said
from tests.support.houses.desk import CONFIG, config_for
from tests.support.houses.house import House, until, words
from tests.support.pager.site import Pagers, install
from tests.support.setup import databases

DESK = "support@example.com"
SITE = "https://support.example.com"
PAGER = """
places.pager = ["town/acme"]
[pager]
folder = "./pages"
"""
STAFF = CONFIG.replace(
    'mail = "sam@desk.example"\n', 'mail = "sam@desk.example"\naddresses.pager = "town/sam"\n'
)


@pytest.fixture(autouse=True)
def _is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install(monkeypatch, tmp_path / "site-packages")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(databases.sqlite(tmp_path), tmp_path, config=STAFF, more=PAGER) as standing:
        standing.app.desk.pages.begin_with(SITE)
        yield standing


@pytest.fixture
def pagers(house: House) -> Pagers:
    return Pagers(house.folder / "pages")


def speaks_for_somebody(text: str) -> bool:
    """A link or an address that acts as whoever was told it."""
    return bool(re.search(rf"{SITE}/(case|my|upload|solved|survey)/|\+[a-z0-9]{{20,}}@", text))


def test_a_customer_pages_a_specialist_answers_by_mail_and_the_page_shows_it(
    house: House, pagers: Pagers
) -> None:
    pagers.page("ben", "No delivery since noon.")
    confirmation = pagers.next("town/ben")
    assert confirmation["text"].startswith("☎ CS-000001"), "in the pager's own template"
    assert "answer you here." in confirmation["text"]
    (told,) = house.mails("sam@")
    house.answer(told, "sam@desk.example", "#reply The tag was paused. It runs again.")
    answer = pagers.next("town/ben")
    assert "The tag was paused. It runs again." in answer["text"]
    assert answer["to"] == confirmation["to"], "in the same thread"
    pagers.page("ben", "It does, thank you!", thread=answer["to"])
    assert until(lambda: any("It does, thank you!" in words(mail) for mail in house.mails("sam@")))
    case = house.case()
    assert case.line.requester == "Ben"
    assert [entry.channel for entry in case.entries] == ["pager", "email", "pager"]


def test_a_private_talk_has_the_links_that_speak_for_its_person_and_a_group_has_none(
    house: House, pagers: Pagers
) -> None:
    pagers.page("ben", "No delivery since noon.")
    alone = pagers.next("town/ben")
    assert f"☞ {SITE}/case/" in alone["text"]
    assert speaks_for_somebody(alone["answers_to"])
    pagers.page("ana", "Our report is empty.", group="town/acme")
    shared = pagers.next("town/acme")
    assert "CS-000002" in shared["text"]
    assert not speaks_for_somebody(shared["text"])
    assert shared["answers_to"] == DESK
    pagers.page("ana", "!show", thread=shared["to"])
    assert not speaks_for_somebody(str(pagers.next("town/acme")))
    house.settled()
    assert pagers.silent()


def test_a_group_hears_once_what_all_of_it_reads_and_what_is_for_one_alone_goes_there(
    house: House, pagers: Pagers
) -> None:
    pagers.page("ana", "Our report is empty.", group="town/acme")
    thread = pagers.next("town/acme")["to"]
    pagers.page("sam", "!ask CS-000001 Which parameters are in it?")
    question = pagers.next("town/acme")
    assert question["to"] == thread
    assert "Which parameters are in it?" in question["text"]
    assert not speaks_for_somebody(str(question))
    upload = pagers.next("town/ana")
    assert f"{SITE}/upload/" in upload["text"]
    pagers.page("ana", "All of them.", thread=thread)
    assert until(lambda: len(house.case().entries) == 3)
    pagers.page("sam", "!close CS-000001 resolved")
    assert "closed" in pagers.next("town/acme")["text"]


def test_a_group_that_is_no_accounts_own_is_told_nothing(house: House, pagers: Pagers) -> None:
    pagers.page("eve", "Is anybody there?", group="town/market")
    assert "CS-000001" in pagers.next("town/eve")["text"]
    house.settled()
    assert pagers.silent("town/market")


def test_a_specialist_has_an_address_there(house: House, pagers: Pagers) -> None:
    pagers.page("ben", "No delivery since noon.")
    pagers.next("town/ben")
    pagers.page("sam", "!take CS-000001")
    assert "done:" in pagers.next("town/sam")["text"]
    assert house.case().line.owner == "Sam Specialist"
    pagers.page("ben", "!take CS-000001")
    assert "refused:" in pagers.next("town/ben")["text"]


def test_people_of_one_town_are_not_of_one_house_by_that(house: House, pagers: Pagers) -> None:
    pagers.page("eve", "Hello?")
    pagers.next("town/eve")
    pagers.page("ben", "No delivery since noon.")
    pagers.next("town/ben")
    ben, asked = Identity("pager", "town/ben", "Ben"), (AddPerson(2, "pager:town/eve"),)
    outcome = house.app.desk.handle(Request("pager", "x", ben, Proof.LINKED, asked, datetime.now(UTC)))
    assert "The support team decides" in outcome.answered[0].text
    house.settled()
    assert pagers.silent("town/eve")


def test_a_file_of_people_has_a_column_for_it_and_reports_name_it(
    house: House, pagers: Pagers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(house.folder)
    Path("people.csv").write_text(
        "mail,name,Beeper\nben@acme.example,Ben Jones,town/ben\nx@x.example,X,BEN\n"
    )
    imported = run("people", "import", "people.csv")
    assert imported.exit_code == 1
    assert "line 3: “BEN” is no address in Pager: it must look like town/ana" in imported.output
    assert "town/ben" in said("people", "show", "pager:town/ben")
    header, *rows = said("people", "export").splitlines()
    assert header == "mail,name,account,pager,slack,language,phone,role,time_zone"
    assert "ben@acme.example,Ben Jones,Acme,town/ben,,,,contact," in rows
    profiles = house.app.config.profiles
    (ben,) = [row.contact for row in open_file("\n".join([header, *rows]).encode(), profiles).rows()]
    assert ben
    assert ben.identities == (("email", "ben@acme.example"), ("pager", "town/ben"))
    pagers.page("ben", "No delivery since noon.")
    pagers.next("town/ben")
    view = house.ask(ShowContact("ben@acme.example"))
    assert [case.number for case in view.cases] == ["CS-000001"]
    desk = house.app.desk
    days = period("1w", "", now=desk.now(), zone=desk.config.office.zone)
    made = house.ask(ReportOf(desk.config, days, desk.now()))
    (channels,) = [sheet for sheet in sheets(made) if sheet.name == "channels"]
    assert channels.rows == (("Pager", "1"),)


def test_check_names_where_its_messages_come_in(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(house.folder)
    assert "✓ pager folder: " in run("check").output


def test_the_local_team_reads_where_a_customer_is_found(tmp_path: Path) -> None:
    config = STAFF.replace("[desk]\n", '[desk]\nlocal_team = "team@acme.example"\n')
    with House(databases.sqlite(tmp_path), tmp_path, config=config, more=PAGER) as house:
        pagers = Pagers(house.folder / "pages")
        pagers.page("ben", "No delivery since noon.")
        pagers.next("town/ben")
        pagers.page("sam", "!handover CS-000001 It is theirs.")
        (passed_on,) = house.mails("team@")
        assert "Ben (in Pager)" in words(passed_on)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ('[[staff]]\nname = "Kim"\nmail = "kim@desk.example"\naddresses.pager = "KIM"', "must look like town/ana"),
        ('[[staff]]\nname = "Kim"\nmail = "kim@desk.example"\naddresses.pagre = "town/kim"', "did you mean pager?"),
        ('[[account]]\nname = "B"\nplaces.pager = ["market"]', "must look like town/firm"),
        (
            '[[account]]\nname = "B"\nplaces.pager = ["town/b"]\n[pager]\ndesk_group = "b"',
            "pager.desk_group: b is a place of B's (account.places): customers would read along",
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_its_addresses_is_told_in_words(tmp_path: Path, more: str, why: str) -> None:
    with pytest.raises(Exception, match="pager") as told:
        config_for(databases.sqlite(tmp_path), tmp_path, more)
    assert why in str(told.value)


def test_its_templates_are_looked_through_with_the_others(house: House) -> None:
    markups = [profile.markup for profile in house.app.config.profiles.values()]
    assert TemplateLint(markups=markups).mistakes() == []
