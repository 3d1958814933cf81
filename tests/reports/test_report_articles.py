"""What the report tells of suggested articles: shown, solved, and for what there was none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.articles.queries import ListArticles
from bot.commands.case import Open
from bot.queries.articles import Suggest
from bot.reports.csv_export import csv_text
from bot.reports.figures import Helped, Suggestions
from bot.reports.html_page import page
from bot.reports.period import period
from bot.reports.report import Report, ReportOf
from bot.reports.tables import sheets
from store.articles import click
from store.articles.deflection import deflection
from store.engine.database import Database
from tests.articles.test_suggesting import imported
from tests.support.houses.desk import TestDesk
from tests.support.houses.house import until

HEADS = ("Article", "Shown", "Clicked", "Solved it")
AUCKLAND = '[[calendar]]\nname = "office"\ntime_zone = "Pacific/Auckland"\n'
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


def report(desk: TestDesk, now: datetime, since: str = "30d") -> Report:
    asked = period(since, "", now=now, zone=desk.desk.config.office.zone)
    made: Report = desk.desk.ask(ReportOf(desk.desk.config, asked, now))
    return made


def opened(desk: TestDesk, title: str, clicks: int, *, day: date) -> None:
    """Somebody has opened an article so often, on a day."""
    (one,) = [one for one in desk.desk.ask(ListArticles(10)) if one.title == title]
    with desk.app.database.writing() as tx:
        for _ in range(clicks):
            click.write(tx, one.id, day=day)


def clicked(made: Report) -> int:
    return sum(one.clicked for one in made.now.suggestions.articles)


def test_what_was_suggested_and_for_what_nothing_was_found_is_told(desk: TestDesk, tmp_path: Path) -> None:
    asked_with_articles(desk, tmp_path)
    now = desk.desk.now() + timedelta(seconds=1)
    with desk.app.database.writing() as tx:
        row = {"article_id": None, "person_id": None, "channel": "web", "case_id": None}
        tx.add(deflection, id=1, at=now - timedelta(minutes=1), title="Floor prices", **row)
    opened(desk, "Floor prices", 3, day=now.date())
    made = report(desk, now)
    told = made.now.suggestions
    assert (told.shown, told.nothing) == (2, 2)
    assert told.articles == (Helped("Floor prices", shown=2, clicked=3, solved=1),)
    assert told.unanswered == (("Our printer is on fire", 2),)
    assert (made.before.suggestions.shown, made.before.suggestions.nothing) == (0, 0)
    shown = {sheet.name: sheet.rows for sheet in sheets(made)}
    assert shown["articles"] == (("Floor prices", "2", "3", "1"),)
    assert shown["unanswered"] == (("Our printer is on fire", "2"),)
    assert ("Shown an article", "2") in [row[:2] for row in shown["volume"]]
    assert ("No article for it", "2") in [row[:2] for row in shown["volume"]]
    assert [sheet.heads for sheet in sheets(made) if sheet.name == "articles"] == [HEADS]
    table = csv_text(made).splitlines()
    at = table.index('"articles","shown","Floor prices","2","cases"')
    assert table[at + 1 : at + 3] == [
        '"articles","clicked","Floor prices","3","times"',
        '"articles","solved","Floor prices","1","times"',
    ]
    assert '"no article for","count","Our printer is on fire","2","cases"' in table
    told_in_html = page(made)
    assert "No article for" in told_in_html
    assert "Our printer is on fire" in told_in_html
    for head in HEADS:
        assert f">{head}</th>" in told_in_html
    assert '<td class="figure">2</td><td class="figure">3</td><td class="figure">1</td>' in told_in_html
    assert "<dt>Articles</dt>" in told_in_html


def test_what_is_counted_for_the_whole_desk_only_is_no_figure_of_one_account(
    desk: TestDesk, tmp_path: Path
) -> None:
    asked_with_articles(desk, tmp_path)
    now = desk.desk.now() + timedelta(seconds=1)
    opened(desk, "Floor prices", 3, day=now.date())
    made = desk.desk.ask(ReportOf(desk.desk.config, report(desk, now).period, now, account="Acme"))
    assert made.now.suggestions.articles == (Helped("Floor prices", shown=2, clicked=0, solved=0),)
    (sheet,) = [sheet for sheet in sheets(made) if sheet.name == "articles"]
    assert (sheet.heads, sheet.rows) == (("Article", "Shown"), (("Floor prices", "2"),))
    assert [line for line in csv_text(made).splitlines() if line.startswith('"articles"')] == [
        '"articles","shown","Floor prices","2","cases"'
    ]
    assert "Clicked" not in page(made).partition("How this is counted")[0]


def test_a_click_counts_on_the_day_that_it_is_at_the_desk(url: str, tmp_path: Path) -> None:
    with TestDesk(url, tmp_path, more=AUCKLAND) as desk:
        asked_with_articles(desk, tmp_path)
        (one,) = desk.desk.ask(Suggest("Floor prices for video"))
        for hour in (9, 10, 10, 11):  # midnight in Auckland is at 11:00 UTC
            desk.at(datetime(2026, 11, 26, hour, 30, tzinfo=UTC))
            desk.desk.clicks.count(one.id)
        now = datetime(2026, 11, 26, 12, tzinfo=UTC)
        until(lambda: clicked(report(desk, now)) == 4)
        for day, clicks in (("2026-11-26", 3), ("2026-11-27", 1)):
            one_day = period(day, day, now=now, zone=desk.desk.config.office.zone)
            assert clicked(desk.desk.ask(ReportOf(desk.desk.config, one_day, now))) == clicks


def test_clicks_are_those_of_the_days_of_a_period(desk: TestDesk, tmp_path: Path) -> None:
    asked_with_articles(desk, tmp_path)
    now = desk.desk.now() + timedelta(seconds=1)
    today = now.astimezone(desk.desk.config.office.zone).date()
    for days, clicks in ((0, 1), (6, 2), (7, 4), (13, 8), (14, 16)):
        opened(desk, "Frequency caps", clicks, day=today - timedelta(days))
    assert [one for one in report(desk, now, "7d").now.suggestions.articles if one.clicked] == [
        Helped("Frequency caps", shown=0, clicked=3, solved=0)
    ], "it was opened, though no case that was opened was shown it"
    assert clicked(report(desk, now, "14d")) == 15
    week = period(
        f"{today - timedelta(13)}", f"{today - timedelta(7)}", now=now, zone=desk.desk.config.office.zone
    )
    assert clicked(desk.desk.ask(ReportOf(desk.desk.config, week, now))) == 12


def test_two_processes_that_count_at_the_same_time_both_count(
    url: str, desk: TestDesk, tmp_path: Path
) -> None:
    asked_with_articles(desk, tmp_path)
    now, (one,) = desk.desk.now(), desk.desk.ask(Suggest("Floor prices for video"))
    other = Database(url)

    def count(database: Database) -> None:
        for _ in range(20):
            with database.writing() as tx:
                for _ in range(3):
                    click.write(tx, one.id, day=now.date())

    with ThreadPoolExecutor() as pool:
        list(pool.map(count, (other, desk.app.database)))
    other.close()
    assert clicked(report(desk, now + timedelta(seconds=1))) == 120
    with desk.app.database.reading() as tx:
        assert len(tx.rows(click.article_click.select())) == 1


def test_where_there_are_no_articles_the_report_and_the_history_say_nothing_of_them(desk: TestDesk) -> None:
    desk.ask("ana@acme.example", Open("Our printer is on fire", "Please help."))
    now = desk.desk.now() + timedelta(seconds=1)
    made = desk.desk.ask(
        ReportOf(desk.desk.config, period("30d", "", now=now, zone=desk.desk.config.office.zone), now)
    )
    assert made.now.suggestions == Suggestions()
    assert not [row for sheet in sheets(made) for row in sheet.rows if "rticle" in row[0]]
    assert not [sheet.name for sheet in sheets(made) if sheet.name in ("articles", "unanswered")]
