"""The report on paper: as a table, as CSV that no spreadsheet obeys, and as a page that needs nothing else."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from zoneinfo import ZoneInfo

import click
import pytest

from bot.cli.terminal.output import width
from bot.cli.terminal.report_table import ROOM, lines
from bot.reports.charts import scale
from bot.reports.csv_export import HEADS, csv_text, guarded, rows
from bot.reports.figures import (
    AGES,
    Comment,
    Figures,
    Moved,
    OpenCases,
    Pace,
    Satisfaction,
    Spread,
    Waits,
    Work,
)
from bot.reports.html_page import page
from bot.reports.json_export import json_text
from bot.reports.period import NoPeriod, Period, period
from bot.reports.report import Report
from bot.reports.tables import accounts, owners

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 25, 20, 30, tzinfo=UTC)
HOSTILE = '=HYPERLINK("http://evil.example","<script src=\'//evil.example/x\'></script>") \x1b[31m\nred'
LONG = "https://dash.example/" + "x" * 300
HOUR = timedelta(hours=1)


def figures(days: Period, words: str = HOSTILE) -> Figures:
    some = Spread(7, 3 * HOUR, 26 * HOUR)
    said = Satisfaction(9, 4, (1, 0, 1, 2, 3), (Comment("CS-000007", 1, words, NOW),))
    return Figures(
        opened=12, closed=9, reopened=1, breaches=2,
        answering=(Pace("", "", some, 7, 6), Pace("Blocker", "standard", some, 4, 4, "1 h"),
                   Pace(words, words, some, 3, 2, "2 d"), Pace("Low", "gold", some)),
        solving=(Pace("", "", some, 7, 5), Pace(words, "standard", some, 7, 5, "2 d")),
        concerns=((words, 2),), satisfaction=said, deflections=3,
        types=tuple((f"{n} {words}", 20 - n) for n in range(13)), categories=((words, 1),),
        channels=(("email", 8), ("slack", 4)), reasons=((words, 9),),
        accounts=(Moved(words, 12, 9),), owners=(Work(words, 9, 7),),
        course=tuple(Moved(str(day), n * 7 % 30, n * 5 % 30, day) for n, day in enumerate(days.starts())),
    )  # fmt: skip


def report(words: str = HOSTILE, since: str = "12w") -> Report:
    days = period(since, "", now=NOW, zone=PARIS)
    held = OpenCases(
        ("new", "open", "held"), tuple((name, (n, 2 * n, 1)) for n, (name, _) in enumerate(AGES))
    )
    waits = (Waits("CS-000007", words, "Critical", words, timedelta(days=3, hours=4)),)
    return Report(
        "Acme Support",
        "Acme",
        "",
        NOW,
        days,
        figures(days, words),
        figures(days.before(), words),
        held,
        waits,
    )


# periods


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        ("2026-10-05", "2026-10-20", "2026-10-05", "2026-10-20"),
        ("2026-10", "", "2026-10-01", "2026-10-31"),
        ("2026-09", "2026-10", "2026-09-01", "2026-10-31"),
        ("1d", "", "2026-11-25", "2026-11-25"),
        ("30d", "", "2026-10-27", "2026-11-25"),
        ("12w", "", "2026-09-03", "2026-11-25"),
        ("2026-11", "", "2026-11-01", "2026-11-25"),
    ],
)
def test_a_period_is_said_in_days_months_or_looking_back(
    since: str, until: str, first: str, last: str
) -> None:
    found = period(since, until, now=NOW, zone=PARIS)
    assert (found.first, found.last) == (date.fromisoformat(first), date.fromisoformat(last))
    assert found.until <= NOW, "what has not been yet is in no period"


@pytest.mark.parametrize(
    ("since", "until"),
    [("soon", ""), ("2026-13", ""), ("2026-02-30", ""), ("0d", ""), ("2027-01", ""), ("2026-10", "2026-09"),
     ("2026-10-05", "x"), ("99999d", ""), ("0000-01", ""), ("9999-12", "")],
)  # fmt: skip
def test_what_is_no_period_is_told_in_words(since: str, until: str) -> None:
    with pytest.raises(NoPeriod, match=r"\w+ .*\."):
        period(since, until, now=NOW, zone=PARIS)


def test_a_month_is_compared_with_the_month_before_and_days_with_as_many() -> None:
    march = period("2026-03", "", now=NOW, zone=PARIS).before()
    assert (march.first, march.last) == (date(2026, 2, 1), date(2026, 2, 28))
    week = period("2026-10-19", "2026-10-25", now=NOW, zone=PARIS).before()  # clocks change in it
    assert (week.first, week.last) == (date(2026, 10, 12), date(2026, 10, 18))
    so_far = period("2026-11-25", "", now=NOW, zone=PARIS)
    assert so_far.until - so_far.since == so_far.before().until - so_far.before().since


# CSV

PAYLOADS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1+1", "'=1", '"=1+1"', "=cmd|' /C calc'!A0",
    "@import", "+44 20", "-2+3", "a,=1+1", 'b";=1+1', "＝1+1", "＋1", "－1", "＠x", '=HYPERLINK("http://x")', "  +x",
)  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_is_a_formula(payload: str) -> None:
    kept = guarded(payload)
    for piece in kept.replace('"', ",").replace(";", ",").split(","):
        assert not piece.lstrip(" ").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert not kept.startswith(("\t", "\r", "\n"))
    assert kept.replace("'", "") == payload.replace("'", ""), "and nothing of it is lost"


def test_plain_words_and_numbers_stay_as_they_are() -> None:
    assert [guarded(cell) for cell in ("Deal 12333", "a-b", "x = y", -3, 2.5, None)] == [
        "Deal 12333", "a-b", "x = y", "-3", "2.5", "",
    ]  # fmt: skip


def test_csv_is_one_long_table_that_spreadsheets_read_as_utf_8() -> None:
    text = csv_text(report())
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert tuple(rows[0]) == HEADS
    assert {len(row) for row in rows} == {len(HEADS)}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert ["volume", "opened", "", "12", "cases"] in rows
    assert ["first answer", "median", "Blocker / standard", "3.0", "working hours"] in rows


# terminal


@pytest.mark.parametrize("words", [HOSTILE, LONG, "長い言葉" * 40])
def test_the_tables_have_room_on_eighty_columns_and_steer_no_terminal(words: str) -> None:
    for line in lines(report(words)):
        plain = line.removeprefix("\x1b[1m").removesuffix("\x1b[0m")
        assert width(plain) <= ROOM, plain
        assert "\x1b" not in plain


# page


class Seen(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def test_the_page_runs_no_script_and_loads_nothing() -> None:
    html = page(report())
    seen = Seen(html)
    assert not {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
        "a",
        "image",
        "use",
    } & set(seen.tags)
    names = {name for name, _ in seen.attributes}
    assert not {"src", "href", "xlink:href", "srcset", "action", "data", "background"} & names
    assert not [name for name in names if name.startswith("on")]
    style = html[html.index("<style>") : html.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert not [
        value for name, value in seen.attributes if name == "style" and not value.startswith("width:")
    ]
    assert "&lt;script src=" in html, "what customers wrote is shown as they wrote it"


def test_every_chart_has_a_title_and_words_and_a_table_beside_it() -> None:
    seen = Seen(page(report()))
    assert seen.tags.count("svg") == 6
    assert seen.tags.count("desc") == 6
    assert [value for name, value in seen.attributes if name == "role"].count("img") == 6
    ids = [value for name, value in seen.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    wanted = {one for name, value in seen.attributes if name == "aria-labelledby" for one in value.split()}
    assert wanted <= set(ids)


@pytest.mark.parametrize(
    ("closed", "sentence"), [(0, "None was closed."), (1, "1 was closed."), (2, "2 were closed.")]
)
def test_a_desk_at_which_next_to_nothing_happened_has_a_page_too(closed: int, sentence: str) -> None:
    days = period("30d", "", now=NOW, zone=PARIS)
    nothing = Figures(
        opened=0, closed=closed, reopened=0, breaches=0, answering=(Pace("", "", Spread(0)),),
        solving=(Pace("", "", Spread(0)),), concerns=(), satisfaction=Satisfaction(), deflections=0, types=(),
        categories=(), channels=(), reasons=(), accounts=(), owners=(),
        course=tuple(Moved(str(day), 0, 0, day) for day in days.starts()),
    )  # fmt: skip
    empty = Report(
        "Desk", "", "", NOW, days, nothing, nothing, OpenCases((), tuple((name, ()) for name, _ in AGES)), ()
    )
    assert f"0 cases came in, as many as before. {sentence}" in page(empty)
    assert list(lines(empty))
    assert csv_text(empty)


@pytest.mark.parametrize("most", [0, 1, 2, 3, 7, 9, 10, 11, 29, 99, 100, 101, 12345])
def test_a_scale_has_round_numbers_from_nothing_to_the_most(most: int) -> None:
    found = scale(most)
    assert found[0] == 0
    assert found[-1] >= most
    assert 3 <= len(found) <= 6
    assert len({b - a for a, b in pairwise(found)}) == 1


def test_what_is_left_out_of_a_table_is_told_together_so_that_its_columns_add_up() -> None:
    days = report("A").period
    many = replace(
        figures(days, "A"),
        accounts=tuple(Moved(f"Account {n}", 20 - n, n) for n in range(13)),
        owners=tuple(Work(f"Owner {n}", 20 - n, 1) for n in range(11)),
    )
    for sheet in (accounts(many), owners(many)):
        assert len(sheet.rows) == 11
        assert sheet.rows[-1][0] in {"3 others", "1 other"}
    assert [sum(int(row[n]) for row in accounts(many).rows) for n in (1, 2)] == [182, 78]
    assert [sum(int(row[n]) for row in owners(many).rows) for n in (1, 2)] == [165, 11]
    assert len(accounts(replace(many, accounts=many.accounts[:10])).rows) == 10


def test_weeks_and_months_of_which_only_a_part_belongs_to_the_period_are_marked() -> None:
    """Beside a whole week, three days of one look like a collapse."""
    shown = report(since="2026-10-01")
    days = shown.period
    starts = list(days.starts())
    assert [days.partial(day) for day in starts] == [True, *[False] * (len(starts) - 2), True]
    html = page(shown)
    assert "The paler bars are only part of a week: 28 Sep, " in html
    assert '<rect class="opened part"' in html or '<rect class="closed part"' in html
    assert "28 Sep (part)" in html
    assert "5 Oct (part)" not in html
    assert "28 Sep (part)" in click.unstyle("\n".join(lines(shown)))
    whole = period("2026-10", "", now=datetime(2026, 12, 1, tzinfo=UTC), zone=PARIS)
    assert [day.isoformat() for day in whole.starts() if whole.partial(day)] == ["2026-09-28", "2026-10-26"]
    monday = period("2026-10-05", "2026-11-01", now=datetime(2026, 12, 1, tzinfo=UTC), zone=PARIS)
    assert not [day for day in monday.starts() if monday.partial(day)]


def test_tables_that_say_what_the_chart_shows_are_folded_and_the_rest_too() -> None:
    html = page(report())
    for name in ("answering", "backlog", "satisfaction", "solving"):
        card = html.split(f'<section class="card {name}"')[1].split("</section>")[0]
        assert card.index("<svg") < card.index("<details") < card.index("<table")


def test_json_has_the_figures_of_the_csv_as_numbers() -> None:
    figures = json.loads(json_text(report()))
    assert len(figures) == len(list(rows(report())))
    assert {"section": "volume", "name": "opened", "key": "", "value": 12, "unit": "cases"} in figures
