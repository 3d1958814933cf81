"""Two processes on one PostgreSQL meet the same people at once: each person is one, and nothing is undone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.people.staff_sync import sync
from bot.runtime.group_commit import Writer
from store.cases import participant
from store.engine.database import Database
from store.engine.transaction import Transaction
from store.people import person as people
from store.people.person import Person, person
from store.queues import inbox
from tests.support.houses.desk import config_for
from tests.support.houses.house import House, until

NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
ANA, BEA = "ana@new.example", "bea@new.example"


@contextmanager
def two(url: str) -> Iterator[tuple[Database, Database]]:
    """The store as two processes have it open."""
    with closing(Database(url)) as one, closing(Database(url)) as other:
        yield one, other


def met(tx: Transaction, address: str, **more: bool) -> Person:
    return people.meet(tx, "email", address, name="Ana", now=NOW, **more)


def waits(database: Database) -> bool:
    """Does a transaction wait for another one?"""
    with database.engine.connect() as connection:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return bool(connection.exec_driver_sql(waiting).scalar())


def count(database: Database) -> int:
    with database.reading() as tx:
        return int(tx.value(select(func.count()).select_from(person)))


@contextmanager
def meanwhile(database: Database, work: Callable[[Transaction], Person]) -> Iterator[Future[Person]]:
    """Another process's transaction, which has come to where it waits for this one."""

    def act() -> Person:
        with database.writing() as tx:
            return work(tx)

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(act)
        assert until(lambda: waits(database))
        yield future


def test_whoever_two_processes_meet_at_once_is_one_person(shared: str) -> None:
    with two(shared) as (one, other):
        with one.writing() as tx:
            first = met(tx, ANA)
            with meanwhile(other, lambda tx: met(tx, ANA)) as second:
                tx.connection.commit()
                assert second.result(60).id == first.id
        assert count(one) == 1


def test_who_was_first_and_unproven_is_known_once_the_second_has_proven_it(shared: str) -> None:
    with two(shared) as (one, other):
        with one.writing() as tx:
            met(tx, ANA, known=False)
            with meanwhile(other, lambda tx: met(tx, ANA)) as second:
                tx.connection.commit()
                assert second.result(60).known
        with one.reading() as tx:
            someone = people.find(tx, "email", ANA)
            assert someone is not None
            assert (someone.known, someone.name) == (True, "Ana")


def test_whoever_was_undone_elsewhere_is_met_here(shared: str) -> None:
    with two(shared) as (one, other):
        with one.writing() as tx:
            met(tx, ANA)
            with meanwhile(other, lambda tx: met(tx, ANA)) as second:
                tx.connection.rollback()
                assert second.result(60).name == "Ana"
        assert count(one) == 1


def test_no_group_is_undone_for_somebody_new(shared: str) -> None:
    """Two writers meet the same hundred people, each in groups."""
    addresses = [f"p{n}@new.example" for n in range(100)]
    with two(shared) as (one, other), capture_logs() as logs:
        writers = [Writer(one), Writer(other)]
        work = lambda tx, batch: [met(tx, address).id for address in batch]  # noqa: E731
        futures = [[writer.put(work, address) for address in addresses] for writer in writers]
        threads = [threading.Thread(target=writer.run) for writer in writers]
        for thread in threads:
            thread.start()
        ids = [[future.result(60) for future in group] for group in futures]
        for writer, thread in zip(writers, threads, strict=True):
            writer.leave()
            thread.join()
        assert ids[0] == ids[1]
        assert len(set(ids[0])) == count(one) == len(addresses)
    assert not [line for line in logs if line["event"].startswith("batch rolled back")]


def test_two_that_reserve_whom_they_meet_never_wait_for_each_other(shared: str) -> None:
    """Two writers meet the same hundred people, one of them the last first, as mails come."""
    addresses = [f"p{n}@new.example" for n in range(100)]

    def work(tx: Transaction, batch: Sequence[str]) -> list[int]:
        return [met(tx, address).id for address in batch] if people.reserve(tx, "email", batch) else []

    with two(shared) as (one, other), capture_logs() as logs:
        writers = [Writer(one), Writer(other)]
        orders = (addresses, addresses[::-1])
        futures = [
            {address: writer.put(work, address) for address in order}
            for writer, order in zip(writers, orders, strict=True)
        ]
        threads = [threading.Thread(target=writer.run) for writer in writers]
        for thread in threads:
            thread.start()
        ids = [{address: future.result(60) for address, future in group.items()} for group in futures]
        for writer, thread in zip(writers, threads, strict=True):
            writer.leave()
            thread.join()
        assert ids[0] == ids[1]
        assert len(set(ids[0].values())) == count(one) == len(addresses)
    assert not [line for line in logs if line["event"].startswith("batch rolled back")]


