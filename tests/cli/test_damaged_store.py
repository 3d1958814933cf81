"""A damaged SQLite database is called damaged, and stays as it is."""

from __future__ import annotations

import hashlib
import shutil
import struct
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from store.engine.database import Database
from store.schema import ensure
from tests.support.houses.console import run, said

COMMANDS = (("check",), ("case", "list"), ("migrate",), ("run",), ("people", "list"), ("check",))
FRAME = 24 + 8192
"""Bytes of a frame of the log: its header and a page."""


@pytest.fixture(autouse=True)
def killed_desk(in_an_empty_folder: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A desk as SIGKILL leaves it: all that it wrote is still in the write-ahead log."""
    said("init")
    folder = tmp_path_factory.mktemp("running")
    with closing(Database(f"sqlite:///{folder}/casebot.db")) as database:
        ensure(database)
        for number in range(3):
            with database.writing() as tx:
                tx.connection.exec_driver_sql(f"CREATE TABLE other_{number} (x)")
        for name in ("casebot.db", "casebot.db-wal"):
            shutil.copy(folder / name, name)


def digests() -> dict[str, str]:
    files = ("casebot.db", "casebot.db-wal")
    return {name: hashlib.sha256(Path(name).read_bytes()).hexdigest() for name in files}


def overwrite(name: str, place: int, octets: bytes) -> None:
    with Path(name).open("r+b") as file:
        file.seek(place)
        file.write(octets)


@pytest.mark.parametrize("size", [10, 20, 31])
def test_a_write_ahead_log_without_a_whole_header_holds_nothing(size: int) -> None:
    with Path("casebot.db-wal").open("r+b") as file:
        file.truncate(size)
    told = run("case", "list")
    assert "Traceback" not in told.output
    assert not isinstance(told.exception, struct.error)


@pytest.mark.parametrize("frame", [0, 10, 150, -4])
def test_a_write_ahead_log_with_other_bytes_in_it_is_damaged(frame: int) -> None:
    frames = (Path("casebot.db-wal").stat().st_size - 32) // FRAME
    overwrite("casebot.db-wal", 32 + (frame % frames) * FRAME + 100, b"\x5a" * 200)
    before = digests()
    for words in COMMANDS:
        told = run(*words)
        assert told.exit_code == 1, words
        assert "casebot.db-wal is damaged" in told.output, words
        assert "older version" not in told.output
        assert digests() == before, f"{words}: what can still be rescued is there"


@pytest.mark.parametrize("place", [0, 8, 17, 26])
def test_a_write_ahead_log_with_another_beginning_is_damaged(place: int) -> None:
    overwrite("casebot.db-wal", place, b"\x5a" * 3)
    assert "casebot.db-wal is damaged" in run("check").output


@pytest.mark.parametrize("place", [0, 40, 100, 8192])
def test_a_database_file_with_other_bytes_in_it_is_damaged(place: int) -> None:
    said("case", "list")  # writes the log into the file
    overwrite("casebot.db", place, b"\x5a" * 200)
    told = run("check")
    assert told.exit_code == 1
    assert "no database, or a damaged one" in told.output
    assert "older version" not in told.output


@pytest.mark.parametrize("lost", [0, 1, 100, 8192, FRAME])
def test_a_log_that_a_power_cut_tore_at_its_end_is_no_damage(lost: int) -> None:
    log = Path("casebot.db-wal")
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size - lost)
    assert said("case", "list") == "No cases yet.\n"


def test_a_log_whose_last_commit_never_reached_the_disk_is_no_damage() -> None:
    overwrite("casebot.db-wal", Path("casebot.db-wal").stat().st_size - 200, bytes(200))
    assert said("case", "list") == "No cases yet.\n"


def test_the_log_of_a_running_desk_is_read_beside_it(tmp_path: Path) -> None:
    with closing(Database(f"sqlite:///{tmp_path}/casebot.db")) as database:
        for number in range(400):  # beyond a checkpoint the log begins again, over the older frames
            with database.writing() as tx:
                tx.connection.exec_driver_sql(f"CREATE TABLE more_{number} (x)")
                tx.connection.exec_driver_sql(f"INSERT INTO more_{number} VALUES (randomblob(200000))")
            if number % 40 == 0:
                command = [sys.executable, "-m", "bot.cli", "people", "list"]
                done = subprocess.run(command, check=False, capture_output=True, text=True)
                assert "damaged" not in done.stdout + done.stderr
