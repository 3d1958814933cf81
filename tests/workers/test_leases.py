"""Leases: what another process has taken is not sent again, and no more is taken up than can be done."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.proof.wrong_clock import wrong_clock
from bot.notices.catalogue import DESK_NOTICES
from bot.queries.lists import ListOutbox
from bot.workers import backlog, courier, lease_renewal
from bot.workers.intake import BATCH
from bot.workers.lease_renewal import MOST_CLAIMED
from store.engine import lease
from store.engine.clock import NEVER
from store.engine.database import Database
from store.engine.lease import LEASE
from store.queues import claim, inbox, outbox
from store.queues.inbox import DoorMessage
from store.queues.outbox import Outgoing
from tests.support.houses.house import House, until
from tests.support.mail.sink import Sink
from tests.support.setup import databases
from tests.support.setup.fixtures import open_per_test
from tests.support.setup.postgres import Server

ANA, DESK = "Ana <ana@acme.example>", "support@example.com"
CLAIMS = """
import sys
from datetime import UTC, datetime, timedelta
from store.engine.database import Database
from store.engine.lease import LEASE
from store.queues import claim, inbox
database, now = Database(sys.argv[1]), datetime.now(UTC)
with database.writing() as tx:
    notices = claim.deliveries(tx, now=now, until=now + LEASE, most=9)
    print(len(notices), len(inbox.claim(tx, now=now, lease=LEASE, most=9)))
