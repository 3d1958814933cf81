"""The writer: groups what waits, and lets one faulty item fail alone."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

import store.engine.database
from bot.runtime import group_commit
from bot.runtime.group_commit import AGAIN, ENOUGH_FOR_URGENT, Writer, WriterGone
from store import channel_state, schema
from store.cases.case import CaseChanged
from store.engine.database import Database, refused
from store.engine.transaction import Transaction
from tests.support.setup import databases
from tests.support.setup.postgres import Server


@contextmanager
def writing(database: Database) -> Iterator[Writer]:
    schema.ensure(database)
    writer = Writer(database)
    thread = threading.Thread(target=writer.run)
    thread.start()
    yield writer
    writer.leave()
    thread.join()
    database.close()


def remember(tx: Transaction, items: Sequence[Any]) -> list[int]:
    for name in items:
        if name == "bad":
            raise ValueError(name)
        channel_state.write(tx, name, {"size": len(items)})
    return [len(items)] * len(items)


def test_items_that_wait_share_a_transaction(url: str) -> None:
    database = Database(url)
    gate = threading.Event()

    def block(tx: Transaction, items: Sequence[Any]) -> list[None]:
        gate.wait()
        return [None] * len(items)

    with writing(database) as writer:
        writer.put(block, None)
        futures = [writer.put(remember, f"n{n}") for n in range(5)]
        gate.set()
        assert [future.result() for future in futures] == [5] * 5


def test_a_faulty_item_fails_alone(url: str) -> None:
    database = Database(url)
    with writing(database) as writer:
        futures = [writer.put(remember, name) for name in ("a", "bad", "b")]
        with pytest.raises(ValueError, match="bad"):
            futures[1].result()
        for future in (futures[0], futures[2]):
            future.result()
        with database.reading() as tx:
            assert channel_state.read(tx, "a")
            assert channel_state.read(tx, "b")
            assert channel_state.read(tx, "bad") is None


def test_what_others_were_first_to_change_is_done_again_until_it_is_done(url: str) -> None:
    database = Database(url)
    tries = []

    def change(tx: Transaction, items: Sequence[Any]) -> list[str]:
        tries.append(items)
        if len(tries) < AGAIN:
            raise CaseChanged(7)
        return ["changed"] * len(items)

    with writing(database) as writer:
        assert writer.put(change, None).result() == "changed"
    assert len(tries) == AGAIN


def test_a_process_that_is_stopped_in_the_middle_holds_others_up_for_a_few_seconds_only(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL, where what one has locked others wait for; its own work is done anew once it goes on."""
    monkeypatch.setattr(store.engine.database, "STALLED", 500)
    holds, goes_on, tries = threading.Event(), threading.Event(), []

    def stopped(tx: Transaction, items: Sequence[Any]) -> list[str]:
        tries.append(items)
        channel_state.write(tx, "mine", {"by": "the one that was stopped"})
        tx.flush()
        holds.set()
        goes_on.wait()
        channel_state.write(tx, "other", {"by": "the one that was stopped"})
        return ["written"] * len(items)

    def quick(tx: Transaction, items: Sequence[Any]) -> list[str]:
        channel_state.write(tx, "mine", {"by": "the other one"})
        return ["written"] * len(items)

    with postgres.with_schema() as url, writing(Database(url)) as one, writing(Database(url)) as other:
        late = one.put(stopped, None)
        assert holds.wait(60)
        assert other.put(quick, None).result(60) == "written"
        assert not late.done()
        goes_on.set()
        assert late.result(60) == "written"
    assert len(tries) == 2


def test_a_process_that_is_stopped_while_it_writes_something_alone_does_it_anew(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.engine.database, "STALLED", 200)
    tries = []

    def stopped(tx: Transaction, items: Sequence[Any]) -> list[str]:
        tries.append(items)
        channel_state.write(tx, "mine", {"tries": len(tries)})
        tx.flush()
        if len(tries) < 3:
            time.sleep(1)
        channel_state.write(tx, "other", {"tries": len(tries)})
        return ["written"] * len(items)

    with postgres.with_schema() as url, writing(Database(url)) as writer:
        assert writer.put(stopped, None).result(60) == "written"
    assert len(tries) == 3, "in its group, alone, and alone once more"


def test_what_was_queued_is_written_before_leaving(url: str) -> None:
    with writing(Database(url)) as writer:
        futures = [writer.put(remember, f"n{n}") for n in range(100)]
    assert all(future.done() for future in futures)


def test_a_client_that_hangs_up_does_not_kill_the_writer(url: str) -> None:
    with writing(Database(url)) as writer:
        for _ in range(20):
            writer.put(remember, "x").cancel()
        assert writer.put(remember, "y").result()