def test_a_mail_waits_for_whoever_writes_somebody_in_its_cc_just_now(shared: str, tmp_path: Path) -> None:
    with two(shared) as (one, other), House(shared, tmp_path) as house:
        with one.writing() as tx:
            people.reserve(tx, "email", [BEA])
            house.send(ANA, "support@example.com", "No delivery", "It stopped.", headers={"Cc": BEA})
            assert until(lambda: waits(other))
            bea = met(tx, BEA)
        assert until(lambda: house.inbox("done"))
        with one.reading() as tx:
            assert participant.reading(tx, 1, bea.id)[0], "the same Bea takes part"


def test_two_that_wait_for_each_other_both_come_to_an_end(shared: str) -> None:
    """They meet two people crosswise: PostgreSQL ends one of the two, and its work is simply done again."""
    both = threading.Barrier(2, timeout=60)
    tries: list[str] = []

    def crosswise(tx: Transaction, orders: Sequence[tuple[str, str]]) -> list[int]:
        for first, second in orders:
            tries.append(first)
            met(tx, first)
            if tries.count(first) == 1:
                both.wait()
            met(tx, second)
        return [1]

    with two(shared) as (one, other):
        writers = [Writer(one), Writer(other)]
        threads = [threading.Thread(target=writer.run) for writer in writers]
        for thread in threads:
            thread.start()
        orders = ((ANA, BEA), (BEA, ANA))
        futures = [writer.put(crosswise, order) for writer, order in zip(writers, orders, strict=True)]
        assert [future.result(60) for future in futures] == [1, 1]
        for writer, thread in zip(writers, threads, strict=True):
            writer.leave()
            thread.join()
        assert len(tries) > 2
        assert count(one) == 2


def test_what_two_learn_of_a_customer_at_once_makes_neither_wait(shared: str) -> None:
    """Each handles many mails in a transaction: waiting for each other's customers, they would never end."""
    with two(shared) as (one, other), ThreadPoolExecutor(1) as pool:
        with one.writing() as tx:
            ana = met(tx, ANA)

        def learn() -> Person:
            with other.writing() as tx:
                return people.speaks(tx, ana, "fr")

        with one.writing() as tx:
            people.speaks(tx, ana, "de")
            assert pool.submit(learn).result(timeout=60).language == "fr"
        with one.reading() as tx:
            assert (people.by_id(tx, ana.id) or ana).language == "de"


def test_a_key_that_another_process_writes_at_the_same_moment_is_no_failure(shared: str) -> None:
    """A receipt is looked for, and written by somebody else before it is written here."""
    looked = threading.Event()

    def once(tx: Transaction, keys: Sequence[str]) -> list[object]:
        before = inbox.find_receipt(tx, "email", keys[0])
        if before is not None:
            return [before]
        looked.set()
        time.sleep(0.1)
        inbox.write_receipt(tx, "email", keys[0], "done here", now=NOW)
        return ["done here"]

    with two(shared) as (one, other):
        writer = Writer(one)
        thread = threading.Thread(target=writer.run)
        thread.start()
        with other.writing() as tx:
            future = writer.put(once, "k1")
            assert looked.wait(60)
            inbox.write_receipt(tx, "email", "k1", "done there", now=NOW)
        assert future.result(60) == "done there"
        writer.leave()
        thread.join()


def test_processes_that_start_at_once_write_the_same_staff_and_accounts(shared: str, tmp_path: Path) -> None:
    config = config_for(shared, tmp_path)

    def start(database: Database) -> None:
        with database.writing() as tx:
            sync(tx, config, now=NOW)
            time.sleep(0.2)

    with two(shared) as databases, ThreadPoolExecutor(2) as pool:
        list(pool.map(start, databases))
        assert count(databases[0]) == 2
