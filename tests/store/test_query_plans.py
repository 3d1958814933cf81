"""What a busy desk asks its store is found by an index: nothing grows dearer with every case."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.app import App
from bot.articles.importer import ArticleImport
from bot.articles.source import ArticleFolder
from tests.support.houses.house import House, until
from tests.support.houses.office import Office
from tests.support.setup import databases

ANA, DESK = "Ana <ana@acme.example>", "support@example.com"
FEW = (
    "alembic_version",
    "sqlite_sequence",
    "entry_text",
    "article_text",
    "article",
    "json_each",
    "erasure_task",
    "absence",  # a row for each specialist who is away
    "account",  # the report names all of them
    "hit",
    "(subquery-1)",
)
"""What is as long as there are tables, articles or words, what has a LIMIT, and full-text indexes, which SQLite cannot
know."""
PARTIAL = (
    "ix_entry_unverified", "ix_concern_untaken", "ix_priority_request_waiting", "ix_support_case_held",
    "ix_person_role",
)  # fmt: skip
"""Indexes that hold only what waits for somebody of the desk, or the staff: they may be read from end to end."""


def imported(app: App, folder: Path) -> None:
    (folder / "docs").mkdir()
    (folder / "docs" / "deal.md").write_text("# A deal does not deliver\n\nNo delivery has stopped it.\n")
    source = ArticleFolder(folder / "docs", base_url="https://docs.example.com")
    ArticleImport(source, app.writer, ask=app.desk.ask, now=app.desk.now()).run(lambda name: None)


def told(office: House) -> dict[str, Any]:
    """Every statement from now on, with the values that it came with first."""
    found: dict[str, Any] = {}
    dialect: Any = office.app.database.engine.dialect

    def listened(name: str, execute: Callable[..., Any]) -> Callable[..., Any]:
        def told(cursor: Any, sql: str, values: Any, *more: Any, **named: Any) -> Any:
            found.setdefault(sql, values[0] if name == "do_executemany" else values)
            return execute(cursor, sql, values, *more, **named)

        return told

    for name in ("do_execute", "do_executemany"):
        setattr(dialect, name, listened(name, getattr(dialect, name)))
    return found


def a_cases_life(office: Office) -> None:
    people = office.slack.people
    office.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped.", files={"a.txt": b"x"})
    (confirmation,) = office.mails("ana@")
    office.answer(confirmation, ANA, "And again.")
    office.in_thread("And again.")
    office.click("sam", "case_take")
    office.click("sam", "case_read", wait=3)
    people.post("sam", "triage", "!reply We have it.", thread_ts=office.card().ts)
    (answer,) = office.mails("ana@")
    people.post("sam", "triage", "Between us.", thread_ts=office.card().ts)
    people.slash("sam", "triage", "/case close CS-000001 resolved It runs.", wait=3)
    office.mails("ana@")
    office.answer(answer, ANA, "#my\n#show\n#reopen It is back.")
    office.send("Eve <eve@other.example>", DESK, "[CS-000001] Mine?", "What about me?")
    office.send("Eve <eve@other.example>", DESK, "Mine?", "And?", headers={"In-Reply-To": "<1@acme.example>"})
    office.send(ANA, DESK, "Re: Mine?", "Not yours.", headers={"In-Reply-To": "<1@acme.example>"})
    for words in (
        "search stopped",
        "search stopped state:open",
        "queue",
        "queue mine due today",
        "queue waiting",
    ):
        people.slash("sam", "triage", f"/case {words}", wait=3)
    for words in ("queue concerns", "queue decisions", "my"):
        people.slash("sam", "triage", f"/case {words}", wait=3)
    people.open_home("sam", wait=3)
    office.drained()


def test_no_table_is_read_from_end_to_end(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path) as office:
        imported(office.app, tmp_path)
        asked = told(office)
        a_cases_life(office)
        assert until(lambda: any("inbox.due_at <=" in sql for sql in asked)), "a round of the lease renewal"
    statements = [sql for sql in asked if re.match("SELECT|UPDATE|DELETE|INSERT", sql)]
    with closing(sqlite3.connect(tmp_path / "casebot.db")) as store:
        explained = {sql: store.execute(f"EXPLAIN QUERY PLAN {sql}", asked[sql]) for sql in statements}
        plans = {sql: [row[3] for row in rows] for sql, rows in explained.items()}
    scans = {sql: step for sql, plan in plans.items() for step in plan if step.startswith("SCAN")}
    scans = {sql: step for sql, step in scans.items() if step.split()[-1] not in PARTIAL}
    assert len(statements) > 50
    assert not {sql: step for sql, step in scans.items() if step.split()[1] not in FEW}
