"""Migrations: a database of an older casebot is brought to today's shape with all that it holds."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

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


def test_a_case_that_was_answered_before_there_were_clocks_is_answered(empty_url: str) -> None:
    database = Database(empty_url)
    with database.engine.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in OLD.format(at="2026-11-01 09:00:00.000000").split(";\n"):
            connection.exec_driver_sql(statement)
        connection.commit()
    assert schema.migrate(database)[0] == "0001"
    with database.reading() as tx:
        first, second = schema.case.get(tx, 1), schema.case.get(tx, 2)
    database.close()
    assert first
    assert first.answered_at
    assert first.answered_at.day == 2
    assert second
    assert second.answered_at is None
