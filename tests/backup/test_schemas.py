"""Backups of older and newer stores, and one that is made while somebody migrates."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from store import schema
from store.backup import snapshot
from store.engine.database import Database
from tests.schemas import files
from tests.store.test_migrations import NEWEST
from tests.support.houses.desk_process import DeskProcess, patient
from tests.support.setup.postgres import Server

OLD = "0004-5678af8"


@pytest.fixture
def old(empty_url: str, tmp_path: Path) -> DeskProcess:
    """A desk whose store an older casebot has left."""
    desk = DeskProcess(tmp_path / "old", empty_url)
    files.restore(OLD, empty_url)
    return desk


def test_an_older_store_is_backed_up_restored_as_it_was_and_migrated_there(
    old: DeskProcess, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    archive = tmp_path / "desk.tar"
    old.casebot("backup", "--incomplete", str(archive))  # its files were not kept
    assert "an older version's (0004)" in old.casebot("verify", str(archive), code=1)
    words = ("restore", str(archive), "--to", str(tmp_path / "new"))
    if "sqlite" in old.config.read_text():
        old.casebot(*words)
        _migrated(DeskProcess(tmp_path / "new"))
        return
    with request.getfixturevalue("postgres").empty() as other:
        old.casebot(*words, "--store", other)
        _migrated(DeskProcess(tmp_path / "new"))


def _migrated(fresh: DeskProcess) -> None:
    assert "casebot migrate" in fresh.casebot("release", "--all", code=1)
    assert "brought from 0004" in fresh.casebot("migrate")
    assert "numbers: they agree" in fresh.casebot("verify", code=1)
    assert "is held" in fresh.casebot("check")
    fresh.casebot("release", "--all")


def test_a_newer_store_is_backed_up_and_not_restored_by_an_older_casebot(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path / "desk", f"sqlite:///{tmp_path}/desk/casebot.db")
    desk.casebot("case", "new", "--as", "ben@acme.example", "Hello")
    with closing(sqlite3.connect(tmp_path / "desk/casebot.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '20991231_tomorrow'")
    desk.casebot("backup", str(tmp_path / "desk.tar"))
    assert "update this casebot" in desk.casebot("verify", str(tmp_path / "desk.tar"), code=1)
    said = desk.casebot("restore", str(tmp_path / "desk.tar"), "--to", str(tmp_path / "new"), code=1)
    assert "update this casebot first" in said
    assert list((tmp_path / "new").iterdir()) == []


def test_a_backup_waits_for_who_migrates_and_is_of_one_version(postgres: Server, tmp_path: Path) -> None:
    with postgres.empty() as url:
        files.restore(OLD, url)
        database, copies = Database(url), list[snapshot.Snapshot]()
        migration = threading.Thread(target=schema.migrate, args=(database,))
        backup = threading.Thread(target=lambda: copies.append(snapshot.take(url, tmp_path)))
        with psycopg.connect(url) as reader:
            (cases,) = reader.execute("SELECT count(*) FROM support_case").fetchone() or (0,)
            migration.start()  # it waits for the reader, with half of its work done
            assert patient(lambda: _waiting(postgres) == 1)
            backup.start()
            assert patient(lambda: _waiting(postgres) == 2)
        migration.join()
        backup.join()
        database.close()
    (copy,) = copies
    assert copy.revision == NEWEST
    assert copy.rows["support_case"] == cases > 0
    assert "rota" in copy.rows


def _waiting(server: Server) -> int:
    """How many wait for a lock."""
    with psycopg.connect(server.url) as connection:
        return len(connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchall())
