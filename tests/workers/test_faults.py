"""Faults: what goes wrong is answered clearly, nothing is lost, and it goes on by itself."""

from __future__ import annotations

import gc
import shutil
import smtplib
import socket
import sqlite3
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event, text
from structlog.testing import capture_logs

from bot.workers import intake
from bot.workers.scheduler import Scheduler
from channels.email.smtp_in import server
from rehearsal.ports import free_port
from store.files.blobs import FileStore
from store.queues import outbox
from store.queues.inbox import DoorMessage
from store.queues.outbox import Outgoing
from tests.support.houses.desk import TestDesk
from tests.support.houses.house import House, until
from tests.support.mail.sink import Sink
from tests.support.setup import databases
from tests.support.setup.postgres import Server

ANA, DESK = "Ana <ana@acme.example>", "support@example.com"
MAIL = b"From: ana@acme.example\r\nTo: support@example.com\r\nMessage-ID: <1@acme.example>\r\n\r\nHello.\r\n"
LARGE = b"From: ana@acme.example\r\nTo: support@example.com\r\n\r\n" + b"A long line of words.\r\n" * 20_000


def reply_to(house: House, raw: bytes = MAIL, to: str = DESK) -> tuple[int, str]:
    """What the door says to a mail, at whichever step it decides."""
    with smtplib.SMTP("127.0.0.1", house.port, timeout=60) as client:
        client.ehlo()
        for command in ("MAIL FROM:<ana@acme.example>", f"RCPT TO:<{to}>"):
            code, words = client.docmd(command)
            if code != 250:
                return code, words.decode()
        code, words = client.data(raw)
        return code, words.decode()


def test_a_nearly_full_disk_is_452_and_nothing_is_lost(url: str, tmp_path: Path) -> None:
    with capture_logs() as lines, House(url, tmp_path, min_free=1 << 60) as house:
        assert [reply_to(house)[0] for _ in range(3)] == [452] * 3
        assert house.inbox() == ()
    told = [line for line in lines if "nearly full" in line.get("why", "")]
    assert [line["log_level"] for line in told] == ["warning"]


@pytest.mark.parametrize(
    ("state", "said", "code"),
    [
        ("disk_full", "could not extend file: No space left on device", 452),
        ("too_many_connections", "full.example has too many clients already", 451),
    ],
)
def test_postgresql_says_by_its_code_that_its_disk_is_full(
    postgres: Server, tmp_path: Path, state: str, said: str, code: int
) -> None:
    with postgres.with_schema() as url, House(url, tmp_path) as house:
        with house.app.database.engine.begin() as connection:
            connection.exec_driver_sql(
                "CREATE FUNCTION no_room() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION "
                f"'{said}' USING ERRCODE = '{state}'; "
                "END $$ LANGUAGE plpgsql"
            )
            connection.exec_driver_sql(
                "CREATE TRIGGER no_room BEFORE INSERT ON inbox EXECUTE FUNCTION no_room()"
            )
        assert reply_to(house)[0] == code
        with house.app.database.engine.begin() as connection:
            connection.exec_driver_sql("DROP FUNCTION no_room CASCADE")
        assert reply_to(house)[0] == 250


@pytest.mark.parametrize("emptied", ["files/tmp", "files"])
def test_a_folder_for_files_that_somebody_emptied_is_made_anew(tmp_path: Path, emptied: str) -> None:
    with House(databases.sqlite(tmp_path), tmp_path) as house:
        shutil.rmtree(tmp_path / emptied)
        assert reply_to(house, MAIL + b"A long line of words.\r\n" * 20_000)[0] == 250
        assert house.cases() == ["CS-000001"]


