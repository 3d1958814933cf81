"""What the report tells of suggested articles: shown, solved, and for what there was none."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.broadsheet import page
from bot.commands import Open
from bot.figures import Helped, Suggestions
from bot.longtable import csv_text
from bot.period import period
from bot.report import ReportOf
from bot.sheets import sheets
from store.deflection import deflection
from tests.desk import TestDesk
from tests.test_suggesting import imported

DOCS = {
    "caps": "# Frequency caps\n\nSo many impressions for each user.\n",
    "floors": "# Floor prices\n\nThe least that a bid must offer.\n",
}


def asked_with_articles(desk: TestDesk, folder: Path) -> None:
    """Four customers ask: two about what the documentation answers, two about something else."""
    for name, words in DOCS.items():
        (folder / f"{name}.md").write_text(words)
    imported(desk, folder)
    for number, subject in enumerate(
        ("Floor prices for video", "Floor prices again", "Our printer is on fire", "our printer is on fire")
    ):
        desk.ask(f"c{number}@acme.example", Open(subject, "Please help."))


def test_what_was_suggested_and_for_what_nothing_was_found_is_told(desk: TestDesk, tmp_path: Path) -> None:
    asked_with_articles(desk, tmp_path)
    now = desk.desk.now() + timedelta(seconds=1)
    with desk.app.database.writing() as tx:
        row = {"article_id": None, "person_id": None, "channel": "web", "case_id": None}
        tx.add(deflection, id=1, at=now - timedelta(minutes=1), title="Floor prices", **row)
    made = desk.desk.ask(
        ReportOf(desk.desk.config, period("30d", "", now=now, zone=desk.desk.config.office.zone), now)
    )
    told = made.now.suggestions
    assert (told.shown, told.nothing) == (2, 2)
    assert told.articles == (Helped("Floor prices", 2, 1),)
    assert told.unanswered == (("Our printer is on fire", 2),)
    assert (made.before.suggestions.shown, made.before.suggestions.nothing) == (0, 0)
    shown = {sheet.name: sheet.rows for sheet in sheets(made)}
    assert shown["articles"] == (("Floor prices", "2", "1"),)
    assert shown["unanswered"] == (("Our printer is on fire", "2"),)
    assert ("Shown an article", "2") in [row[:2] for row in shown["volume"]]
    assert ("No article for it", "2") in [row[:2] for row in shown["volume"]]
    assert '"articles","shown","Floor prices","2","cases"' in csv_text(made)
    assert '"no article for","count","Our printer is on fire","2","cases"' in csv_text(made)
    told_in_html = page(made)
    assert "No article for" in told_in_html
    assert "Our printer is on fire" in told_in_html
    of_acme = ReportOf(desk.desk.config, made.period, now, account="Acme")
    assert desk.desk.ask(of_acme).now.suggestions.articles[0].solved == 0


def test_where_there_are_no_articles_the_report_and_the_history_say_nothing_of_them(desk: TestDesk) -> None:
    desk.ask("ana@acme.example", Open("Our printer is on fire", "Please help."))
    now = desk.desk.now() + timedelta(seconds=1)
    made = desk.desk.ask(
        ReportOf(desk.desk.config, period("30d", "", now=now, zone=desk.desk.config.office.zone), now)
    )
    assert made.now.suggestions == Suggestions()
    assert not [row for sheet in sheets(made) for row in sheet.rows if "rticle" in row[0]]
    assert not [sheet.name for sheet in sheets(made) if sheet.name in ("articles", "unanswered")]
