"""The queue beside a plain reading of its rules: the same cases, the same order, for any desk and any filter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app import sections
from bot.commands.browse import Queue
from bot.config.load import Config, read
from bot.model.case_filter import CONTRARY, EVERYTHING, MARKS, CaseFilter
from bot.queries import case_lists
from bot.syntax.case_numbers import label
from store.cases.case import COLUMNS, Case, case
from store.cases.concern import concern
from store.cases.entry import entry
from store.cases.priority_request import priority_request
from store.engine.database import Database
from store.engine.transaction import Transaction
from store.people.account import account
from store.people.person import person

NOW = datetime(2026, 11, 18, 14, 0, tzinfo=UTC)
TODAY = datetime(2026, 11, 18, 23, 0, tzinfo=UTC)
"""The day's end in Paris."""
CONFIG = """
[desk]
time_zone = "Europe/Paris"
[[service_level]]
name = "standard"
first_response = { Blocker = "1h", Critical = "4h" }
[[service_level]]
name = "gold"
first_response = { Blocker = "1h", Critical = "2h", Medium = "5h" }
[[service_level]]
name = "alike"
first_response = { Blocker = "1h", Critical = "4h" }
"""
LEVELS = {1: "gold", 2: "alike", 3: "", 4: "one that no config knows"}
STAFF = 3
PRIORITIES = ("Blocker", "Critical", "Medium", "Low", "one that was taken out")


@cache
def config() -> Config:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.toml"
        file.write_text(CONFIG)
        return read(file, sections())


moments = st.none() | st.integers(-3, 3).map(lambda hours: NOW + timedelta(hours=4 * hours))
flags = st.sampled_from((False, False, False, True))
rows = st.fixed_dictionaries(
    {
        "state": st.sampled_from(("new", "new", "open", "open", "waiting", "resolved", "closed")),
        "priority": st.sampled_from(PRIORITIES),
        "type": st.sampled_from(("", "Report")),
        "account_id": st.sampled_from((None, *LEVELS)),
        "owner_id": st.sampled_from((None, 1, 2)),
        "held": flags,
        "close_reason": st.sampled_from(("", "", "spam")),
        "answered_at": moments,
        "first_due_at": moments,
        "next_due_at": moments,
        "resolve_due_at": moments,
        "snoozed_until": st.sampled_from((None, None, NOW + timedelta(days=2))),
        "merged": flags,
        "concern": st.sampled_from((None, None, "taken", "waits")),
        "request": st.sampled_from((None, None, "decided", "waits")),
        "unverified": flags,
    }
)
desks = st.lists(rows, min_size=8, max_size=16) | st.lists(rows, max_size=3)
marks = st.sets(st.sampled_from(MARKS), max_size=3).filter(
    lambda chosen: not any(chosen.issuperset(pair) for pair in CONTRARY)
)
filters = st.builds(
    CaseFilter,
    marks.map(lambda chosen: tuple(mark for mark in MARKS if mark in chosen)),
    type=st.sampled_from(("", "", "Report")),
    account=st.sampled_from(("", "", "account 1")),
    priority=st.sampled_from(("", "", "Critical")),
    state=st.sampled_from(("", "", "", "new", "open", "waiting")),
)
COMMON = [EVERYTHING.marked(mark) for mark in MARKS]
Desk = list[dict[str, Any]]


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    standing = Database(url)
    with standing.writing() as tx:
        for number, level in LEVELS.items():
            tx.add(account, id=number, name=f"account {number}", service_level=level)
        for number in (1, 2, 3):
            tx.add(person, id=number, name=f"person {number}", role="specialist", created_at=NOW)
    yield standing
    standing.close()


