"""Everybody reads their own time around a clock change: a desk in Berlin, Ana in Tokyo, Ben's account in New York."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli.main import casebot
from bot.commands.case import Open, Reply
from store.queues import claim
from tests.support.houses.browser import WebHouse, case_link, get, page_link
from tests.support.houses.desk import CONFIG, TestDesk, text_of
from tests.support.houses.house import words
from tests.support.houses.office import Office
from tests.support.setup.chromium import chromium

DESK = "support@example.com"
ANA, BEN, CARL, SAM = "ana@tokyo.example", "ben@acme.example", "carl@home.example", "sam@desk.example"
PLACES = """
[[calendar]]
name = "office"
time_zone = "Europe/Berlin"
[[account]]
name = "Big Apple"
domains = ["apple.example"]
time_zone = "America/New_York"
"""
PEOPLE = (
    "mail,name,account,Zeitzone\n"
    f"{ANA},Ana Sato,,Asia/Tokyo\n{BEN},Ben Miller,Big Apple,\n{CARL},Carl Weber,,\n"
)
OWN_TIME = {"src": "../time.js", "defer": ""}
SUMMER, WINTER = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
"""Half past two in Berlin, twice: the clocks are put back between them."""


class Desk(WebHouse):
    """The house, and its command line."""

    def command(self, *typed: str, code: int = 0) -> str:
        result = CliRunner().invoke(
            casebot, ["--config", str(self.folder / "config.toml"), *typed], prog_name="casebot"
        )
        assert result.exit_code == code, result.output
        return result.output

    def take_in(self, people: str, code: int = 0) -> str:
        (self.folder / "people.csv").write_text(people)
        return self.command("people", "import", str(self.folder / "people.csv"), code=code)

    def stand_at(self, moment: datetime) -> None:
        self.app.desk.clock.read = lambda: moment


@pytest.fixture
def house(url: str, tmp_path: Path) -> Iterator[Desk]:
    with Desk(url, tmp_path, more=PLACES) as standing:
        standing.take_in(PEOPLE)
        standing.stand_at(SUMMER)
        yield standing


def opened(house: Desk, who: str, text: str = "It does not start. Please help us.") -> Any:
    house.send(who, DESK, "It does not start", text)
    (mail,) = house.mails(who)
    return mail


def moments(text: str) -> list[str]:
    """The moments within a text, as people read them."""
    return re.findall(r"\d{1,2}\.? \w+\.? 2026, \d\d:\d\d(?: Uhr)? [A-Z][\w+:-]*", " ".join(text.split()))


def of_list(house: Desk, who: str) -> list[str]:
    """The moments in the list of somebody's own cases."""
    house.send(who, DESK, "My cases", "#my")
    (mail,) = house.mails(who)
    return moments(words(mail))


@pytest.mark.parametrize(
    ("who", "summer", "winter"),
    [
        (ANA, "25 Oct 2026, 09:30 JST", "25 Oct 2026, 10:30 JST"),
        (BEN, "24 Oct 2026, 20:30 EDT", "24 Oct 2026, 21:30 EDT"),
        (CARL, "25 Oct 2026, 02:30 CEST", "25 Oct 2026, 02:30 CET"),
    ],
    ids=["their own", "their account's", "the desk's"],
)
def test_everybody_reads_their_own_time_by_mail_story(
    house: Desk, who: str, summer: str, winter: str
) -> None:
    opened(house, who)
    assert of_list(house, who) == [summer]
    house.stand_at(WINTER)
    opened(house, who)
    assert sorted(of_list(house, who)) == sorted([summer, winter])


def test_somebody_of_an_account_whom_nobody_took_in_reads_its_time_story(house: Desk) -> None:
    opened(house, "dora@apple.example")
    assert of_list(house, "dora@apple.example") == ["24 Oct 2026, 20:30 EDT"]


