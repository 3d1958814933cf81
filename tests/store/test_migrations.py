"""Migrations: a database of any older casebot is brought to today's shape with all that it holds."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from sqlalchemy import Connection, create_engine, inspect

import store
from bot.cli.main import casebot
from bot.queries.case_detail import ShowCase
from store import schema
from store.engine.database import Database
from store.revision import HEAD, REVISIONS
from tests.schemas import files
from tests.support.houses.house import House
from tests.support.setup import databases

NEWEST = "20261130_search_and_queue"
NEVER_ALONE = {
    "0003",
    "20261127_missing_parts",
    "20261128_tools_of_the_trade",
    "20261128_dispatches",
}
"""Revisions that only ever landed together with the next one."""


def scripts() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
    config.set_main_option("recursive_version_locations", "true")
    return config


def brought(connection: Connection, revision: str, rows: str) -> None:
    """To an older shape, with rows of that time."""
    config = scripts()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    for statement in rows.format(at="2026-11-01 09:00:00.000000").split(";\n"):
        connection.exec_driver_sql(statement)
    connection.commit()


def shape(url: str) -> dict[str, Any]:
    """All that a database can be asked about its tables, but the order of their columns."""
    engine = create_engine(url)
    with engine.connect() as connection:
        here = inspect(connection)
        found = {
            "columns": _each(here.get_multi_columns(), lambda c: (c["name"], str(c["type"]), c["nullable"])),
            "indexes": _each(here.get_multi_indexes(), lambda i: (i["name"], i["column_names"], i["unique"])),
            "unique": _each(here.get_multi_unique_constraints(), lambda u: (u["name"], u["column_names"])),
            "foreign": _each(
                here.get_multi_foreign_keys(), lambda f: (f["constrained_columns"], f["referred_table"])
            ),
            "checks": _each(here.get_multi_check_constraints(), lambda c: (c["name"], _words(c["sqltext"]))),
        }
    engine.dispose()
    return found


def _each(tables: Any, told: Callable[[Any], tuple[Any, ...]]) -> dict[str, list[tuple[Any, ...]]]:
    return {name: sorted(told(one) for one in parts) for (_, name), parts in tables.items()}


def _words(check: str) -> list[str]:
    """PostgreSQL writes the same check in other words once it was dumped and restored: what it allows."""
    return sorted(re.findall(r"'.*?'", check))


def test_every_revision_has_a_database_of_its_time() -> None:
    script = ScriptDirectory.from_config(scripts())
    assert script.get_current_head() == NEWEST == HEAD
    assert tuple(step.revision for step in script.walk_revisions()) == REVISIONS, (
        "store/revision.py has them all"
    )
    landed = {one.revision for one in script.walk_revisions()} - {NEWEST} - NEVER_ALONE
    assert landed <= {files.revision(name) for name in files.names()}


@pytest.fixture
def new_url(request: pytest.FixtureRequest, empty_url: str, tmp_path: Path) -> Iterator[str]:
    """A database of today's shape, of the same kind as the empty one."""
    if "sqlite" in empty_url:
        yield databases.sqlite(tmp_path, "new.db")
        return
    with request.getfixturevalue("postgres").with_schema() as url:
        yield url


@pytest.mark.parametrize("name", files.names())
def test_a_database_of_any_time_becomes_the_same_as_a_new_one(
    name: str, empty_url: str, new_url: str
) -> None:
    files.restore(name, empty_url)
    database = Database(empty_url)
    before, after = schema.migrate(database)
    assert (before, after) == (files.revision(name), NEWEST)
    assert schema.same(database)
    with database.reading() as tx:
        assert [schema.case.get(tx, number) is not None for number in (1, 2, 3)] == [True, True, False]
    database.close()
    assert shape(empty_url) == shape(new_url)


