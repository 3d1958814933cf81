"""Whatever goes wrong in whichever sequence, every delivery is made in the end, and those of one case in order."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from bot.channel.capabilities import Traits
from bot.channel.outbound import DeliveryFailed, Parcel, Stands, TakenOver
from bot.channel.upload_drafts import UploadDrafts
from bot.runtime.group_commit import Writer
from bot.workers import courier, failing, lease_renewal
from bot.workers.courier import Courier, CourierThread
from bot.workers.lease_renewal import LeaseRenewal
from store.engine.announcement import OUTBOX
from store.engine.database import Database
from store.engine.lease import LEASE
from store.files.blobs import FileStore
from store.queues import outbox
from store.queues.outbox import Outgoing
from tests.support.houses.house import until
from tests.support.setup import databases

LIMITS = ("chat.update", "chat.postMessage C0TRIAGE", "conversations.replies")
CASES, RECIPIENTS = (1, 2, 3), ("C0TRIAGE", "C0ACME")


class UnreliableChannel:
    """A chat channel that fails in every way it can, until it is ``well``."""

    traits = Traits(threads=True, deliveries=2)

    def __init__(self, seed: int, *, waits_only: bool) -> None:
        self.well = threading.Event()
        self.made: list[int] = []
        self._random = random.Random(seed)
        self._faults = 2 if waits_only else 9

    def deliver(self, parcel: Parcel) -> Stands | None:
        if not self.well.is_set() and self._random.random() < 0.6:
            self._fail(self._random.randrange(self._faults))
        self.made.append(parcel.id)
        return Stands(f"T/{parcel.recipient}/{parcel.id}")

    def _fail(self, fault: int) -> None:
        seconds = self._random.uniform(0.01, 0.1)
        match fault:
            case 0:
                limit, untried = self._random.choice(LIMITS), self._random.random() < 0.5
                raise DeliveryFailed("limit", permanent=False, after=seconds, untried=untried, queue=limit)
            case 1:
                raise DeliveryFailed("waits", permanent=False, after=seconds, untried=True)
            case 2:
                raise DeliveryFailed("away", permanent=False, after=seconds)
            case 3:
                raise DeliveryFailed("token", permanent=False, after=seconds, pause=seconds)
            case 4:
                raise DeliveryFailed("who knows", permanent=False, unknown=True)
            case 5:
                raise DeliveryFailed("never", permanent=True)
            case 6:
                raise OperationalError("SELECT", {}, Exception("database is locked"))
            case 7:
                raise TakenOver
            case _:
                raise RuntimeError("a fault of ours")


@contextmanager
def running(folder: Path, channel: Any) -> Iterator[tuple[Database, Writer, Courier]]:
    """A process with nothing but couriers. Its deliveries name cases that the store does not have."""
    with closing(Database(databases.sqlite(folder))) as database:
        event.listen(database.engine, "connect", lambda one, _: one.execute("PRAGMA foreign_keys=OFF"))
        writer, now = Writer(database), lambda: datetime.now(UTC)
        carrier = Courier(database, writer, {"slack": channel}, gather=lambda tx, row: row, now=now)
        drafts = UploadDrafts(FileStore(folder / "files"))
        renewal = LeaseRenewal(writer, {}, carrier, drafts=drafts, now=now, claims=(OUTBOX,))
        workers = [writer, renewal, *(CourierThread(carrier, "slack", number) for number in (1, 2, 3))]
        threads = [threading.Thread(target=worker.run, daemon=True) for worker in workers]
        for thread in threads:
            thread.start()
        yield database, writer, carrier
        for worker, thread in reversed(list(zip(workers, threads, strict=True))):
            worker.leave()
            thread.join()


def write(writer: Writer, carrier: Courier, number: int, chance: random.Random) -> Outgoing:
    """Write a message, or a card that changed, and hand it to the couriers, as handlers do."""
    case, to = chance.choice(CASES), chance.choice(RECIPIENTS)
    card = chance.random() < 0.3
    moment = datetime.now(UTC)
    key = f"card/{case}" if card else ""
    row = Outgoing(number, "slack", "C0TRIAGE" if card else to, "", b"x", moment, 1, 1, case, key=key)

    def post(tx: Any) -> Outgoing | None:
        until = moment + LEASE
        if card:
            rest = timedelta(milliseconds=50)
            return outbox.refresh(tx, row, notice="card", now=moment, until=until, interval=rest)
        outbox.post(
            tx, row, person_id=None, notice="answer", message_id=f"<{number}@x>", lines=b"", due_at=until
        )
        return row

    if made := writer.write(post):
        carrier.hand_over([made])
    return row


@pytest.mark.parametrize("waits_only", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_every_delivery_is_made_once_faults_are_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, waits_only: bool
) -> None:
    monkeypatch.setattr(lease_renewal, "EVERY", 0.05)
    monkeypatch.setattr(courier, "STORE_AWAY", timedelta(seconds=0.05))
    monkeypatch.setattr(courier, "IN_HANDS", 0.05)
    monkeypatch.setattr(failing, "FIRST_WAIT", timedelta(seconds=0.05))
    monkeypatch.setattr(failing, "LONGEST_WAIT", timedelta(seconds=0.2))
    monkeypatch.setattr(failing, "HOLDS", 0.3)
    channel, chance = UnreliableChannel(seed, waits_only=waits_only), random.Random(seed)
    with running(tmp_path, channel) as (database, writer, carrier):
        messages = []
        for number in range(1, 61):
            row = write(writer, carrier, number, chance)
            messages += [] if row.key else [row]
            threading.Event().wait(chance.uniform(0, 0.03))
        channel.well.set()

        def waiting() -> int:
            with database.reading() as tx:
                wait = select(func.count()).select_from(outbox.outgoing)
                return int(tx.value(wait.where(outbox.outgoing.c.due_at.is_not(None))))

        assert until(lambda: not waiting(), 60), f"{waiting()} deliveries stand still"
        assert until(lambda: not carrier.held)
        assert until(lambda: not carrier._order._queues)
        assert not carrier.queue("slack").parked
        assert not carrier.queue("slack")._parking._queues
        assert not carrier.queue("slack")._parking._lines
    if waits_only:
        by_reader = defaultdict(list)
        for row in messages:
            by_reader[row.case_id, row.recipient].append(row.id)
        for ids in by_reader.values():
            assert [id for id in channel.made if id in ids] == ids, "each once, in order"