def test_a_locked_database_is_451_and_the_resent_mail_has_one_effect(tmp_path: Path) -> None:
    with House(databases.sqlite(tmp_path), tmp_path) as house:
        other = sqlite3.connect(tmp_path / "casebot.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        code, words = reply_to(house)
        assert code == 451
        assert "lock" not in words
        other.execute("ROLLBACK")
        other.close()
        assert reply_to(house)[0] == 250
        assert house.cases() == ["CS-000001"]


def test_unknown_recipients_and_too_large_mails_are_told_why(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, max_size=100_000) as house:
        code, words = reply_to(house, to="sales@example.com")
        assert (code, "write to support@example.com" in words) == (550, True)
        assert reply_to(house, MAIL + b"x" * 200_000)[0] == 552
        assert house.inbox() == ()


def test_a_desk_that_is_behind_says_so(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, more="\n[limits]\nbacklog = 1\n") as house:
        house.app.intakes["email"].held[-1] = 0  # something is in hand already
        assert reply_to(house)[0] == 451
        house.app.intakes["email"].held.clear()
        assert until(lambda: reply_to(house)[0] == 250)


def test_a_database_that_hangs_fills_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What no door waits for any more is let go of, and what waits to be written counts as backlog."""
    monkeypatch.setattr(server, "PATIENCE", 0.2)
    words = b"A long line of words.\r\n" * 9_000
    with House(databases.sqlite(tmp_path), tmp_path, more="\n[limits]\nbacklog = 4\n") as house:
        event.listen(house.app.database.engine, "checkout", _wait_for_ever)
        with closing(sqlite3.connect(tmp_path / "casebot.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            replies = [reply_to(house, b"X-Number: %d\r\n" % n + MAIL + words)[1] for n in range(9)]
            gc.collect()  # what earlier tests have left in circles
            in_memory = [held for held in gc.get_objects() if isinstance(held, DoorMessage)]
            other.execute("ROLLBACK")
        assert replies[0].startswith("4.3.0 Something went wrong")
        assert replies[-1].startswith("4.3.2 We are behind")
        assert len(in_memory) <= 1  # what the transaction that hangs has begun with
        assert until(lambda: reply_to(house)[0] == 250)
        assert len(house.cases()) <= 2


def _wait_for_ever(connection: sqlite3.Connection, *_: object) -> None:
    connection.execute("PRAGMA busy_timeout = 600000")


def test_what_cannot_be_handled_is_shunted_and_requeued_with_one_effect(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path) as house:
        _forbid(house, "poison")
        house.send(ANA, DESK, "poison", "This one breaks the desk.")
        house.send(ANA, DESK, "good", "This one does not.")
        (confirmation,) = house.mails("ana@")
        assert "good" in confirmation["Subject"]
        (line,) = until(lambda: house.inbox("shunted"))
        assert "not handled: " in line.reason
        assert "poison" not in line.reason
        _allow(house)
        assert house.app.desk.requeue(reason="not handled") == 1
        assert house.app.desk.requeue(reason="not handled") == 0
        (confirmation,) = house.mails("ana@")
        assert "poison" in confirmation["Subject"]
        assert len(house.cases()) == 2


def test_a_case_that_others_change_all_the_time_is_no_fault_of_the_mail(tmp_path: Path) -> None:
    with House(databases.sqlite(tmp_path), tmp_path) as house:
        house.send(ANA, DESK, "Deal", "It stopped.")
        assert house.mails("ana@")
        with (
            house.app.database.engine.begin() as store
        ):  # each change finds that another process has been there
            store.exec_driver_sql(
                "CREATE TRIGGER taken BEFORE UPDATE ON support_case BEGIN SELECT RAISE(IGNORE); END"
            )
        house.send(ANA, DESK, "Re: [CS-000001] Deal", "It goes again.")
        (line,) = until(lambda: [row for row in house.inbox("waiting") if "CaseChanged" in row.reason])
        with house.app.database.engine.begin() as store:
            assert store.scalar(text("SELECT strikes FROM inbox WHERE id = :id"), {"id": line.id}) == 0
            store.exec_driver_sql("DROP TRIGGER taken")
        assert until(lambda: [entry for entry in house.case().entries if "goes again" in entry.text])


def _forbid(house: House, subject: str) -> None:
    """A case of this subject cannot be written: a fault of ours, deep in the store."""
    engine = house.app.database.engine
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(
                "CREATE TRIGGER forbid BEFORE INSERT ON support_case "
                f"WHEN NEW.subject = '{subject}' BEGIN SELECT RAISE(ABORT, 'a secret of the house'); END"
            )
        else:
            connection.execute(
                text(f"ALTER TABLE support_case ADD CONSTRAINT forbid CHECK (subject <> '{subject}')")
            )


def _allow(house: House) -> None:
    engine = house.app.database.engine
    drop = (
        "DROP TRIGGER forbid"
        if engine.dialect.name == "sqlite"
        else "ALTER TABLE support_case DROP CONSTRAINT forbid"
    )
    with engine.begin() as connection:
        connection.exec_driver_sql(drop)


def test_an_unreachable_relay_costs_patience_and_no_mail(url: str, tmp_path: Path) -> None:
    port = free_port()
    with House(url, tmp_path, relay=f"smtp://127.0.0.1:{port}?starttls=off") as house:
        house.send(ANA, DESK, "Hello", "Hello.")
        until(lambda: [row for row in _outgoing(house) if row.reason])
        assert {row.outcome for row in _outgoing(house)} == {"waiting"}
        with Sink(port=port) as sink:
            house.app.desk.retry()
            until(lambda: len(sink.taken) >= 3)
            house.settled()
            sent = {row.message_id for row in _outgoing(house)}
            assert {message.message_id for message in sink.taken} == sent
            assert len(sent) == 3


def _outgoing(house: House) -> list[object]:
    with house.app.database.reading() as tx:
        return list(outbox.listing(tx))


def test_a_client_that_vanishes_in_data_leaves_nothing(house: House) -> None:
    with socket.create_connection(("127.0.0.1", house.port)) as client:
        client.sendall(
            b"EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<support@example.com>\r\nDATA\r\nSubject: half a ma"
        )
        client.recv(100)
    assert reply_to(house)[0] == 250
    assert len(house.inbox()) == 1


def test_a_delivery_that_fails_as_nobody_foresaw_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with House(databases.sqlite(tmp_path), tmp_path) as house:
        channel = type(house.app.channels["email"])
        with monkeypatch.context() as patch:
            patch.setattr(channel, "deliver", lambda self, parcel: {}["unforeseen"])
            house.send(ANA, DESK, "Hello", "Hello.")
            assert until(lambda: [row for row in _outgoing(house) if row.reason == "KeyError"])
        house.app.desk.retry()
        assert house.mails("ana@")


def test_mail_that_waits_in_numbers_is_read_from_the_store_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No memory holds it meanwhile: neither what a row keeps, nor what a file does."""
    monkeypatch.setattr(intake, "IN_MEMORY", 0)
    with House(databases.sqlite(tmp_path), tmp_path) as house:
        house.send(ANA, DESK, "A small one", "It stopped at noon.")
        house.send(ANA, DESK, "A large one", "A long line of words.\n" * 20_000)
        assert house.cases() == ["CS-000001", "CS-000002"]
        assert "It stopped at noon." in house.case(1).entries[0].text


def test_a_large_mail_that_the_disk_is_slow_to_take_does_not_hold_up_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, put = threading.Barrier(2, timeout=60), FileStore.put

    def slow(files: FileStore, chunks: Iterable[bytes]) -> tuple[str, int]:
        if threading.current_thread().name.startswith("large"):  # at the door, not where mail is read
            both.wait()  # neither is kept before the other is being kept, too
        return put(files, chunks)

    monkeypatch.setattr(FileStore, "put", slow)
    with House(databases.sqlite(tmp_path), tmp_path) as house, ThreadPoolExecutor(2) as senders:
        mails = [f"Message-ID: <{n}@acme.example>\r\n".encode() + LARGE for n in range(2)]
        assert [code for code, _ in senders.map(lambda raw: reply_to(house, raw), mails)] == [250, 250]


def test_timers_and_a_monitor_that_fail_keep_no_other_from_looking(url: str, tmp_path: Path) -> None:
    class Broken:
        def look(self) -> list[Outgoing]:
            raise ValueError("its template is broken")

    class Looking:
        looks = 0

        def look(self) -> list[Outgoing]:
            self.looks += 1
            return []

    other = Looking()
    with TestDesk(url, tmp_path) as desk, capture_logs() as lines:
        read, desk.desk.clock.read = desk.desk.clock.read, partial(datetime.fromisoformat, "no time")
        scheduler = Scheduler(desk.app.writer, desk.desk, [Broken(), other])
        thread = threading.Thread(target=scheduler.run)
        thread.start()
        assert until(lambda: other.looks)
        scheduler.leave()
        thread.join()
        desk.desk.clock.read = read
    assert "round failed" in [line["event"] for line in lines]
    assert [line["monitor"] for line in lines if line["event"] == "monitor failed"] == ["Broken"]