def fill(tx: Transaction, desk: Desk) -> None:
    for number, row in enumerate(desk, 1):
        aside = ("merged", "concern", "request", "unverified")
        values = {name: value for name, value in row.items() if name not in aside}
        plain = {"subject": "", "requester_id": STAFF, "opened_at": NOW, "updated_at": NOW}
        tx.add(
            case, id=number, **plain, **values, merged_id=number - 1 if row["merged"] and number > 1 else None
        )
        about = {"id": number, "case_id": number, "person_id": STAFF}
        if row["concern"]:
            taken = NOW if row["concern"] == "taken" else None
            told = {"phone": "", "category": "", "told": "[]", "level": 0}
            tx.add(concern, **about, **told, raised_at=NOW, taken_at=taken)
        if row["request"]:
            decided = NOW if row["request"] == "decided" else None
            tx.add(priority_request, **about, wanted="Low", why="", at=NOW, decided_at=decided)
        kind = "unverified" if row["unverified"] else "said"
        tx.add(entry, **about, visibility="public", kind=kind, channel="email", text="", received_at=NOW)
    tx.flush()


def by_the_rules(tx: Transaction, desk: Desk, which: CaseFilter, by: int) -> list[int]:
    """What the queue is to list, one rule after the other."""
    cases = {row[0]: Case(*row) for row in tx.rows(case.select().with_only_columns(*COLUMNS))}
    waits = {name: set[int]() for name in ("concern", "request", "unverified")}
    for number, row in enumerate(desk, 1):
        leads_to = cases[number].leads_to
        for name, numbers in waits.items():
            if row[name] in ("waits", True):
                numbers.add(leads_to)
    over = {number for number, one in cases.items() if one.state in ("resolved", "closed")}
    held = {number for number, one in cases.items() if one.held}
    undecided = held | (waits["request"] - over) | waits["unverified"]
    spam = {number for number, one in cases.items() if one.close_reason == "spam"}
    chosen = set(cases)
    states = (which.state or "waiting",) if which.state or which.has("waiting") else ("new", "open")
    if which.has("snoozed") and not (which.state or which.has("waiting")):
        states = ("new", "open", "waiting")
    if which.has("concerns") or which.has("decisions"):
        chosen -= spam
        chosen &= waits["concern"] if which.has("concerns") else chosen
        chosen &= undecided if which.has("decisions") else chosen
        states = states if which.state or which.has("waiting") or which.has("snoozed") else ()
    else:
        away = {number for number, one in cases.items() if one.snoozed_until is not None}
        chosen = (chosen - held) & (away if which.has("snoozed") else chosen - away)
    listed = [
        one
        for one in map(cases.__getitem__, chosen)
        if (not states or one.state in states)
        and (not which.has("mine") or one.owner_id == by)
        and (not which.has("unassigned") or one.owner_id is None)
        and which.type in ("", one.type)
        and which.priority in ("", one.priority)
        and (not which.account or one.account_id == 1)
        and (not which.has("due today") or due(one) < TODAY)
    ]
    soonest = which.has("mine") or which.has("due today")
    listed.sort(key=lambda one: (() if soonest else urgency(one), due(one), one.id))
    return [one.id for one in listed]


def due(one: Case) -> datetime:
    answer = one.first_due_at if one.answered_at is None else one.next_due_at
    moments = [moment for moment in (answer, one.resolve_due_at) if moment]
    return min(moments) if moments and one.state in ("new", "open") else datetime.max.replace(tzinfo=UTC)


def urgency(one: Case) -> tuple[Any, ...]:
    priorities, levels = config().lists.priorities, config().levels
    if one.priority not in priorities:
        return (len(priorities), ())
    level = levels.get(LEVELS.get(one.account_id or 0, ""), levels["standard"])
    return priorities.index(one.priority), level.pace(one.priority)


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    desk=desks,
    which=st.just(EVERYTHING) | st.sampled_from(COMMON) | filters,
    page=st.integers(1, 3),
    size=st.integers(3, 20),
)
def test_the_queue_lists_what_its_rules_say(
    database: Database, desk: Desk, which: CaseFilter, page: int, size: int
) -> None:
    with database.reading() as tx:  # what is written here is never committed
        fill(tx, desk)
        expected = by_the_rules(tx, desk, which, by=1)
        answer = case_lists.read(
            tx, config(), Queue(which=which, page=page, size=size), by=1, now=NOW
        ).listing
    last = max(-(-len(expected) // size), 1)
    start = (min(page, last) - 1) * size
    assert [line.number for line in answer.lines] == [label(one) for one in expected[start : start + size]]
    assert (answer.total, answer.page) == (len(expected), min(page, last))
    assert all(bool(line.due) == (line.due_at is not None) for line in answer.lines)
