"""Clocks that were wrong: what they put off is due at once, and whoever watches the desk hears of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.proof.wrong_clock import wrong_clock
from store.cases import case as cases
from store.cases import timer
from store.engine.database import Database
from store.engine.lease import LEASE
from store.queues import claim, inbox, outbox, outbox_batch, overdue
from store.queues.inbox import DoorMessage
from store.queues.outbox import Outgoing
from tests.store.test_store import open_case
from tests.support.houses.browser import ANA, DESK, WebHouse, get
from tests.support.houses.house import House
from tests.support.setup import databases
from tests.support.setup.config import SECRET
from tests.support.setup.postgres import Server

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MAIL = b"From: ana@acme.example\r\nTo: support@example.com\r\nMessage-ID: <1@acme.example>\r\n\r\nHello.\r\n"
ENVELOPE = {
    "peer": "192.0.2.1",
    "mail_from": "ana@acme.example",
    "rcpt_tos": ["support@example.com"],
    "door": "smtp",
}


def came(database: Database, key: str, ahead: timedelta) -> None:
    """A mail that was kept while the clock was so far ahead, by a process that died then."""
    at = datetime.now(UTC) + ahead
    with database.writing() as tx:
        inbox.accept(tx, [DoorMessage("email", key, MAIL, None, len(MAIL), ENVELOPE, at)], lease=LEASE)


@pytest.mark.parametrize("ahead", [HOUR, DAY])
def test_mail_that_came_while_the_clock_was_ahead_is_handled_once_it_is_right(
    url: str, tmp_path: Path, ahead: timedelta
) -> None:
    with closing(Database(url)) as database:
        came(database, "k", ahead)
    with House(url, tmp_path) as house:
        house.case()
        assert house.inbox("waiting") == ()


def test_what_has_a_reason_to_wait_goes_on_waiting(url: str) -> None:
    now = datetime.now(UTC)
    with closing(Database(url)) as database:
        with database.writing() as tx:
            case: cases.Case = open_case(tx)
            timer.start(tx, case.id, "reminder 1", now + DAY)
            for number, wait in enumerate((timedelta(0), 4 * HOUR, DAY), 1):
                row = Outgoing(number, "email", "a@b.example", "", b"x", now, 0, 0, case.id)
                told: dict[str, Any] = {"person_id": None, "notice": "n", "lines": b""}
                outbox.post(tx, row, message_id=f"<{number}@x>", due_at=now + wait, **told)
            came_later = Outgoing(9, "email", "a@b.example", "", b"", now + HOUR, 0, 0, case.id)
            outbox_batch.lay_by(
                tx, came_later, "{}", person_id=case.requester_id, due_at=now + 2 * HOUR, notice="n", message_id="<9@x>"
            )  # fmt: skip
        with database.writing() as tx:
            assert overdue.count(tx, now=now) == 1
            assert overdue.wake(tx, now=now) == 1
            assert overdue.count(tx, now=now) == 0
            rows = claim.deliveries(tx, now=now, until=now + LEASE, most=9)
            assert [row.id for row in rows] == [1, 3]
            assert [kind for kind, _ in timer.waiting(tx, case.id)] == ["reminder 1"]


def test_a_timer_that_a_wrong_clock_leased_comes_when_the_clock_is_right(url: str) -> None:
    now = datetime.now(UTC)
    with closing(Database(url)) as database:
        with database.writing() as tx:
            timer.start(tx, open_case(tx).id, "reminder 1", now)
        with database.writing() as tx:
            assert timer.claim(tx, now=now + DAY, until=now + DAY + LEASE, most=9)
        with database.writing() as tx:
            assert timer.claim(tx, now=now, until=now + LEASE, most=9) == []
            assert overdue.wake(tx, now=now) == 1
            assert timer.claim(tx, now=now, until=now + LEASE, most=9)


def test_readyz_is_not_green_while_mail_that_came_in_the_future_sleeps(tmp_path: Path) -> None:
    with WebHouse(databases.sqlite(tmp_path), tmp_path) as house:
        house.send(ANA, DESK, "No delivery", "It stopped.")
        house.case()  # the look at the start is over
        house.settled()
        code, told = ready(house)
        assert (code, told["asleep"], told["wrong"]) == (200, 0, [])
        came(house.app.database, "k", DAY)
        code, told = ready(house)
    assert (code, told["asleep"]) == (503, 1)
    assert told["inbox_oldest_seconds"] < 0
    assert any("came in the future" in why for why in told["wrong"])
    assert any("a wrong clock has put work off" in why for why in told["wrong"])


def ready(house: WebHouse) -> tuple[int, dict[str, Any]]:
    answer = get(f"{house.monitor}/readyz")
    return answer.status, json.loads(answer.html)


def test_check_tells_that_two_clocks_differ(postgres: Server, tmp_path: Path) -> None:
    with postgres.with_schema() as url:
        config = tmp_path / "config.toml"
        config.write_text(
            f'[desk]\nsecrets = ["{SECRET}"]\n'
            f'[store]\nurl = "{url}"\nfiles = "{tmp_path}/files"\n'
            '[[mailbox]]\naddress = "support@example.com"\n[email]\nlisten = ""\nrelay = "maildir:./out"\n'
            '[web]\nlisten = ""\n'
        )
        said = [
            subprocess.run(
                [sys.executable, "-m", "bot.cli", "check"], check=False, cwd=tmp_path, capture_output=True, text=True,
                env={**os.environ, **(wrong_clock(clock) if clock else {}), "CASEBOT_CONFIG": str(config)},
            )
            for clock in ("", "+60s")
        ]  # fmt: skip
    right, wrong = said
    assert "clock" not in right.stdout, right.stdout
    assert wrong.returncode == 1
    assert "this machine's clock is 60 s ahead of the database's" in wrong.stdout, wrong.stdout + wrong.stderr
    assert "set both by NTP" in wrong.stdout
