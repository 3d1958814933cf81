"""Stories of retention: what is older than was decided goes, and the figures of the report stay true."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.queries.case_detail import ShowCase
from bot.reports.period import Period
from bot.reports.report import FiguresOf
from store.people import person as people
from tests.privacy.remains import gone, in_rows, in_store
from tests.support.houses.desk_process import DeskProcess, patient
from tests.support.houses.house import House, until
from tests.support.setup.fixtures import open_on_each_database

ANA, CARL = "Ana Acme <ana@acme.example>", "Carl Solomon <carl@solo.example>"
SAM, DESK = "Sam <sam@desk.example>", "support@example.com"
FILE = bytes(range(100, 200)) * 400
SET = '\n[retention]\nraw_mail = "30d"\naside = "30d"\nsent = "40d"\nclosed_cases = "60d"\n'

house = open_on_each_database(House, more=SET)


def closed_case(house: House, sender: str, words: str) -> None:
    """A case that is opened, answered and closed."""
    number = len(house.cases()) + 1
    house.send(sender, DESK, f"{words} subject", f"{words} body", files={"log.bin": FILE})
    while f"{words} subject" not in (told := house.mails("sam@")[-1])["Subject"]:
        pass  # what Sam hears of the case before
    house.answer(told, SAM, f"{words} answer")
    house.answer(told, SAM, "#close resolved")
    assert until(lambda: house.ask(ShowCase(number)).line.state == "resolved")
    house.settled()


def test_mails_as_they_came_and_were_sent_go_and_the_case_stays(house: House) -> None:
    house.send(ANA, DESK, "Deal", "It stopped at the ruby mine.")
    (told,) = house.mails("sam@")
    house.answer(told, SAM, "Thank you.")
    house.settled()
    assert [place for place in in_rows(house.app, b"the ruby mine") if place == "inbox.raw"]
    house.pass_time(days=29)
    assert house.app.retention.due() == {"raw_mail": 0, "aside": 0, "sent": 0, "closed_cases": 0}
    house.pass_time(days=41)
    until(lambda: not [place for place in in_rows(house.app, b"the ruby mine") if place == "inbox.raw"])
    until(
        lambda: (
            not [place for place in in_rows(house.app, b"the ruby mine") if place == "outgoing_body.content"]
        )
    )
    left = in_rows(house.app, b"the ruby mine")
    assert "inbox.raw" not in left
    assert "outgoing_body.content" not in left
    assert "entry.text" in left, "the case is open: its words stay"
    house.answer(told, SAM, "Once more.")
    assert until(lambda: house.case().entries[-1].text == "Once more."), "and goes on"


def test_a_closed_case_is_emptied_with_its_files_and_the_report_counts_it_still(house: House) -> None:
    closed_case(house, ANA, "topaz and quartz")
    closed_case(house, CARL, "opal and agate")
    assert in_store(house.app, FILE)
    house.pass_time(days=20)
    closes = house.app.desk.now()
    house.app.clock.tick()
    assert until(lambda: [house.ask(ShowCase(n)).line.state for n in (1, 2)] == ["closed", "closed"]), closes
    whole = Period(closes - timedelta(days=60), closes + timedelta(days=1), ZoneInfo("UTC"))
    before = house.ask(FiguresOf(house.app.config, whole))
    assert before.closed
    house.pass_time(days=90)
    assert until(lambda: not in_rows(house.app, b"topaz and quartz")), (
        in_rows(house.app, b"topaz and quartz"),
        house.app.retention.due(),
    )
    gone(house.app, "topaz and quartz", "opal and agate", FILE)
    gone(house.app, "carl@solo.example", "Carl Solomon")
    with house.app.database.reading() as tx:
        assert people.find(tx, "email", "ana@acme.example"), "she is of an account"
        assert people.find(tx, "email", "carl@solo.example") is None
    view = house.ask(ShowCase(1))
    assert {entry.text for entry in view.entries} == {"[—]"}
    assert house.ask(FiguresOf(house.app.config, whole)) == before
    house.send(CARL, DESK, "I am back", "Do you know me?")
    assert until(lambda: len(house.cases()) == 3), "a later mail is a stranger's"


def test_whoever_sets_nothing_keeps_everything_but_copies_of_what_was_sent(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path) as house:
        house.send(ANA, DESK, "Deal", "It stopped at the ruby mine.")
        house.mails("sam@")
        house.settled()
        before = in_rows(house.app, b"the ruby mine")
        house.pass_time(days=4)
        assert in_rows(house.app, b"the ruby mine") == before
        house.pass_time(days=5000)
        assert house.app.retention.all() == {}
        kept = [place for place in before if place != "outgoing_body.content"]
        assert until(lambda: in_rows(house.app, b"the ruby mine") == kept), in_rows(
            house.app, b"the ruby mine"
        )


def test_an_operator_reads_what_would_go_before_it_goes(url: str, tmp_path: Path) -> None:
    with DeskProcess(tmp_path / "desk", url, more='[retention]\nraw_mail = "1d"\n') as desk:
        desk.send("Deal")
        assert patient(lambda: desk.listed("case", "list"))
        said = desk.casebot("retention", "--dry-run")
        assert "raw_mail" in said
        assert "WOULD GO" in said
        assert desk.listed("retention", "--dry-run") == {"dry_run": True, "counts": {"raw_mail": 0}}
        assert "kept for a while: raw mail 1d; the rest for ever" in desk.casebot("check")
