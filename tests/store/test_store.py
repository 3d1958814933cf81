"""The store: leases and fences, single effects, files, and the schema on both kinds of database."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Executable, delete, exists, func, insert, literal, select, union_all, update
from sqlalchemy.exc import IntegrityError

from bot.commands.case import Open
from bot.model.message import Attachment, Said
from store import channel_state, schema
from store.cases import attachment as attachments
from store.cases import broadcast, case_list, search
from store.cases import case as cases
from store.cases import entry as entries
from store.engine.columns import metadata, new_id
from store.engine.database import Database, DatabaseFull
from store.engine.keyset import UnknownRow
from store.engine.statement_cache import Plans
from store.files import blobs
from store.files.blobs import FileStore
from store.people import person as people
from store.queues import claim, inbox, outbox
from store.queues.inbox import DoorMessage, InboxOutcome
from store.queues.outbox import DeliveryOutcome, Outgoing
from store.revision import SchemaMismatch
from tests.support.houses.desk import TestDesk
from tests.support.setup import databases

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LEASE = timedelta(seconds=20)


FULL_TEXT = ("entry_text", "article_text", "ix_article_text")
"""Tables and indexes that Alembic cannot compare."""


def arrival(key: str = "k") -> DoorMessage:
    return DoorMessage("email", key, b"raw", None, 3, {"peer": "127.0.0.1"}, NOW)


def open_case(tx: object, **values: object) -> cases.Case:
    ana = people.meet(tx, "email", "ana@acme.example", name="Ana", now=NOW)
    return cases.add(
        tx, subject="s", priority="Medium", mailbox="m", requester_id=ana.id, opened_at=NOW, updated_at=NOW
    )


def post(tx: object, case_id: int, number: int, *, due: datetime = NOW) -> None:
    row = Outgoing(number, "email", "a@b.c", "", b"bytes", NOW, 0, 0, case_id)
    person = people.meet(tx, "email", "ana@acme.example", now=NOW).id
    outbox.post(
        tx,
        row,
        person_id=person,
        notice="n",
        message_id=f"<{number}@x>",
        lines=b"",
        due_at=due,
    )


def test_migrations_and_tables_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": lambda _, name, *__: not name.startswith(FULL_TEXT)}
        )
        assert compare_metadata(context, metadata) == []


def test_a_newer_schema_is_refused(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch, match="newer casebot"):
        schema.ensure(database)


def test_an_undone_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as tx:
        open_case(tx).priority = str(1 / 0)
    with database.reading() as tx:
        assert case_list.cases(tx) == []


def test_no_two_threads_get_the_same_id() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(16) as threads:
            ids = [*chain(*threads.map(lambda _: [new_id() for _ in range(20_000)], range(16)))]
    finally:
        sys.setswitchinterval(before)
    assert len({*ids}) == len(ids)


def test_a_message_is_kept_once(database: Database) -> None:
    with database.writing() as tx:
        (first, row), (again, nothing) = inbox.accept(tx, [arrival(), arrival()], lease=LEASE)
    assert row is not None
    assert (again, nothing) == (first, None)
    with database.writing() as tx:
        assert inbox.accept(tx, [arrival()], lease=LEASE) == [(first, None)]


def test_a_lease_keeps_others_away_until_it_runs_out(database: Database) -> None:
    with database.writing() as tx:
        ((_, row),) = inbox.accept(tx, [arrival()], lease=LEASE)
        assert row
        assert inbox.claim(tx, now=NOW, lease=LEASE, most=9) == []
    with database.writing() as tx:
        (taken,) = inbox.claim(tx, now=NOW + LEASE, lease=LEASE, most=9)
    assert (taken.id, taken.attempts, taken.envelope) == (row.id, 2, {"peer": "127.0.0.1"})
    with database.writing() as tx:
        assert not inbox.settle(tx, [InboxOutcome(row, "done")])
        assert inbox.settle(tx, [InboxOutcome(taken, "done")])
        assert not inbox.settle(tx, [InboxOutcome(taken, "done")])


def test_rows_that_are_written_together_are_there_once_each_and_whole(database: Database) -> None:
    """Whatever their number: PostgreSQL gets them in statements of a few sizes."""
    counts = (1, 2, 3, 7, 33, 71)
    for count in counts:
        with database.writing() as tx:
            for number in range(count):
                inbox.write_receipt(
                    tx, "email", f"{count}-{number}", f"said %s {number}; of {count}", now=NOW
                )
    with database.reading() as tx:
        rows = tx.rows(select(inbox.receipt.c.key, inbox.receipt.c.result, inbox.receipt.c.at))
    assert {(row.key, json.loads(row.result)) for row in rows} == {
        (f"{count}-{number}", f"said %s {number}; of {count}") for count in counts for number in range(count)
    }
    assert len(rows) == sum(counts)
    assert {row.at for row in rows} == {NOW}


def test_a_shunted_message_is_requeued_with_a_clean_slate(database: Database) -> None:
    with database.writing() as tx:
        ((_, row),) = inbox.accept(tx, [arrival()], lease=LEASE)
        assert row
        inbox.settle(tx, [InboxOutcome(row, "shunted", "unreadable: timeout")])
    with database.writing() as tx:
        assert inbox.requeue(tx, reason="not this", now=NOW) == 0
        assert inbox.requeue(tx, reason="unreadable", now=NOW) == 1
        assert inbox.requeue(tx, reason="unreadable", now=NOW) == 0
        (taken,) = inbox.claim(tx, now=NOW, lease=LEASE, most=9)
    assert (taken.attempts, taken.strikes) == (1, 0)


@pytest.mark.parametrize(
    "statement",
    [
        select(inbox.receipt),
        select(func.count()).select_from(inbox.receipt.alias()),
        select(inbox.inbox.c.id).where(inbox.inbox.c.key.in_(select(inbox.receipt.c.key).scalar_subquery())),
        select(exists(select(inbox.receipt.c.key).where(inbox.receipt.c.source == "smtp"))),
        select(select(inbox.receipt.c.key).cte().c.key),
        select(inbox.inbox.c.id).join(inbox.receipt, inbox.receipt.c.key == inbox.inbox.c.key, isouter=True),
        select(literal(1)).where(inbox.receipt.c.key == "k"),
        union_all(select(inbox.inbox.c.key), select(inbox.receipt.c.key)),
        update(inbox.receipt).values(source="lmtp"),
        delete(inbox.receipt),
        inbox.inbox.delete().where(~inbox.inbox.c.key.in_(select(inbox.receipt.c.key))),
        insert(inbox.inbox).from_select(["key"], select(inbox.receipt.c.key)),
    ],
    ids=str,
)
def test_a_statement_sees_what_was_gathered_for_each_table_that_it_names(statement: Executable) -> None:
    assert inbox.receipt in Plans().tables(statement)


def test_a_receipt_is_written_once(database: Database) -> None:
    with database.writing() as tx:
        inbox.write_receipt(tx, "email", "k", {"case": 1}, now=NOW)
    with pytest.raises(IntegrityError), database.writing() as tx:
        inbox.write_receipt(tx, "email", "k", {"case": 2}, now=NOW)
    with database.reading() as tx:
        assert inbox.find_receipt(tx, "email", "k") == {"case": 1}


def test_an_expired_owner_cannot_settle_a_delivery(database: Database) -> None:
    with database.writing() as tx:
        post(tx, open_case(tx).id, 7)
    with database.writing() as tx:
        (first,) = claim.deliveries(tx, now=NOW, until=NOW + LEASE, most=9)
        assert claim.deliveries(tx, now=NOW, until=NOW + LEASE, most=9) == []
        (second,) = claim.deliveries(tx, now=NOW + LEASE, until=NOW + 2 * LEASE, most=9)
        assert outbox.settle(tx, [DeliveryOutcome(first, "sent", "", NOW)]) == 0
        assert outbox.settle(tx, [DeliveryOutcome(second, "sent", "", NOW)]) == 1


def test_two_claimers_never_share_a_row(database: Database) -> None:
    with database.writing() as tx:
        number = open_case(tx).id
        for n in range(1, 201):
            post(tx, number, n)
    taken: list[int] = []

    def work() -> None:
        while True:
            with database.writing() as tx:
                rows = claim.deliveries(tx, now=NOW, until=NOW + LEASE, most=7)
            if not rows:
                return
            taken.extend(row.id for row in rows)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 201))


def test_a_case_changed_by_somebody_else_is_stale(database: Database) -> None:
    with database.writing() as tx:
        number = open_case(tx).id
    with database.reading() as tx:
        mine = cases.get(tx, number)
    assert mine
    with database.writing() as tx:
        theirs = cases.get(tx, number)
        assert theirs
        theirs.state = "open"
        cases.save(tx, theirs)
    with pytest.raises(cases.CaseChanged), database.writing() as tx:
        cases.save(tx, mine)


def test_the_first_case_an_id_leads_to_stays(database: Database) -> None:
    with database.writing() as tx:
        first, second = open_case(tx).id, open_case(tx).id
        entries.remember(tx, first, ["<a@x>", "", "<b@x>"])
        entries.remember(tx, second, ["<a@x>", "<c@x>"])
        assert entries.follow(tx, ["<a@x>", "<c@x>", "<z@x>"]) == {"a@x": first, "c@x": second}


@pytest.mark.parametrize("after", [-1, 0, 4711, 2**63 - 1, 2**63, 2**64])
def test_a_list_after_an_unknown_number_is_refused(database: Database, after: int) -> None:
    for listing in (case_list.cases, inbox.listing, outbox.listing):
        with database.reading() as tx, pytest.raises(UnknownRow):
            listing(tx, after=after)


@pytest.mark.parametrize("words", ["delivery deal", 'deal"', "deal* OR (", "%"])
def test_search_takes_any_words(database: Database, words: str) -> None:
    with database.writing() as tx:
        number = open_case(tx).id
        ana = people.meet(tx, "email", "ana@acme.example", now=NOW).id
        entry = entries.say(tx, number, person_id=ana, visibility="public", text="x", received_at=NOW)
        search.index(tx, entry, "No delivery of the deal")
    with database.reading() as tx:
        found, whole = search.find(tx, words, most=10)
    assert whole
    assert found == ([number] if words in ("delivery deal", 'deal"') else [])


def test_a_full_database_says_so_and_recovers(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/casebot.db")
    schema.ensure(database)
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        connection.commit()
    big = DoorMessage("email", "big", os.urandom(200_000), None, 200_000, {}, NOW)
    with pytest.raises(DatabaseFull), database.writing() as tx:
        inbox.accept(tx, [big], lease=LEASE)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        connection.commit()
    with database.writing() as tx:
        assert inbox.accept(tx, [big], lease=LEASE)[0][1] is not None
    database.close()
    with closing(sqlite3.connect(tmp_path / "casebot.db")) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_files_lie_under_their_hash_once(tmp_path: Path) -> None:
    files = FileStore(tmp_path / "files")
    digest, size = files.put([b"hello ", b"world"])
    assert files.put([b"hello world"]) == (digest, size) == (digest, 11)
    assert files.read(digest) == b"hello world"
    assert [path.name for path in (tmp_path / "files" / "tmp").iterdir()] == []


def test_however_many_files_are_kept_none_stays_open(tmp_path: Path) -> None:
    files, handles = FileStore(tmp_path / "files"), Path("/proc/self/fd")
    before = len(list(handles.iterdir()))
    for number in range(20):
        files.put([f"file {number}".encode()])
    assert len(list(handles.iterdir())) < before + 10


def test_a_disk_that_fails_as_a_file_is_placed_is_what_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = FileStore(tmp_path / "files")
    (tmp_path / "files" / hashlib.sha256(b"hello").hexdigest()[:2]).mkdir()
    monkeypatch.setattr(blobs, "sync_folder", lambda folder: os.close(-1))
    with pytest.raises(OSError, match="Bad file descriptor"):
        files.put([b"hello"])


def test_only_a_hash_names_a_file(tmp_path: Path) -> None:
    for name in ("../../etc/passwd", "", "A" * 64):
        with pytest.raises(ValueError, match="SHA-256"):
            FileStore(tmp_path).path(name)


def test_a_file_is_attached_once_a_case_has_it(tmp_path: Path) -> None:
    with TestDesk(databases.sqlite(tmp_path), tmp_path) as desk:
        log = Attachment("app.log", "text/plain", 4, desk.app.files.put([b"data"])[0])
        desk.ask("ana@acme.example", Open("Deal", "It stopped."), said=Said(attachments=(log,)))
        with desk.app.database.writing() as tx:
            assert attachments.is_attached(tx, log.sha256)
            assert not attachments.is_attached(tx, "0" * 64)


def test_a_reading_is_of_one_moment(url: str) -> None:
    with closing(Database(url)) as database:
        with database.reading() as tx:
            assert channel_state.read(tx, "seen") is None
            with database.writing() as other:
                channel_state.write(other, "seen", {"by": "another"})
            assert channel_state.read(tx, "seen") is None
        with database.reading() as tx:
            assert channel_state.read(tx, "seen") == {"by": "another"}


def test_of_two_that_tell_the_last_cases_of_a_broadcast_one_finishes_it(desk: TestDesk) -> None:
    for subject in ("One", "Two"):
        desk.ask("ana@acme.example", Open(subject, "It stopped."))
    with desk.app.database.writing() as tx:
        number = broadcast.plan(tx, 1, "It is mended.", (1, 2), now=NOW)
    settled, answers = threading.Barrier(2), []

    def tell(case: int) -> None:
        with desk.app.database.writing() as tx:
            broadcast.settle(tx, number, case, "told")
            with suppress(threading.BrokenBarrierError):
                settled.wait(1)  # on SQLite the other one begins when this one has ended
            answers.append(broadcast.finished(tx, number, now=NOW))

    threads = [threading.Thread(target=tell, args=(case,)) for case in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False, True]
