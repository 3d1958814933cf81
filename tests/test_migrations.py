"""Migrations: a database of an older casebot is brought to today's shape with all that it holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

import store
from store import schema
from store.database import Database

OLD = """
INSERT INTO person (id, name, role, active, known, created_at) VALUES (1, 'Ana', 'contact', true, true, '{at}');
INSERT INTO support_case (id, subject, state, priority, type, category, ids, mailbox, requester_id, held,
    close_reason, opened_at, updated_at, version)
    VALUES (1, 'Answered', 'open', 'Medium', '', '', '', '', 1, false, '', '{at}', '{at}', 1),
           (2, 'Not yet', 'new', 'Medium', '', '', '', '', 1, false, '', '{at}', '{at}', 1);
INSERT INTO event (id, case_id, at, person_id, name, detail)
    VALUES (1, 1, '{at}', 1, 'opened', '{{}}'), (2, 1, '2026-11-02 09:00:00.000000', 1, 'answered', '{{}}')
"""


def brought(connection: Connection, revision: str, rows: str) -> None:
    """To an older shape, with rows of that time."""
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    for statement in rows.format(at="2026-11-01 09:00:00.000000").split(";\n"):
        connection.exec_driver_sql(statement)
    connection.commit()


def test_a_case_that_was_answered_before_there_were_clocks_is_answered(empty_url: str) -> None:
    database = Database(empty_url)
    with database.engine.connect() as connection:
        brought(connection, "0001", OLD)
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
    assert schema.migrate(database) == ("0009", "suggest_1")
    ever = {"since": datetime(2026, 1, 1, tzinfo=UTC), "until": datetime(2027, 1, 1, tzinfo=UTC)}
    with database.reading() as tx:
        tally = [(one.title, one.count) for one in schema.deflection.tally(tx, **ever)]
    database.close()
    assert tally == [("No case", 2), ("First", 1)]
