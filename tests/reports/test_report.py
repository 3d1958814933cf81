"""The report: every figure of two months at a small desk, beside what the test's own notebook says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.reports.period import Period, period
from bot.reports.report import Report, ReportOf
from store.cases.survey import survey
from tests.support.houses.desk import TestDesk
from tests.support.year.month import BEGIN, END, LEVELS, STAFF, Months, Page

PARIS = ZoneInfo("Europe/Paris")
MIDDLE = datetime(2026, 9, 30, 22, 0, tzinfo=UTC)
TARGETS = {
    "standard": {"Blocker": 60, "Critical": 240, "Medium": 480},
    "gold": {"Critical": 120, "Medium": 300},
}
SOLUTIONS = {"standard": {"Critical": 1200, "Medium": 2400}, "gold": {"Medium": 1800}}
"""Minutes."""
MINUTE = timedelta(minutes=1)


# by hand, minute by minute


@cache
def works(at: datetime) -> bool:
    local = at.astimezone(PARIS)
    return local.weekday() < 5 and 9 <= local.hour < 18 and (local.month, local.day) != (10, 12)


def worked(page: Page, start: datetime, end: datetime) -> timedelta:
    if page.priority == "Blocker":
        return end - start
    first = int((start - BEGIN) / MINUTE)
    passed = minutes_worked()
    return (passed[first + int((end - start) / MINUTE)] - passed[first]) * MINUTE


@cache
def minutes_worked() -> list[int]:
    """How many of the two months' first n minutes are working time."""
    minutes = int((END - BEGIN) / MINUTE) + 1
    return [0, *accumulate(works(BEGIN + n * MINUTE) for n in range(minutes))]


def level(page: Page) -> str:
    return "gold" if page.account == "Bolt & Co" else "standard"


def target(page: Page) -> timedelta | None:
    minutes = TARGETS[level(page)].get(page.priority)
    return minutes * MINUTE if minutes and page.since else None


def solution(page: Page) -> timedelta | None:
    minutes = SOLUTIONS[level(page)].get(page.priority)
    return minutes * MINUTE if minutes else None


def in_time(page: Page) -> bool:
    assert page.answer
    assert page.since
    promised = target(page)
    return promised is not None and worked(page, page.since, page.answer[0]) <= promised


def broken(page: Page) -> list[datetime]:
    """When each promise was broken, if it was."""
    return [*_missed(page, page.waits, target(page)), *_missed(page, page.works, solution(page))]


def _missed(
    page: Page, stretches: list[tuple[datetime, datetime]], promised: timedelta | None
) -> list[datetime]:
    found = []
    for since, until in stretches if promised else ():
        left, at = promised or MINUTE, since
        while left and at < until:
            left -= MINUTE * (page.priority == "Blocker" or works(at))
            at += MINUTE
        found += [] if left else [at]
    return found


def middle(times: list[timedelta]) -> timedelta | None:
    low, high = sorted(times), sorted(times, reverse=True)
    while len(low) > 2:
        low, high = low[1:-1], high[1:-1]
    return sum(low, timedelta()) / len(low) if low else None


def nine_in_ten(times: list[timedelta]) -> timedelta | None:
    return next((one for one in sorted(times) if sum(t <= one for t in times) * 10 >= len(times) * 9), None)


# the desk


@pytest.fixture
def months(url: str, tmp_path: Path) -> Iterator[Months]:
    with TestDesk(url, tmp_path, more=LEVELS) as desk:
        passed = Months(desk)
        passed.pass_by()
        yield passed


def report(months: Months, *, account: str = "") -> Report:
    desk = months.desk.desk
    asked = period("2026-10", "", now=months.now, zone=desk.config.office.zone)
    found: Report = desk.ask(
        ReportOf(
            desk.config,
            asked,
            months.now,
            account,
            deflected=lambda tx, since, until: {"Pacing": (until - since).days},
        )
    )
    return found


def test_every_figure_of_a_month_is_what_the_notebook_says(months: Months) -> None:
    made = report(months)
    assert (made.period.since, made.period.until) == (MIDDLE, END)
    assert made.period.before() == Period(BEGIN, MIDDLE, PARIS)
    for of, since, until in ((made.now, MIDDLE, END), (made.before, BEGIN, MIDDLE)):
        compare(of, months, since, until, lambda page: True)
    assert made.now.deflections == 31
    waits(made, months)
    bolt = report(months, account="Bolt & Co").now
    compare(bolt, months, MIDDLE, END, lambda page: page.account == "Bolt & Co")
    assert [account.name for account in bolt.accounts] == ["Bolt & Co"]


