"""The command line beside a store that is another's, in use, damaged, or not to be written."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.terminal.errors import Failure, in_words
from store.engine.database import Database
from store.people import account, person
from tests.support.houses.console import run, said, staffed, told
from tests.support.houses.desk import TestDesk

READING = (
    ("case", "list"),
    ("case", "show", "1"),
    ("case", "queue"),
    ("case", "search", "delivery"),
    ("inbox", "list"),
    ("outbox", "list"),
    ("people", "list"),
    ("report",),
    ("check",),
)
PLACE = '[[account]]\nname = "Globex"\nplaces.slack = ["T0HOME/C0GLOBEX"]\n'


def a_desk_at_work() -> None:
    staffed()
    said("case", "new", "--as", "ana@x.com", "No delivery")
    said("case", "take", "1", "--as", "bob@acme.com")


# the roster


def test_a_command_in_another_folder_leaves_the_roster_as_it_is(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, more=PLACE) as desk:
        desk.ask("sam@desk.example")  # whoever opened the desk has written it
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "trial.toml").write_text(
        f'[store]\nurl = "{url}"\nfiles = "./f"\n[email]\nlisten = ""\n[web]\nlisten = ""\n'
    )
    trial = ("--config", str(elsewhere / "trial.toml"))
    said(*trial, "case", "new", "--as", "ana@x.com", "No delivery")
    said(*trial, "case", "take", "1", "--as", "sam@desk.example")
    for words in READING:
        run(*trial, *words)
    database = Database(url)
    with database.reading() as tx:
        sam = person.find(tx, "email", "sam@desk.example")
        assert sam
        assert sam.staff
        assert account.of_place(tx, "slack", "T0HOME/C0GLOBEX")
    database.close()
    assert json.loads(said(*trial, "case", "show", "1", "--json"))["line"]["owner"] == "Sam Specialist"


def test_the_first_command_on_a_fresh_store_writes_the_roster() -> None:
    a_desk_at_work()
    assert "Bob Miller" in said("case", "list")


def test_who_is_named_in_the_config_later_is_known_once_the_desk_was_opened(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path):
        pass
    more = '[[staff]]\nname = "Kim"\nmail = "kim@desk.example"\n'
    with TestDesk(url, tmp_path, more=more):
        pass
    config = ("--config", str(tmp_path / "config.toml"))
    said(*config, "case", "new", "--as", "ana@x.com", "No delivery")
    said(*config, "case", "take", "1", "--as", "kim@desk.example")


# a store that is in use, damaged, or another's


def test_what_only_reads_answers_while_another_process_writes() -> None:
    a_desk_at_work()
    with sqlite3.connect("casebot.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        for words in READING:
            said(*words)
    other.close()


def test_what_writes_says_that_another_process_is_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    a_desk_at_work()
    with sqlite3.connect("casebot.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        why = told("case", "note", "1", "she is important", code=1)
    other.close()
    assert "another process is writing" in why
    assert "try again" in why
    assert "Is it running" not in why


def test_a_file_that_is_no_database_is_named_in_words() -> None:
    staffed()
    Path("casebot.db").write_bytes(b"These are no tables, but a letter.\n" * 100)
    before = Path("casebot.db").read_bytes()
    Path("m.eml").write_bytes(b"From: ana@x.com\nTo: support@acme.com\nSubject: hello\n\nhello\n")
    for words in (("run",), ("migrate",), ("case", "list"), ("explain", "m.eml")):
        assert "is no database, or a damaged one" in told(*words, code=1)
    assert "damaged" in run("check").stdout
    assert Path("casebot.db").read_bytes() == before


def test_a_damaged_page_is_told_without_the_statement_and_its_values() -> None:
    a_desk_at_work()
    with sqlite3.connect("casebot.db") as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = other.execute("SELECT rootpage FROM sqlite_master WHERE name = 'person'").fetchone()
        (size,) = other.execute("PRAGMA page_size").fetchone()
    other.close()
    with Path("casebot.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    why = told("case", "new", "--as", "ana@x.com", "secret words", code=1)
    assert "damaged" in why
    assert "secret words" not in why
    assert "SELECT" not in why


def test_a_store_of_a_newer_casebot_is_left_alone_by_every_command() -> None:
    a_desk_at_work()
    with sqlite3.connect("casebot.db") as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    other.close()
    Path("m.eml").write_bytes(b"From: ana@x.com\nTo: support@acme.com\nSubject: hello\n\nhello\n")
    for words in (("run",), ("migrate",), ("case", "list"), ("explain", "m.eml")):
        assert "newer casebot" in told(*words, code=1)


def test_explain_looks_on_an_empty_database_as_on_none() -> None:
    staffed()
    Path("casebot.db").touch()
    Path("m.eml").write_bytes(b"From: ana@x.com\nTo: support@acme.com\nSubject: hello\n\nhello\n")
    assert "Open" in said("explain", "m.eml")
    with sqlite3.connect("casebot.db") as other:
        assert other.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    other.close()


def test_a_store_that_must_not_be_written_says_whose_it_is() -> None:
    a_desk_at_work()
    place = Path("casebot.db").absolute()
    database = Database(f"sqlite:///file:{place}?mode=ro&uri=true")
    with pytest.raises(Failure) as caught, in_words(f"sqlite:///{place}"), database.writing() as tx:
        account.set_places(tx, "slack", {"T0HOME/C0HERE": 1})
    database.close()
    assert "cannot be opened or written" in str(caught.value)
    assert str(place) in str(caught.value)
    assert "Is it running" not in str(caught.value)


def test_a_store_in_a_folder_that_is_not_there_says_so() -> None:
    said("init")
    with Path("config.toml").open("a") as file:
        file.write('[store]\nurl = "sqlite:////nowhere/casebot.db"\n')
    assert "There is no folder /nowhere" in told("case", "list", code=1)


def test_a_number_that_no_database_has_is_a_mistake_of_the_one_who_typed_it() -> None:
    staffed()
    many = "12345678901234567890"
    for words in (("inbox", "show"), ("inbox", "requeue"), ("outbox", "retry"), ("articles", "show")):
        assert many in told(*words, many, code=2)


def test_who_is_mistyped_is_refused_and_not_met() -> None:
    a_desk_at_work()
    for words in (("take", "1"), ("my",), ("note", "1", "she is important")):
        assert "nobody here has the address" in told("case", *words, "--as", "nobody@acme.com", code=1)
    assert "nobody@acme.com" not in said("people", "list")


def test_what_is_tried_again_waits_where_nobody_runs() -> None:
    a_desk_at_work()
    assert "else when it starts" in said("outbox", "retry", "--all")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
@pytest.mark.parametrize("words", [("case", "list"), ("case", "show", "1"), ("--help",)])
def test_a_list_that_cannot_be_written_is_told_in_words(words: tuple[str, ...]) -> None:
    a_desk_at_work()
    command = [sys.executable, "-m", "bot.cli", *words]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Error: ")
    assert "No space left on device" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
