"""Leases of a process that paused, or has too much in hand: nothing is claimed twice, lost, or kept from others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bench.support.databases import Look
from bot.app import App
from bot.channel.upload_drafts import UploadDrafts
from bot.runtime.group_commit import Writer
from bot.workers import backlog, courier, lease_renewal
from bot.workers.lease_renewal import MOST_CLAIMED, LeaseRenewal, Leases
from store import schema
from store.engine import lease
from store.engine.clock import NEVER
from store.engine.database import Database
from store.engine.lease import LEASE
from store.files.blobs import FileStore
from store.queues import inbox, outbox
from store.queues.inbox import DoorMessage
from store.queues.outbox import DeliveryOutcome, Outgoing
from tests.support.houses.desk import TestDesk
from tests.support.houses.house import House, until
from tests.support.mail.sink import Sink
from tests.support.setup import databases
from tests.support.setup.postgres import Server
from tests.workers.test_leases import ANA, DESK, other_process_takes, posted, relay

__all__ = ["relay"]


def test_what_was_settled_by_its_own_process_is_not_called_lost(url: str) -> None:
    with closing(Database(url)) as database:
        posted(database, range(1, 3), due=LEASE)
        now = datetime.now(UTC)
        with database.writing() as tx:
            outbox.settle(
                tx, [DeliveryOutcome(Outgoing(1, "email", "a@b", "", b"x", now, 0, 0), "sent", "", now)]
            )
            assert lease.renew(tx, outbox.outgoing, [(1, 0), (2, 0), (2, 7)], until=now + LEASE) == [(2, 7)]


class Renewing(dict[int, int]):
    """What is in hand, and a renewal that is over just after somebody has looked into it."""

    renew: Callable[[], None] | None = None

    def get(self, key: int, default: int | None = None) -> int | None:  # type: ignore[override]
        found = super().get(key, default)
        renew, self.renew = self.renew, None
        if renew:
            renew()
        return found


def test_what_a_renewal_finds_lost_is_not_sent_by_whoever_had_just_looked(tmp_path: Path) -> None:
    with standing(tmp_path) as (database, writer, _carrier, _sweeper):
        posted(database, range(1, 2), due=LEASE)
        [taken] = other_process_takes(database, most=1)
        held = Renewing({taken.id: 0})
        mine = Leases(writer, incoming=list, outgoing=held, now=lambda: datetime.now(UTC))
        held.renew = mine.renew
        assert not mine.sure(replace(taken, fence=0, leased=NEVER))


@contextmanager
def standing(tmp_path: Path) -> Iterator[tuple[Database, Writer, courier.Courier, LeaseRenewal]]:
    """A process that does not sweep by itself."""
    with closing(Database(databases.sqlite(tmp_path))) as database:
        writer = Writer(database)
        thread = threading.Thread(target=writer.run)
        thread.start()
        now = lambda: datetime.now(UTC)  # noqa: E731
        carrier = courier.Courier(database, writer, {}, gather=lambda tx, row: row, now=now)
        yield (
            database,
            writer,
            carrier,
            LeaseRenewal(writer, {}, carrier, drafts=UploadDrafts(FileStore(tmp_path / "files")), now=now),
        )
        writer.leave()
        thread.join()


def kept(database: Database, row: Outgoing, due: timedelta) -> None:
    with database.writing() as tx:
        outbox.post(
            tx, row, person_id=None, notice=row.notice, message_id=f"<{row.id}@x>", lines=b"",
            due_at=datetime.now(UTC) + due,
        )  # fmt: skip


def test_after_a_pause_a_process_does_not_claim_what_it_holds(tmp_path: Path) -> None:
    with standing(tmp_path) as (database, writer, carrier, sweeper):
        for n in (1, 2):
            row = Outgoing(n, "email", "a@b.example", "", b"x", datetime.now(UTC), 1, 7, notice="answer")
            kept(database, row, -LEASE)
            carrier.held[n] = 7
        assert writer.write(sweeper._claim_outgoing) == []
        assert carrier.held == {1: 7, 2: 7}


def test_what_is_too_much_is_due_at_once_for_whoever_has_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "CUSTOMERS_IN_HAND", 0)
    with standing(tmp_path) as (database, writer, carrier, sweeper):
        row = Outgoing(1, "email", "a@b.example", "", b"x", datetime.now(UTC), 1, 1, notice="answer")
        kept(database, row, LEASE)
        carrier.hand_over([row])
        (again,) = writer.write(sweeper._claim_outgoing)
    assert (again.id, again.fence, again.attempts) == (1, 2, 1)


def test_a_message_that_a_leaving_process_holds_is_taken_up_by_another_at_once(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease_renewal, "EVERY", 3600.0)
    with postgres.with_schema() as url, TestDesk(url, tmp_path) as desk:
        (sweeper,) = (worker for worker in desk.app.workers() if isinstance(worker, LeaseRenewal))
        with House(url, tmp_path) as house:
            house.send(ANA, DESK, "First", "It has looked for messages by now.")
            house.settled()
            ((_, row),) = desk.app.writer.write(inbox.accept, [left(1)], lease=LEASE)
            assert row
            desk.app.intakes["email"].take(row)
            sweeper._let_go()
            assert until(lambda: len(house.cases()) == 2)


@pytest.fixture
def idle(tmp_path: Path) -> Iterator[tuple[App, LeaseRenewal]]:
    """A process in which nothing is worked off; a thousand messages wait in its inbox, and as many in its outbox."""
    with TestDesk(databases.sqlite(tmp_path), tmp_path) as desk:
        long_ago = datetime.now(UTC) - LEASE
        arrivals = [DoorMessage("email", str(n), b"x", None, 1, {}, long_ago) for n in range(1000)]
        with desk.app.database.writing() as tx:
            inbox.accept(tx, arrivals, lease=timedelta(0))
        posted(desk.app.database, range(1, 1001), due=timedelta(0))
        (sweeper,) = (room for room in desk.app.workers() if isinstance(room, LeaseRenewal))
        yield desk.app, sweeper


def in_hand(app: App) -> tuple[int, int]:
    return len(app.intakes["email"].held), len(app.courier.held)


def test_no_more_is_claimed_than_may_be_in_hand(idle: tuple[App, LeaseRenewal]) -> None:
    app, sweeper = idle
    sweeper._sweep()
    assert in_hand(app) == (MOST_CLAIMED, MOST_CLAIMED)
    sweeper._sweep()
    assert in_hand(app) == (MOST_CLAIMED, MOST_CLAIMED)


def left_waiting(url: str, count: int) -> None:
    """So many mails and notices that an earlier process has left behind."""
    database, _ = schema.opened(url)
    with closing(database):
        with database.writing() as tx:
            for n in range(count):
                inbox.accept(tx, [left(n)], lease=timedelta(0))
        posted(database, range(1, count + 1), due=timedelta(0))


def left(number: int) -> DoorMessage:
    sender, name = f"c{number}@acme.example", f"<{number}@acme.example>"
    raw = f"From: {sender}\r\nTo: {DESK}\r\nSubject: Question {number}\r\nMessage-ID: {name}\r\n\r\nHow?\r\n".encode()
    envelope = {"door": "smtp", "peer": "127.0.0.1", "mail_from": sender, "rcpt_tos": [DESK]}
    return DoorMessage("email", str(number), raw, None, len(raw), envelope, datetime.now(UTC) - LEASE)


def test_a_long_backlog_is_worked_off_without_a_pause(
    tmp_path: Path, relay: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = databases.sqlite(tmp_path)
    left_waiting(url, 2 * MOST_CLAIMED)
    monkeypatch.setattr(lease_renewal, "EVERY", 3600.0)
    with House(url, tmp_path, relay=relay.url) as house:
        look = Look(url)
        assert until(lambda: look.waiting() == 0), "and not as much in each round as fits in its hands"
        assert len(house.cases()) == 2 * MOST_CLAIMED


def test_who_is_leaving_claims_nothing(idle: tuple[App, LeaseRenewal]) -> None:
    app, sweeper = idle
    sweeper.leave()
    sweeper._sweep()
    assert in_hand(app) == (0, 0)


def test_a_pause_that_a_destination_asked_for_counts_as_no_try(tmp_path: Path, relay: Sink) -> None:
    with House(databases.sqlite(tmp_path), tmp_path, relay=relay.url) as house:
        house.app.courier._paused["email"] = time.monotonic() + 60
        house.send(ANA, DESK, "No delivery", "It stopped.")
        asked = select(outbox.outgoing.c.attempts, outbox.outgoing.c.reason)

        def paused() -> list[int]:
            with house.app.database.reading() as tx:
                return [tries for tries, why in tx.rows(asked) if "pause" in why]

        assert until(lambda: len(paused()) == 3)
        assert paused() == [0, 0, 0]
    assert not relay.taken


def test_bytes_of_a_delivery_that_is_taken_up_anew_are_counted_once(tmp_path: Path) -> None:
    with closing(Database(databases.sqlite(tmp_path))) as database:
        waiting = backlog.Payloads(database)
        row = Outgoing(1, "email", "a@b", "", b"x" * 100, datetime.now(UTC), 1, 1)
        waiting.light(row)
        waiting.light(replace(row, fence=2))
        waiting.unload(row)
        assert waiting._memory.free == waiting._memory.size


def test_what_is_written_while_a_process_leaves_is_due_at_once_for_the_others(tmp_path: Path) -> None:
    with standing(tmp_path) as (database, writer, carrier, sweeper):
        row = Outgoing(1, "email", "a@b.example", "", b"x", datetime.now(UTC), 1, 1, notice="answer")
        kept(database, row, LEASE)
        carrier.close()
        carrier.hand_over([row])
        (again,) = writer.write(sweeper._claim_outgoing)
    assert (again.id, again.fence, again.attempts) == (1, 2, 1)