def test_a_locked_database_is_the_houses_fault_and_passes(tmp_path: Path) -> None:
    database = Database(databases.sqlite(tmp_path), busy_timeout=0.2)
    with writing(database) as writer:
        other = sqlite3.connect(tmp_path / "casebot.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError) as error:
            writer.put(remember, "x").result()
        assert refused(error.value)
        other.execute("ROLLBACK")
        other.close()
        assert writer.put(remember, "x").result() == 1


def test_nothing_is_queued_for_a_writer_that_has_died(tmp_path: Path) -> None:
    database = Database(databases.sqlite(tmp_path))
    schema.ensure(database)
    writer = Writer(database)
    failed = OperationalError("COMMIT", {}, sqlite3.OperationalError("disk I/O error"))

    def fail(tx: Transaction, items: Sequence[Any]) -> list[None]:
        raise failed

    thread = threading.Thread(target=_until_it_dies, args=(writer,))
    thread.start()
    futures = [writer.put(fail, None)]
    while thread.is_alive() or len(futures) < 2000:
        futures.append(writer.put(remember, "x"))
    thread.join()
    errors = [future.exception(timeout=60) for future in futures]
    assert isinstance(errors[-1], WriterGone)
    database.close()


def _until_it_dies(writer: Writer) -> None:
    with suppress(OperationalError):
        writer.run()


def test_a_group_that_failed_on_the_disk_is_not_tried_again_one_by_one(tmp_path: Path) -> None:
    database, tried = Database(databases.sqlite(tmp_path)), list[int]()
    schema.ensure(database)
    writer = Writer(database)

    def fail_once(tx: Transaction, items: Sequence[Any]) -> list[None]:
        tried.append(len(items))
        if len(tried) == 1:
            raise OperationalError("COMMIT", {}, sqlite3.OperationalError("disk I/O error"))
        return [None] * len(items)

    futures = [writer.put(fail_once, number) for number in range(2)]
    writer.leave()
    _until_it_dies(writer)
    assert tried == [2]
    assert all(isinstance(future.exception(timeout=60), WriterGone) for future in futures)
    database.close()


@contextmanager
def held(writer: Writer) -> Iterator[None]:
    """The writer is in the middle of something within the block."""
    begun, gate = threading.Event(), threading.Event()

    def block(tx: Transaction, items: Sequence[Any]) -> list[None]:
        begun.set()
        gate.wait(120)
        return [None] * len(items)

    writer.put(block, None)
    assert begun.wait(60)
    try:
        yield
    finally:
        gate.set()


def test_what_somebody_waits_for_is_written_before_what_waits_longer(url: str) -> None:
    order: list[str] = []

    def write(tx: Transaction, items: Sequence[str]) -> list[None]:
        order.extend(items)
        return [None] * len(items)

    with writing(Database(url)) as writer, held(writer):
        for n in range(3):
            writer.put(write, f"mail {n}")
            writer.put(write, f"form {n}", urgent=True)
    assert order == ["form 0", "form 1", "form 2", "mail 0", "mail 1", "mail 2"]


def test_what_was_sent_is_recorded_before_more_is_done_and_hurries_nobody(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "ENOUGH", 60.0)  # the machine may be busy
    order: list[str] = []
    hurried: list[bool] = []

    def write(tx: Transaction, items: Sequence[str]) -> list[None]:
        time.sleep(ENOUGH_FOR_URGENT + 0.005)
        order.extend(items)
        hurried.append(writer.pressed())
        return [None] * len(items)

    with writing(Database(url)) as writer, held(writer):
        for n in range(3):
            writer.put(write, f"mail {n}")
            writer.put_done(write, f"sent {n}")
    assert order == ["sent 0", "sent 1", "sent 2", "mail 0", "mail 1", "mail 2"]
    assert hurried == [False], "one transaction, of the usual length"


def test_what_nobody_waits_for_has_its_turn_however_much_is_urgent(url: str) -> None:
    order: list[str] = []

    def write(tx: Transaction, items: Sequence[str]) -> list[None]:
        order.extend(items)
        return [None] * len(items)

    with writing(Database(url)) as writer, held(writer):
        for n in range(10):  # each closes its transaction
            writer.put(write, f"form {n}", urgent=True, large=True)
        writer.put(write, "mail")
    assert len(order) == 11
    assert order.index("mail") == 3
    assert [form for form in order if form != "mail"] == [f"form {n}" for n in range(10)]


def test_what_somebody_waits_for_is_kept_before_a_crowd_that_came_along_is_begun(url: str) -> None:
    waited: list[bool] = []

    def slow(tx: Transaction, items: Sequence[Any]) -> list[None]:
        time.sleep(ENOUGH_FOR_URGENT + 0.005)
        return [None] * len(items)

    def mail(tx: Transaction, items: Sequence[Any]) -> list[None]:
        waited.append(form.done())
        return [None] * len(items)

    with writing(Database(url)) as writer, held(writer):
        form = writer.put(slow, None, urgent=True)
        writer.put(mail, None)
    assert waited == [True]


def test_a_group_that_ends_before_its_last_item_goes_on_with_it_in_the_next_transaction(url: str) -> None:
    transactions: list[list[int]] = []

    def slowly(tx: Transaction, items: Sequence[int]) -> list[int]:
        done: list[int] = []
        transactions.append(done)
        for item in items:
            time.sleep(0.04)
            done.append(item)
            if writer.pressed():
                break
        return done

    with writing(Database(url)) as writer:
        with held(writer):
            futures = [writer.put(slowly, number) for number in range(8)]
        assert [future.result(timeout=60) for future in futures] == [*range(8)]
    assert [item for done in transactions for item in done] == [*range(8)]
    assert len(transactions) > 1


def test_what_comes_once_the_writer_has_left_fails_at_once_and_waits_for_nobody(url: str) -> None:
    with writing(Database(url)) as writer:
        writer.put(remember, "x").result()
    late = writer.put(remember, "y")
    assert late.done(), "whoever asked would wait for ever"
    assert isinstance(late.exception(), WriterGone)