database.close()
"""

relay = open_per_test(Sink)


def posted(database: Database, numbers: range, *, due: timedelta = timedelta(0), notice: str = "n") -> None:
    """So many notices, about no case, whose time has come."""
    now = datetime.now(UTC)
    with database.writing() as tx:
        for n in numbers:
            row = Outgoing(n, "email", f"a{n}@b.example", "", b"Subject: x\r\n\r\nx\r\n", now, 0, 0)
            outbox.post(
                tx, row, person_id=None, notice=notice, message_id=f"<{n}@x>", lines=b"", due_at=now + due
            )  # fmt: skip


def other_process_takes(database: Database, *, most: int) -> list[Outgoing]:
    """As if every lease were over: what was stopped for so long does not know it."""
    later = datetime.now(UTC) + 2 * LEASE
    with database.writing() as tx:
        return claim.deliveries(tx, now=later, until=later + LEASE, most=most)


def counted(relay: Sink) -> Counter[str]:
    return Counter(message.recipients[0] for message in relay.taken)


@pytest.mark.parametrize("clock", ["+600s", "-600s"])
def test_a_process_whose_clock_is_wrong_takes_nothing_that_another_one_holds(
    postgres: Server, clock: str
) -> None:
    minutes = timedelta(minutes=5)  # a lease that no busy machine outlasts
    with postgres.with_schema() as url, closing(Database(url)) as database:
        posted(database, range(1, 4), due=minutes)
        posted(database, range(4, 6))
        with database.writing() as tx:
            arrival = DoorMessage("email", "k", b"raw", None, 3, {}, datetime.now(UTC))
            inbox.accept(tx, [arrival], lease=minutes)
        told = subprocess.run(
            [sys.executable, "-c", CLAIMS, url],
            env={**os.environ, **wrong_clock(clock)}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert told.stdout.split() == ["2", "0"], "what is due, and nothing that is leased"
        now = datetime.now(UTC)
        with database.writing() as tx:
            assert claim.deliveries(tx, now=now, until=now + LEASE, most=9) == [], (
                "and the lease it wrote holds"
            )
            assert len(claim.deliveries(tx, now=now + minutes, until=now + LEASE, most=9)) == 5


def test_a_renewal_tells_what_is_ours_no_longer(url: str) -> None:
    database = Database(url)
    posted(database, range(1, 5), due=LEASE)
    (first, second) = other_process_takes(database, most=2)
    now = datetime.now(UTC)
    mine = [(n, 0) for n in range(1, 5)]
    with database.writing() as tx:
        lost = lease.renew(tx, outbox.outgoing, mine, until=now + LEASE)
    assert sorted(lost) == [(first.id, 0), (second.id, 0)]
    with database.writing() as tx:
        kept = [pair for pair in mine if pair not in lost]
        assert lease.renew(tx, outbox.outgoing, kept, until=now + LEASE) == []
    database.close()


def test_what_another_process_took_during_a_pause_is_not_sent_again(
    url: str, tmp_path: Path, relay: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease_renewal, "SURE", 0.0)  # whatever time has passed, it was a pause
    relay.script.delay = 3.0
    with House(url, tmp_path, relay=relay.url) as house:
        for n in range(3):
            house.send(f"c{n}@acme.example", DESK, f"No delivery {n}", "It stopped.")
        assert until(lambda: len(house.ask(ListOutbox(limit=99))) == 9), (
            "each case has a confirmation and two notices"
        )
        assert until(lambda: len(other_process_takes(house.app.database, most=99)) > 3), (
            "none is being renewed"
        )
        sent = len(relay.taken)
        relay.script.delay = 0.0
        assert until(lambda: not house.app.courier.held)
    under_way = house.app.channels["email"].traits.deliveries
    assert len(relay.taken) <= sent + under_way, "only what was under way goes on"
    assert max(counted(relay).values(), default=1) == 1


def test_what_another_process_took_in_the_middle_of_a_message_is_not_sent_again(
    url: str, tmp_path: Path, relay: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay.script.before_data = 2.0
    with House(url, tmp_path, relay=relay.url) as house:
        house.send("c1@acme.example", DESK, "No delivery", "It stopped.")
        assert until(lambda: "DATA" in relay.commands), (
            "the relay was told of a message, and has said nothing"
        )
        monkeypatch.setattr(lease_renewal, "SURE", 0.0)  # whatever time has passed, it was a pause
        assert until(lambda: other_process_takes(house.app.database, most=99) != [])
        assert until(lambda: not house.app.courier.held)
    assert relay.taken == []


def test_what_another_process_took_is_let_go_of_by_the_next_renewal(
    url: str, tmp_path: Path, relay: Sink
) -> None:
    relay.script.delay = 8.0
    with House(url, tmp_path, relay=relay.url) as house:
        for n in range(3):
            house.send(f"c{n}@acme.example", DESK, f"No delivery {n}", "It stopped.")
        assert until(lambda: len(house.app.courier.held) > 4)
        taken = other_process_takes(house.app.database, most=99)
        assert until(lambda: not {row.id for row in taken} & set(house.app.courier.held))
        relay.script.delay = 0.0


def test_no_more_is_taken_up_than_may_be_in_hand(url: str, tmp_path: Path, relay: Sink) -> None:
    relay.script.delay = 60.0
    database = Database(url)
    posted(database, range(1, 2 * MOST_CLAIMED + BATCH))
    database.close()
    with House(url, tmp_path, relay=relay.url) as house:
        swept = until(lambda: len(house.app.courier.held) >= MOST_CLAIMED)
        assert swept
        house.send(ANA, DESK, "No delivery", "It stopped.")
        house.case()
        assert until(lambda: len(house.app.courier.held) > MOST_CLAIMED), (
            "what is born here is taken all the same"
        )
        assert len(house.app.courier.held) < MOST_CLAIMED + BATCH + 10


def test_customers_are_told_before_the_desk_is(tmp_path: Path, relay: Sink) -> None:
    relay.script.delay = 0.2
    with House(databases.sqlite(tmp_path), tmp_path, relay=relay.url) as house:
        for n in range(10):
            house.send(f"c{n}@acme.example", DESK, f"No delivery {n}", "It stopped.")
        house.settled()
    order = [message.recipients[0] for message in relay.taken]
    assert len(order) == 30
    last = max(place for place, recipient in enumerate(order) if recipient.endswith("@acme.example"))
    assert last < 20, order


def test_customers_are_taken_out_of_the_store_before_the_desk(url: str) -> None:
    database = Database(url)
    posted(database, range(1, 6), notice="case opened")
    posted(database, range(6, 9), notice="confirmation")
    now = datetime.now(UTC)
    with database.writing() as tx:
        rows = claim.deliveries(tx, now=now + LEASE, until=now + 2 * LEASE, most=4, behind=DESK_NOTICES)
    assert [row.notice for row in rows].count("confirmation") == 3
    assert len(rows) == 4
    database.close()


def test_a_reader_is_told_about_a_case_in_order_whoever_goes_first() -> None:
    line = courier.Backlog()

    def row(n: int, notice: str, to: str = "sam@desk.example", case: int = 1) -> Outgoing:
        return Outgoing(n, "email", to, "", b"x", datetime.now(UTC), 0, 0, case, notice=notice)

    line.put(row(1, "case opened"))
    line.put(row(2, "transcript"))
    line.put(row(3, "confirmation", to="ana@acme.example"))
    line.put(row(4, "transcript", case=2))
    assert [taken.id for taken in (line.get(), line.get(), line.get(), line.get()) if taken] == [3, 4, 1, 2]


def test_bytes_for_which_there_is_no_room_are_read_when_their_turn_comes(
    tmp_path: Path, relay: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "IN_MEMORY", 10)
    with House(databases.sqlite(tmp_path), tmp_path, relay=relay.url) as house:
        house.send(ANA, DESK, "No delivery", "It stopped.", files={"a.bin": b"\1\2\3" * 100_000})
        relay.wait_for(3)
        house.settled()
        assert not house.app.courier._payloads._held
    assert len(relay.taken) == 3
    assert sum(b"AQIDAQIDAQID" in message.raw for message in relay.taken) == 3, "the file went along"
    assert all(b"No delivery" in message.raw for message in relay.taken)


def test_what_is_too_much_is_left_in_the_store_until_what_was_left_before_is_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "IN_HAND", 2)
    with House(databases.sqlite(tmp_path), tmp_path) as house:
        carrier = house.app.courier
        rows = [
            Outgoing(n, "nowhere", "a@b", "", b"x", datetime.now(UTC), 1, 1, notice="case opened")
            for n in range(1, 6)
        ]
        carrier.held[-1] = carrier.held[-2] = 0
        assert not carrier._room(rows[0])
        carrier.held.clear()
        assert not carrier._room(rows[1]), "it would overtake what was left"
        assert carrier._room(
            Outgoing(9, "nowhere", "a@b", "", b"x", datetime.now(UTC), 1, 1, notice="answer")
        )
        carrier.caught_up()
        assert carrier._room(rows[2])
    assert rows[0].leased == NEVER