def test_a_page_says_each_readers_own_time_without_a_script_story(house: Desk) -> None:
    mails = {who: opened(house, who) for who in (ANA, BEN, CARL)}
    pages = {who: get(case_link(mail)) for who, mail in mails.items()}
    assert {who: set(moments(page.words)) for who, page in pages.items()} == {
        ANA: {"25 Oct 2026, 09:30 JST"},
        BEN: {"24 Oct 2026, 20:30 EDT"},
        CARL: {"25 Oct 2026, 02:30 CEST"},
    }
    times = {have["datetime"] for tag, have in pages[ANA].tags if tag == "time"}
    assert {datetime.fromisoformat(time) for time in times} == {SUMMER}
    by_browser = {who for who, page in pages.items() if ("script", OWN_TIME) in page.tags}
    assert by_browser == {BEN, CARL}, "Ana has told us hers"
    mine = get(page_link(mails[BEN], "my"))
    assert moments(mine.words) == ["24 Oct 2026, 20:30 EDT"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "zone", "shown"),
    [
        ("en-GB", "Asia/Kolkata", "25 Oct 2026, 06:00 GMT+5:30"),
        ("en-US", "America/Los_Angeles", "Oct 24, 2026, 5:30 PM PDT"),
        ("de-DE", "Europe/Berlin", "25. Okt. 2026, 02:30 MESZ"),
    ],
)
def test_a_browser_shows_its_own_zone_in_the_pages_language_story(
    house: Desk, language: str, zone: str, shown: str
) -> None:
    german = "Guten Tag, seit gestern startet es nicht mehr. Könnten Sie bitte nachsehen, woran das liegt?"
    english = "Hello, since yesterday it does not start any more. Could you please have a look at it?"
    links = [case_link(opened(house, who, german if "de" in language else english)) for who in (CARL, ANA)]
    with chromium() as browser:
        page = browser.new_context(locale=language, timezone_id=zone).new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(links[0])
        page.wait_for_load_state("load")
        assert {time.replace("\u202f", " ") for time in page.locator("time").all_inner_texts()} == {shown}
        page.goto(links[1])
        (own,) = set(page.locator("time").all_inner_texts())
        assert "JST" in own, "whoever has told us their zone reads it everywhere"
        assert errors == []


def test_a_zone_is_set_shown_and_written_out_story(house: Desk) -> None:
    assert "Ana Sato reads times in Europe/Paris." in house.command(
        "people", "set", ANA, "--time-zone", "Europe/Paris"
    )
    opened(house, ANA)
    assert of_list(house, ANA) == ["25 Oct 2026, 02:30 CEST"]
    assert re.search("time zone +Europe/Paris", house.command("people", "show", ANA))
    assert re.search("time zone +America/New_York, their account's", house.command("people", "show", BEN))
    exported = house.command("people", "export")
    assert exported.splitlines()[0].endswith(",time_zone")
    assert "1 person" not in house.take_in(exported)
    assert ",Europe/Paris" in exported
    house.command("people", "set", ANA, "--time-zone", "")
    assert of_list(house, ANA) == ["25 Oct 2026, 02:30 CEST"], "the desk's"


def test_a_zone_that_there_is_not_is_named_with_the_one_that_was_meant_story(house: Desk) -> None:
    wrong = house.take_in("mail,time zone\neve@home.example,Tokyo\n", code=1)
    assert "line 2: “Tokyo” is no time zone: it must be a time zone" in wrong
    assert "did you mean Asia/Tokyo?" in wrong
    refused = house.command("people", "set", ANA, "--time-zone", "Europe/Berln", code=1)
    assert "did you mean Europe/Berlin?" in refused
    assert "Nothing was changed" in refused


def test_lists_say_whose_time_they_show_and_programs_read_utc_story(house: Desk) -> None:
    opened(house, ANA)
    listed = house.command("case", "list").splitlines()
    assert "CHANGED (Berlin)" in listed[0]
    assert re.search(r"25 Oct 02:30 |02:30 ", listed[1])
    assert "CEST" in house.command("case", "show", "1")
    (line,) = json.loads(house.command("case", "list", "--json"))
    assert line["updated_at"] == "2026-10-25T00:30:00Z"
    assert "CAME (Berlin)" in house.command("inbox", "list")
    assert "WRITTEN (Berlin)" in house.command("outbox", "list")


