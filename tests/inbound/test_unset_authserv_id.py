"""Where nobody vouches for who writes, the desk hears what to set: once a start, and once a day at most."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.queries.lists import ListOutbox
from rehearsal.ports import free_port
from store.engine.database import Database
from tests.support.houses.house import House, until
from tests.support.houses.office import Office, said
from tests.support.setup import databases

DESK = "support@example.com"
MAILBOX = f'\n[[mailbox]]\naddress = "{DESK}"\n'
IMAP = """
[mailbox.imap]
host = "127.0.0.1"
port = {port}
user = "support"
password = "a password"
tls = "off"
"""
RELAYED = {"Received": "from mail.acme.example (mail.acme.example [203.0.113.9]) by mx.example.com; 0"}


@pytest.fixture
def url(tmp_path: Path) -> str:
    return databases.sqlite(tmp_path)


def fetched(mailbox: str = MAILBOX) -> str:
    return mailbox + IMAP.format(port=free_port())


def told(house: House) -> int:
    """How often it went to the triage channel."""
    return sum(line.notice == "mailbox unvouched" for line in house.ask(ListOutbox(limit=1000)))


def test_a_fetched_mailbox_is_told_in_the_triage_channel_and_in_the_log(url: str, tmp_path: Path) -> None:
    with capture_logs() as lines, Office(url, tmp_path, more=fetched()) as office:
        assert until(lambda: office.messages("triage"))
        office.drained()
        (message,) = office.messages("triage")
        assert f"authserv_id is not set for {DESK}" in said(message)
        assert "casebot check" in said(message)
        assert office.nothing("@")  # no mail of it
    assert sum(line["event"].startswith("authserv_id is not set") for line in lines) == 1


def test_a_house_that_starts_again_says_it_again_the_next_day_only(url: str, tmp_path: Path) -> None:
    for days, count in ((0, 1), (0.9, 1), (1.1, 2)):
        office = Office(url, tmp_path, more=fetched())
        office.pass_time(days=days)
        with office:
            assert until(lambda: told(office) == count)  # noqa: B023 - asked within the turn
        assert told_after(url) == count


def told_after(url: str) -> int:
    """Once the house has gone."""
    with closing(Database(url)) as database, database.reading() as tx:
        return sum(line.notice == "mailbox unvouched" for line in ListOutbox(limit=1000).answer(tx))


@pytest.mark.parametrize("setting", ['authserv_id = "mx.example.com"', "microsoft_results = true"])
def test_where_it_is_set_nothing_is_told(url: str, tmp_path: Path, setting: str) -> None:
    with Office(url, tmp_path, more=fetched(f"{MAILBOX}{setting}\n")) as office:
        office.send("ana@acme.example", DESK, "One", "Hello", headers=RELAYED)
        office.card()
        assert told(office) == 0


def test_mail_that_a_server_of_ours_hands_on_is_told_once(url: str, tmp_path: Path) -> None:
    with Office(url, tmp_path, more=MAILBOX) as office:
        office.send("ana@acme.example", DESK, "One", "Hello")  # submitted by our own people
        office.card(1)
        assert told(office) == 0
        for n in (2, 3):
            office.send("ana@acme.example", DESK, f"Question {n}", "Hello", headers=RELAYED)
            office.card(n)
        assert until(lambda: told(office) == 1)
        office.settled()
        assert told(office) == 1
