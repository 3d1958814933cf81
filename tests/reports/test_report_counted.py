"""The report beside the calculation that it replaced: the same figures for any desk, period and choice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bench.support.year_store import Year
from bot.app import sections
from bot.config.load import Config, read
from bot.model.working_time import ROUND_THE_CLOCK, Calendar
from bot.reports.pace_count import WorkedTime
from bot.reports.period import Period, period
from bot.reports.report import ReportOf
from store.cases.case import case, event
from store.cases.survey import survey
from store.engine.columns import stored
from store.engine.database import Database
from store.engine.transaction import Transaction
from store.people.account import account
from store.people.person import person
from store.report import HISTORY, SHOWN, ReportFilter
from tests.support.data import whole_report, whole_report_rows

NOW = datetime(2026, 11, 18, 14, 3, 5, 7, tzinfo=UTC)
CONFIG = """
[desk]
time_zone = "Europe/Paris"
[[calendar]]
name = "office"
time_zone = "Europe/Paris"
holidays = "FR"
hours = { monday = ["09:00-12:30", "14:00-18:00"], tuesday = ["09:30-24:00"], friday = ["00:00-24:00"] }
[[service_level]]
name = "gold"
round_the_clock = ["Critical"]
first_response = { Blocker = "1h", Critical = "2h", Medium = "2d" }
"""
ACCOUNTS = {1: ("Acme", "gold"), 2: ("Bolt", ""), 3: ("Cobalt", "one that no config knows")}
ROLES = ("contact", "specialist", "manager", "contact", "clock", "")
NAMES = ("Ana", "Sam", "", "Sam", "Kim", "Lea")
STEP = timedelta(hours=7, minutes=31, seconds=13, microseconds=250_001)


@cache
def config() -> Config:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "config.toml"
        file.write_text(CONFIG)
        return read(file, sections())


moments = st.integers(-90, 0).map(lambda steps: NOW + steps * STEP)
persons = st.sampled_from((None, 1, 2, 3, 4, 5, 6))
details = {
    "opened": st.sampled_from(({"via": "email"}, {"via": "slack", "evidence": ["dkim"]}, {})),
    "closed": st.sampled_from(({"reason": "resolved"}, {"reason": "spam"}, {"reason": "of our own"}, {})),
    "concern raised": st.sampled_from(({"category": "Wrong reply"}, {"category": None}, {})),
    SHOWN: st.lists(st.sampled_from(("One", "Two")), max_size=2).map(lambda titles: {"articles": titles}),
}
names = st.sampled_from((*HISTORY, "answered", "closed", "reopened", "opened", "survey sent", "replied"))
events = names.flatmap(
    lambda name: st.tuples(
        st.just(name), st.none() | moments, details.get(name, st.just({})).map(json.dumps), persons
    )
)
cases = st.fixed_dictionaries(
    {
        "state": st.sampled_from(("new", "open", "waiting", "closed")),
        "held": st.booleans(),
        "priority": st.sampled_from(("Blocker", "Critical", "Medium", "one that was taken out")),
        "type": st.sampled_from(("", "Report", "API")),
        "category": st.sampled_from(("", "Errors")),
        "subject": st.sampled_from(("Hello", "hello", "A  question ")),
        "mailbox": st.sampled_from(("a@example.com", "b@example.com")),
        "account_id": st.sampled_from((None, *ACCOUNTS)),
        "owner_id": persons,
        "close_reason": st.sampled_from(("", "resolved", "spam")),
        "opened_at": moments,
        "answered_at": st.none() | moments,
        "first_due_at": st.none() | moments,
        "resolve_due_at": st.none() | moments,
        "events": st.lists(events, max_size=7),
        "surveys": st.lists(
            st.tuples(
                moments, st.none() | moments, st.sampled_from((None, 1, 5)), st.sampled_from(("", "Fine."))
            ),
            max_size=2,
        ),
    }
)
periods = st.sampled_from(("3d", "9d", "5w", "30w"))
Desk = list[dict[str, Any]]


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    standing = Database(url)
    with standing.writing() as tx:
        for number, (name, level) in ACCOUNTS.items():
            tx.add(account, id=number, name=name, service_level=level)
        for number, (name, role) in enumerate(zip(NAMES, ROLES, strict=True), 1):
            tx.add(person, id=number, name=name, role=role, created_at=NOW)
    yield standing
    standing.close()


def fill(tx: Transaction, desk: Desk, apart: int) -> None:
    for number, row in zip(range(1, 9_999, apart), desk, strict=False):
        values = {name: value for name, value in row.items() if name not in ("events", "surveys")}
        tx.add(case, id=number, requester_id=1, updated_at=NOW, **values)
        for place, (name, at, detail, by) in enumerate(row["events"]):
            moment = at or row["answered_at"] or row["opened_at"]
            about = {"id": number * 10 + place, "case_id": number, "person_id": by}
            tx.add(event, **about, at=moment, name=name, detail=detail)
        for place, (invited, answered, rating, comment) in enumerate(row["surveys"]):
            about = {"id": number * 10 + place, "case_id": number, "person_id": 1}
            tx.add(survey, **about, invited_at=invited, answered_at=answered, rating=rating, comment=comment)
    tx.flush()


def counted_whole(tx: Transaction, asked: Period, account: str, mailbox: str) -> whole_report.Figures:
    span = ReportFilter(asked.since, asked.until, account, mailbox)
    rows = whole_report.Rows(
        whole_report_rows.touched(tx, span),
        whole_report_rows.history(tx, span),
        whole_report_rows.surveys(tx, span),
        None if account or mailbox else 0,
    )
    return whole_report.figures(rows, asked, config())


@settings(
    max_examples=60,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    desk=st.lists(cases, max_size=8),
    apart=st.sampled_from((1, 1, 3, 17, 400)),
    since=periods,
    of=st.tuples(st.sampled_from(("", "", "Acme")), st.sampled_from(("", "", "a@example.com"))),
)
def test_the_report_counts_what_it_counted_before(
    database: Database, desk: Desk, apart: int, since: str, of: tuple[str, str]
) -> None:
    asked = period(since, "", now=NOW, zone=ZoneInfo("Europe/Paris"))
    with database.reading() as tx:  # what is written here is never committed
        fill(tx, desk, apart)
        check(tx, asked, *of)


def check(tx: Transaction, asked: Period, account: str = "", mailbox: str = "") -> None:
    made = ReportOf(config(), asked, NOW, account, mailbox).answer(tx)
    now, before = (counted_whole(tx, each, account, mailbox) for each in (asked, asked.before()))
    span = ReportFilter(asked.since, asked.until, account, mailbox)
    assert made.now == now
    assert made.before == before
    assert made.backlog == whole_report.backlog(whole_report_rows.waiting(tx, span), NOW)


def test_the_report_of_a_desk_with_thousands_of_cases_counts_what_it_counted_before(url: str) -> None:
    database = Database(url)
    Year(config(), NOW, days=120).write(database, 2_500)
    with database.reading() as tx:
        for words in ("7w", "2026-10"):
            check(tx, period(words, "", now=NOW, zone=ZoneInfo("Europe/Paris")))
    database.close()


@settings(max_examples=300)
@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)),
    st.timedeltas(timedelta(days=-3), timedelta(days=200)),
    st.sampled_from(("Europe/Paris", "Asia/Kolkata", "America/Sao_Paulo", "Pacific/Apia")),
)
def test_working_time_looked_up_is_that_of_the_calendar(start: datetime, lasts: timedelta, zone: str) -> None:
    week = (((540, 750), (840, 1080)), ((570, 1440),), (), ((0, 1440),), (), ((0, 60),), ())
    calendar = Calendar(ZoneInfo(zone), week, closed=frozenset({datetime(2026, 5, 5).date()}))
    moved = [start + timedelta(days=days) for days in (0, -90, 300)]
    pairs = [(begun.replace(tzinfo=UTC), (begun + lasts).replace(tzinfo=UTC)) for begun in moved]
    for chosen in (calendar, ROUND_THE_CLOCK):
        exact = [chosen.between(*pair) // timedelta(microseconds=1) for pair in pairs]
        for sqlite in (True, False):
            clock = WorkedTime(chosen)
            starts, ends = (
                [stored(moment, sqlite=sqlite) for moment in of] for of in zip(*pairs, strict=True)
            )
            assert [*clock.between(starts[:1], ends[:1]), *clock.between(starts[1:], ends[1:])] == exact
            assert clock.between(starts, ends) == exact