def compare(
    of: Any, months: Months, since: datetime, until: datetime, wanted: Callable[[Page], bool]
) -> None:
    def then(at: datetime) -> bool:
        return since <= at < until

    pages = [page for page in months.pages if wanted(page) and not page.spam]
    opened = [page for page in pages if then(page.opened)]
    ends = [(page, at, why) for page in pages for at, why in page.ends if then(at)]
    assert of.opened == len(opened) > 9
    assert of.closed == len(ends) > 3
    assert of.reopened == sum(then(at) for page in pages for at in page.again)
    assert of.breaches == sum(then(at) for page in pages for at in broken(page)) > 3
    words = months.desk.desk.config.lists
    assert dict(of.reasons) == Counter(words.close_reasons[why] for _, _, why in ends)
    assert dict(of.types) == Counter(page.type or "none" for page in opened)
    assert dict(of.categories) == Counter(f"{p.type} / {p.category}" for p in opened if p.category)
    assert dict(of.channels) == {"email": len(opened)}
    raised = [why for page in pages for at, why in page.concerns if then(at)]
    assert dict(of.concerns) == Counter(words.concern_categories.get(why, "none") for why in raised)
    came, went = Counter(p.account for p in opened), Counter(p.account for p, _, _ in ends)
    assert {a.name: (a.opened, a.closed) for a in of.accounts} == {a: (came[a], went[a]) for a in came | went}
    steps = {one.start: (one.opened, one.closed) for one in of.course}
    days = [(p.opened, 0) for p in opened] + [(at, 1) for _, at, _ in ends]
    weeks = Counter((monday(at), which) for at, which in days)
    assert steps == {start: (weeks[start, 0], weeks[start, 1]) for start in steps}
    assert sum(sum(pair) for pair in steps.values()) == len(days)
    times(of, pages, then)
    people(of, pages, ends, then)
    asked(of, months, pages, then)


def monday(at: datetime) -> Any:
    day = at.astimezone(PARIS).date()
    while day.strftime("%a") != "Mon":
        day -= timedelta(days=1)
    return day


def times(of: Any, pages: list[Page], then: Callable[[datetime], bool]) -> None:
    answered = [page for page in pages if page.answer and then(page.answer[0]) and not page.old]
    groups: dict[tuple[str, str], list[Page]] = {("", ""): answered}
    for page in answered:
        groups.setdefault((page.priority, level(page)), []).append(page)
    found = {(one.priority, one.level): one for one in of.answering}
    assert found.keys() == groups.keys()
    for key, some in groups.items():
        took = [worked(page, page.opened, page.answer[0]) for page in some if page.answer]
        one = found[key]
        assert (one.times.count, one.times.median, one.times.p90) == (
            len(took),
            middle(took),
            nine_in_ten(took),
        ), key
        promised = [page for page in some if target(page)]
        assert (one.promised, one.kept) == (len(promised), sum(map(in_time, promised))), key
    solved: dict[tuple[str, str], list[tuple[Page, datetime]]] = {("", ""): []}
    for page in pages:
        last = [at for at, why in page.ends if then(at) and why != "duplicate"][-1:]
        for at in last if not page.old else ():
            solved["", ""].append((page, at))
            solved.setdefault((page.priority, level(page)), []).append((page, at))
    closed = {(one.priority, one.level): one for one in of.solving}
    assert closed.keys() == solved.keys()
    for key, ends in solved.items():
        took = [worked(page, page.opened, at) for page, at in ends]
        one = closed[key]
        assert (one.times.count, one.times.median, one.times.p90) == (
            len(took),
            middle(took),
            nine_in_ten(took),
        ), key
        final = [
            (page, at) for page, at in ends if solution(page) and not any(again > at for again in page.again)
        ]
        kept = [worked(page, page.works[-1][0], at) <= (solution(page) or MINUTE) for page, at in final]
        assert (one.promised, one.kept) == (len(final), sum(kept)), key


def people(of: Any, pages: list[Page], ends: list[Any], then: Callable[[datetime], bool]) -> None:
    first = Counter(STAFF[p.answer[1]] for p in pages if p.answer and then(p.answer[0]) and not p.old)
    handled = Counter(
        STAFF[page.answer[1]] if page.answer else "none"
        for page in {end[0].number: end[0] for end in ends}.values()
    )
    assert {one.name: (one.handled, one.answers) for one in of.owners} == {
        name: (handled[name], first[name]) for name in handled | first
    }


def asked(of: Any, months: Months, pages: list[Page], then: Callable[[datetime], bool]) -> None:
    numbers = {page.number for page in pages}
    with months.desk.app.database.reading() as tx:
        rows = [row for row in tx.rows(survey.select()) if row.case_id in numbers]
    invited = [row for row in rows if then(row.invited_at)]
    rated = [row for row in rows if row.answered_at and then(row.answered_at)]
    said = of.satisfaction
    assert (said.invited, said.returned) == (
        len(invited),
        sum(row.answered_at is not None for row in invited),
    )
    assert said.scale == tuple(sum(row.rating == n for row in rated) for n in range(1, 6))
    mean = sum(row.rating for row in rated) / len(rated) if rated else None
    assert said.mean == mean
    assert [one.text for one in said.comments] == [
        row.comment for row in sorted(rated, key=lambda row: row.answered_at, reverse=True) if row.comment
    ]


def waits(made: Report, months: Months) -> None:
    left = [page for page in months.pages if page.open]
    states = Counter("held" if p.held else "open" if p.answer or p.again else "new" for p in left)
    assert {state: made.backlog.of_state(state) for state in made.backlog.states} == states
    days = [(months.now - page.opened) / timedelta(days=1) for page in left]
    bounds = [(0, 1), (1, 3), (3, 7), (7, 30), (30, 10_000)]
    counts = [sum(low <= age < high for age in days) for low, high in bounds]
    assert [sum(by_state) for _, by_state in made.backlog.ages] == counts
    oldest = sorted((page for page in left if not page.held), key=lambda page: (page.opened, page.number))
    assert [one.case for one in made.longest] == [f"CS-{page.number:06d}" for page in oldest[:5]]
