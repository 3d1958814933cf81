"""Stores that `bench.growth` fills hold what a desk would have written: whole, in order, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bench.growth import template
from bench.growth.copies import Copies
from bench.growth.fill import fill
from bench.growth.staged import SPAN
from bench.growth.template import Template
from bench.support import databases
from bench.support.databases import Look
from store import schema
from store.engine.database import Database
from store.schema import metadata

pytestmark = pytest.mark.slow
CASES, BLOCKS = 40, 6
SCHEMA = {
    "sqlite": (
        "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name",
        "SELECT journal_mode, page_size FROM pragma_journal_mode, pragma_page_size",
    ),
    "postgresql": (
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname",
        "SELECT conrelid::regclass::text AS name, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace ORDER BY name, conname",
        "SELECT relname, relpersistence FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY relname",
        "SELECT name, setting FROM pg_settings "
        "WHERE name IN ('fsync', 'full_page_writes', 'autovacuum', 'max_wal_size') ORDER BY name",
    ),
}
"""Questions about all that the product makes in an empty database, and fast filling takes away for a while."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return template.made(tmp_path_factory.mktemp("growth") / "template", CASES)


@pytest.fixture(params=databases.KINDS)
def look(request: pytest.FixtureRequest, made: Template) -> Iterator[Look]:
    # Not pytest's folder: each session closes that to PostgreSQL's user when it begins.
    with (
        TemporaryDirectory(prefix="casebot-growth-") as folder,
        databases.fresh(request.param, Path(folder)) as url,
    ):
        own = SCHEMA[request.param]
        database = Database(url)
        schema.ensure(database)
        database.close()
        request.node.schema = Look(url).rows(*own)
        assert fill(url, Copies(made), CASES * BLOCKS - 5) == CASES * BLOCKS
        yield Look(url)


def test_real_cases_are_answered_and_closed(made: Template) -> None:
    states = [row.state for row in Look(f"sqlite:///{made.store}").rows("SELECT state FROM support_case")[0]]
    assert len(states) == CASES
    assert states.count("closed") == round(CASES * 0.97)
    assert states.count("new") == CASES - round(CASES * 0.97)


def test_the_schema_is_exactly_the_products(look: Look, request: pytest.FixtureRequest) -> None:
    kind = request.node.callspec.params["look"]
    before = request.node.schema
    assert len(before[0]) > 60
    assert look.rows(*SCHEMA[kind]) == before


def test_what_was_sent_is_kept_for_five_days(look: Look) -> None:
    recent, old, bodies, ids = look.rows(
        "SELECT id FROM outgoing WHERE body_id IS NOT NULL AND length(payload) > 0",
        "SELECT id FROM outgoing WHERE body_id IS NULL AND length(payload) = 0",
        "SELECT id FROM outgoing_body WHERE id IN (SELECT body_id FROM outgoing)",
        "SELECT id FROM outgoing_body",
    )
    kept = int((datetime.now(UTC) - timedelta(days=5)).timestamp() * 1000) << 22
    assert recent
    assert all(row.id > kept for row in recent)
    assert len(old) > 10 * len(recent)
    assert all(row.id < kept for row in old)
    assert len(bodies) == len(ids) >= 1


def test_every_copied_row_names_rows_that_are_there(look: Look) -> None:
    checked = 0
    for table in metadata.sorted_tables:
        for column in table.columns:
            for key in column.foreign_keys:
                there = f'SELECT 1 FROM "{key.column.table.name}" AS t WHERE t."{key.column.name}" = r."{column.name}"'
                lost = (
                    f'FROM "{table.name}" AS r WHERE r."{column.name}" IS NOT NULL AND NOT EXISTS ({there})'
                )
                assert look.rows(f"SELECT count(*) {lost}")[0][0][0] == 0, (table.name, column.name)
                checked += 1
    assert checked > 40


def test_cases_have_their_entries_words_and_anchors_and_follow_each_other_for_two_years(look: Look) -> None:
    cases, entries, words, anchors = look.rows(
        "SELECT id, subject, opened_at, closed_at, updated_at FROM support_case ORDER BY id",
        "SELECT id, case_id, text, inbox_id FROM entry ORDER BY id",
        "SELECT rowid, words FROM entry_text ORDER BY rowid",
        "SELECT value, case_id FROM anchor",
    )
    assert [row.id for row in cases] == list(range(1, CASES * BLOCKS + 1))
    opened = [moment(row.opened_at) for row in cases]
    assert opened == sorted(opened)
    assert SPAN - timedelta(days=30) < opened[-1] - opened[0] < SPAN
    assert all(moment(row.closed_at or row.opened_at) >= moment(row.opened_at) for row in cases)
    assert [row[0] for row in words] == [row.id for row in entries]
    assert {row.case_id for row in entries} == {row.id for row in cases}
    case_of = {row.value: row.case_id for row in anchors}
    for block in range(BLOCKS):
        number = case_of[f"grow{block}-000003@acme{block}.example"]
        assert number == block * CASES + 4
        assert f"grow{block}-000003" in cases[number - 1].subject
        assert any(f"grow{block}-000003" in row.text for row in entries if row.case_id == number)


def moment(value: object) -> datetime:
    """As either store returns it."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def test_nothing_waits_or_is_due_in_a_filled_store(look: Look) -> None:
    assert look.waiting() == 0
    timers, due = look.rows("SELECT id FROM timer", "SELECT id FROM timer WHERE due_at < CURRENT_TIMESTAMP")
    assert len(timers) > CASES * BLOCKS
    assert due == []