@pytest.mark.parametrize("name", ["0002-67ec272", "0004-a0fccd6", "0005-21a454b"])
def test_what_a_version_lacked_that_was_changed_after_it_landed_is_there(
    name: str, empty_url: str, tmp_path: Path
) -> None:
    files.restore(name, empty_url)
    database = Database(empty_url)
    schema.migrate(database)
    database.close()
    with House(empty_url, tmp_path) as house:
        house.send("Cleo <cleo@acme.example>", "support@example.com", "Still there?", "I write again.")
        (confirmation,) = house.mails("cleo@acme.example")
        assert "CS-000003" in confirmation["Subject"]
        house.answer(confirmation, "Cleo <cleo@acme.example>", "And once more.")
        house.settled()
        view = house.ask(ShowCase(3))
    assert [entry.text for entry in view.entries if entry.kind == "said"] == [
        "I write again.",
        "And once more.",
    ]


def test_a_case_that_was_answered_before_there_were_clocks_is_answered(empty_url: str) -> None:
    files.restore("0001-7d71eca", empty_url)
    database = Database(empty_url)
    assert schema.migrate(database)[0] == "0001"
    with database.reading() as tx:
        first, second = schema.case.get(tx, 1), schema.case.get(tx, 2)
    database.close()
    assert first
    assert first.answered_at
    assert first.answered_at.day == 2
    assert second
    assert second.answered_at is None


TWICE = """
INSERT INTO person (id, name, role, active, known, created_at) VALUES (1, 'Ana', 'contact', true, true, '{at}');
INSERT INTO support_case (id, subject, state, priority, type, category, ids, mailbox, requester_id, held,
    close_reason, opened_at, updated_at, version)
    VALUES (1, 'Answered', 'open', 'Medium', '', '', '', '', 1, false, '', '{at}', '{at}', 1);
INSERT INTO deflection (id, title, at, person_id, channel, case_id)
    VALUES (3, 'First', '{at}', 1, 'email', 1), (2, 'Second', '2026-11-02 09:00:00.000000', 1, 'email', 1),
           (4, 'No case', '{at}', 1, 'slack', NULL), (5, 'No case', '{at}', 1, 'slack', NULL)
"""


def test_a_case_that_two_articles_had_solved_was_solved_by_the_first(empty_url: str) -> None:
    database = Database(empty_url)
    with database.engine.connect() as connection:
        brought(connection, "0009", TWICE)
    assert schema.migrate(database) == ("0009", NEWEST)
    ever = {"since": datetime(2026, 1, 1, tzinfo=UTC), "until": datetime(2027, 1, 1, tzinfo=UTC)}
    with database.reading() as tx:
        tally = [(one.title, one.count) for one in schema.deflection.counts(tx, **ever)]
    database.close()
    assert tally == [("No case", 2), ("First", 1)]


def spoiled(url: str) -> None:
    """Take from today's database what an unfinished version of it might not have had."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX ix_draft_case_id")
        connection.exec_driver_sql("ALTER TABLE person DROP COLUMN language")
        connection.exec_driver_sql("DROP TABLE budget")
    engine.dispose()


@pytest.mark.parametrize("command", ["run", "migrate"])
def test_a_database_that_only_says_it_is_of_this_version_is_refused_by_name(
    command: str, url: str, tmp_path: Path
) -> None:
    spoiled(url)
    config = tmp_path / "config.toml"
    config.write_text(f'[store]\nurl = "{url}"\n[[mailbox]]\naddress = "support@example.com"\n')
    answer = CliRunner().invoke(casebot, ["--config", str(config), command])
    assert answer.exit_code == 1
    for difference in ("index ix_draft_case_id", "column person.language", "table budget"):
        assert f"{difference} is missing" in answer.output
    assert "Traceback" not in answer.output


def test_what_somebody_else_keeps_in_the_same_database_does_not_matter(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE invoice (number INTEGER NOT NULL)")
        connection.exec_driver_sql("CREATE INDEX invoiced ON invoice (number)")
        connection.exec_driver_sql("ALTER TABLE person ADD COLUMN shoe_size INTEGER")
    engine.dispose()
    database = Database(url)
    assert schema.same(database)
    database.close()


def test_a_new_store_is_created_in_a_child_process_so_that_alembic_takes_no_memory(empty_url: str) -> None:
    program = (
        "import sys; from store import schema; schema.create(sys.argv[1]);"
        "database, created = schema.opened(sys.argv[1]); print(created, 'alembic' in sys.modules)"
    )
    command = [sys.executable, "-c", program, empty_url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "False False\n", done.stderr
