"""Leaving: a relay that hangs, and a store that was brought to a newer version below an old process."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bench.support.databases import Look
from bench.support.house import House
from bench.support.mails import DESK
from store.engine.database import Database
from tests.support.houses.house import until
from tests.support.mail.sink import Sink
from tests.support.setup import databases
from tests.support.setup.fixtures import open_per_test

MAIL = "From: ana@acme.example\r\nTo: support@example.com\r\nMessage-ID: <1@acme.example>\r\n\r\nHello.\r\n"

relay = open_per_test(Sink)


@pytest.fixture
def house(tmp_path: Path, relay: Sink) -> Iterator[House]:
    """``casebot run`` in a process of its own."""
    made = House(tmp_path / "house", url=databases.sqlite(tmp_path), relay=relay.port, staff=1)
    made.start()
    made.wait()
    yield made
    made.kill()


def send(house: House) -> None:
    with smtplib.SMTP("127.0.0.1", house.port, timeout=60) as client:
        client.sendmail("ana@acme.example", [DESK], MAIL)


def test_sigterm_while_the_relay_hangs_is_a_clean_end_and_the_notice_is_sent_by_the_next_process(
    house: House, relay: Sink
) -> None:
    relay.script.delay = 600.0
    send(house)
    assert until(lambda: relay.commands.count("DATA") >= 2), "both couriers are in the middle of a delivery"
    assert house.stop() == 0
    log = house.log.read_text()
    assert "Thread 0x" not in log
    assert "took too long" not in log
    relay.script.delay = 0.0
    house.start()
    assert {message.recipients[0] for message in relay.wait_for(2, seconds=60)} == {
        "ana@acme.example", "sam@desk.example",
    }  # fmt: skip


def test_an_old_process_stops_once_the_store_is_of_a_newer_version(house: House, relay: Sink) -> None:
    relay.script.always["message"] = "451 4.3.0 not now"
    send(house)
    assert until(lambda: "MAIL" in relay.commands)
    database = Database(house.url)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    assert house.process
    assert house.process.wait(60) == 1
    log = house.log.read_text()
    assert "brought to a newer version while this casebot ran" in log
    assert "Traceback" not in log
    waiting = Look(house.url).rows("SELECT attempts FROM outgoing WHERE due_at IS NOT NULL")[0]
    assert len(waiting) == 2, "both notices are still to be sent"
