"""Couriers: how many deliveries of a channel are under way at once."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.houses.house import House, until
from tests.support.mail.sink import Sink
from tests.support.setup import databases


@pytest.mark.parametrize("connections", [1, 5])
def test_as_many_mails_are_sent_at_once_as_the_relay_may_have_connections(
    tmp_path: Path, connections: int
) -> None:
    with Sink() as relay:
        relay.script.before_data = 600.0
        url = databases.sqlite(tmp_path)
        with House(url, tmp_path, relay=relay.url, relay_connections=connections) as house:
            for n in range(3):
                house.send(f"c{n}@acme.example", "support@example.com", f"No delivery {n}", "It stopped.")
            assert until(lambda: len(house.app.courier.held) == 9), "all that is told of them"
            assert until(lambda: relay.commands.count("DATA") == connections)
            assert relay.connections == connections


def test_while_the_store_takes_nothing_little_is_said_that_a_crash_would_have_said_again(
    tmp_path: Path,
) -> None:
    """A relay that goes on, a store that does not: what is sent then is sent once more by whoever comes next."""
    with Sink() as relay:
        relay.script.delay = 0.05
        with House(databases.sqlite(tmp_path), tmp_path, relay=relay.url, relay_connections=1) as house:
            for n in range(20):
                house.send(f"c{n}@acme.example", "support@example.com", f"No delivery {n}", "It stopped.")
            assert until(lambda: len(house.app.courier.held) > 40)
            with closing(sqlite3.connect(tmp_path / "casebot.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                before = len(relay.taken)
                time.sleep(2)
                assert len(relay.taken) - before < 10, "of forty that the relay would take"
                other.execute("ROLLBACK")
            everything = relay.wait_for(60)
            assert until(lambda: not house.app.courier.held)
    assert set(Counter(mail.message_id for mail in everything).values()) == {1}


def test_who_leaves_while_the_store_takes_nothing_says_no_more_and_the_next_process_says_it(
    tmp_path: Path,
) -> None:
    with Sink() as relay:
        relay.script.delay = 0.05
        url = databases.sqlite(tmp_path)
        with House(url, tmp_path, relay=relay.url, relay_connections=1) as house:
            for n in range(10):
                house.send(f"c{n}@acme.example", "support@example.com", f"No delivery {n}", "It stopped.")
            assert until(lambda: len(house.app.courier.held) > 20)
            with closing(sqlite3.connect(tmp_path / "casebot.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                time.sleep(1)
                before = len(relay.taken)
                house.app.courier.close()
                time.sleep(1)
                assert len(relay.taken) == before
                other.execute("ROLLBACK")
        with House(url, tmp_path, relay=relay.url):
            everything = relay.wait_for(30)
    assert set(Counter(mail.message_id for mail in everything).values()) == {1}
