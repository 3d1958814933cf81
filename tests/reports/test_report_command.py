"""``casebot report`` on the command line, and by which indexes it finds its rows."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.support.year_store import Year
from bot.channel.installed import sections
from bot.config.load import read
from bot.reports.period import period
from bot.reports.report import ReportOf
from store import schema
from store.articles.deflection import deflection
from store.engine.database import Database
from tests.support.houses.console import in_an_empty_folder, said, staffed, told
from tests.support.houses.desk import TestDesk

__all__ = ["in_an_empty_folder"]


def worked() -> None:
    staffed()
    said("case", "new", "--as", "ana@x.com", "Critical", "Deal ID 12333:", "no delivery")
    said("case", "reply", "1", "We are at it.", "--as", "bob@acme.com")
    said("case", "new", "--as", "ana@x.com", "Low", "A question:", "what now?")


def test_the_report_tells_what_was_done_today() -> None:
    worked()
    shown = said("report", "--since", "1d")
    assert "Cases opened" in shown
    assert "\x1b" not in shown, "a pipe is no terminal"
    rows = {line.split("  ")[0].strip(): line.split() for line in shown.splitlines() if line.strip()}
    assert rows["Cases opened"][2:4] == ["2", "0"]
    assert rows["Critical"][1] == "1"
    assert rows["Bob Miller"][-2:] == ["0", "1"]
    assert "CS-000002" in shown


def test_it_is_written_into_a_file_as_csv_and_as_a_page() -> None:
    worked()
    assert "report.csv: the report of" in said("report", "--format", "csv", "--output", "report.csv")
    rows = list(csv.reader(io.StringIO(Path("report.csv").read_text(encoding="utf-8-sig"))))
    assert ["volume", "opened", "", "2", "cases"] in rows
    said("report", "--format", "html", "--output", "report.html")
    assert Path("report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_what_is_asked_wrongly_is_told_and_nothing_is_written() -> None:
    worked()
    assert "2026-13 is no time that is understood" in told("report", "--since", "2026-13", code=2)
    assert "Nobody is no account. There is none yet." in told("report", "--account", "Nobody", code=2)
    missing = told("report", "--mailbox", "help@acme.com", "--output", "x.csv", code=2)
    assert "Known: support@acme.com." in missing
    assert not Path("x.csv").exists()
    assert "was not written" in told("report", "--output", "no/such/folder.csv", code=1)


def test_one_mailbox_of_the_desk_has_a_report_of_its_own() -> None:
    worked()
    shown = said("report", "--since", "1d", "--mailbox", "Support@acme.com")
    assert "support@acme.com" in shown.splitlines()[0]
    assert "CS-000002" in shown


def test_what_articles_solved_is_told_of_the_whole_desk_only(desk: TestDesk) -> None:
    now = datetime.now(UTC)
    row = {"article_id": None, "title": "Pacing", "person_id": None, "channel": "web", "case_id": None}
    with desk.app.database.writing() as tx:
        for number, days in enumerate((1, 2, 40, 400)):
            tx.add(deflection, id=number + 1, at=now - timedelta(days=days), **row)
    days = period("30d", "", now=now, zone=desk.desk.config.office.zone)
    made = desk.desk.ask(ReportOf(desk.desk.config, days, now))
    assert (made.now.deflections, made.before.deflections) == (2, 1)
    assert desk.desk.ask(ReportOf(desk.desk.config, days, now, account="Acme")).now.deflections is None


def test_no_table_is_read_from_end_to_end(tmp_path: Path) -> None:
    config, now = read(None, sections()), datetime.now(UTC)
    with closing(Database(f"sqlite:///{tmp_path}/year.db")) as database:
        schema.ensure(database)
        Year(config, now, days=30).write(database, 40)
        asked: dict[str, Any] = {}
        dialect: Any = database.engine.dialect
        execute = dialect.do_execute

        def noted(cursor: Any, sql: str, values: Any, context: Any = None) -> None:
            asked.setdefault(sql, values)
            execute(cursor, sql, values, context)

        dialect.do_execute = noted
        days = period("7d", "", now=now + timedelta(seconds=1), zone=config.office.zone)
        for account in ("", "Acme"):
            with database.reading() as tx:
                ReportOf(config, days, now, account, "support@example.com" if account else "").answer(tx)
    with closing(sqlite3.connect(tmp_path / "year.db")) as store:
        plans = {
            sql: store.execute(f"EXPLAIN QUERY PLAN {sql}", asked[sql]).fetchall()
            for sql in asked
            if "SELECT" in sql
        }
    steps = {(row[3], sql) for sql, rows in plans.items() for row in rows if row[3].startswith("SCAN")}
    # there are few accounts, and fewer people of the desk, whatever the number of cases
    assert len(plans) > 20
    assert {step for step, _ in steps} == {"SCAN account", "SCAN person USING INDEX ix_person_role"}