def test_a_german_desk_tells_its_staff_in_mez_story(tmp_path: Path, url: str) -> None:
    berlin = f'\n[[mailbox]]\naddress = "{DESK}"\nlanguage = "de"\n{PLACES}'
    with Desk(url, tmp_path, more=berlin) as house:
        house.stand_at(WINTER)
        house.send(CARL, DESK, "Start", "Es startet nicht.")
        house.mails(CARL)
        told = house.mails(SAM)[0]
        house.answer(told, SAM, "#show")
        (shown,) = house.mails(SAM)
        assert set(moments(words(shown))) == {"25 Oct 2026, 02:30 CET"}
        house.send(CARL, DESK, "Meine", "#my")
        (mine,) = house.mails(CARL)
        assert moments(words(mine)) == ["25. Okt. 2026, 02:30 Uhr MEZ"]


def test_one_of_the_staff_reads_a_zone_of_their_own_story(tmp_path: Path, url: str) -> None:
    lisbon = '[[staff]]\nname = "Lia"\nmail = "lia@desk.example"\ntime_zone = "Europe/Lisbon"\n'
    with Desk(url, tmp_path, more=f"{PLACES}{lisbon}") as house:
        house.stand_at(WINTER)
        opened(house, CARL)
        for who, read in ((SAM, "25 Oct 2026, 02:30 CET"), ("lia@desk.example", "25 Oct 2026, 01:30 WET")):
            told = house.mails(who)[0]
            house.answer(told, who, "#show")
            (shown,) = house.mails(who)
            assert set(moments(words(shown))) == {read}


def test_gathered_notices_are_told_by_their_readers_clock_story(tmp_path: Path, url: str) -> None:
    gathers = CONFIG.replace("gather = 0", "gather = 120")
    lisbon = '[[staff]]\nname = "Lia"\nmail = "lia@desk.example"\ntime_zone = "Europe/Lisbon"\n'
    with TestDesk(url, tmp_path, config=gathers, more=f"{PLACES}{lisbon}") as desk:
        desk.at(WINTER)
        desk.ask(CARL, Open("It does not start", "It stopped."), at=WINTER)
        for number in range(3):
            desk.ask(CARL, Reply(1, f"And {number}."), at=WINTER)
        later = WINTER + timedelta(minutes=3)
        desk.at(later)
        with desk.app.database.writing() as tx:
            rows = claim.deliveries(tx, now=later, until=later + timedelta(seconds=20), most=100)
        read = {}
        for row in (row for row in rows if not row.payload):
            with desk.app.database.writing() as tx:
                mail = desk.app.batch_job.gather(tx, row)
            if mail is not None:
                read[mail.recipient] = set(moments(text_of(message_from_bytes(mail.payload, policy=default))))
        assert read[SAM] == {"25 Oct 2026, 02:30 CET"}
        assert read["lia@desk.example"] == {"25 Oct 2026, 01:30 WET"}


def test_a_report_is_of_the_desks_days_and_says_so_story(house: Desk) -> None:
    opened(house, ANA)
    assert "Europe/Berlin" in house.command("report", "--since", "2026-10").splitlines()[0]
    page = house.command("report", "--since", "2026-10", "--format", "html")
    assert "Days are those of Europe/Berlin." in page
    assert re.search(r"Made on \d+ \w+ \d{4}, \d\d:\d\d CES?T by casebot", page)


def test_in_slack_each_reader_has_their_own_zone_and_the_words_behind_it_are_the_desks_story(
    tmp_path: Path, mode: str, url: str
) -> None:
    with Office(url, tmp_path, mode=mode, desk='time_zone = "Europe/Berlin"') as office:
        office.send(CARL, DESK, "It does not start", "Please help us.")
        shown = str(office.card().blocks)
        assert re.findall(
            r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|\d{4}-\d\d-\d\d \d\d:\d\d CES?T>", shown
        )
        assert "UTC" not in shown
