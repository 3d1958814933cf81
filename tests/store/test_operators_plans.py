"""What operators ask of a store of 100,000 cases reads what it shows: no table, and no sorting of one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.app import sections
from bot.commands.browse import My, Queue
from bot.config.load import read
from bot.model.case_filter import EVERYTHING, MARKS, CaseFilter
from bot.queries.case_lists import CaseLists
from bot.queries.lists import CasesToChoose, HealthNow, ListCases, ListInbox, ListOutbox
from bot.queries.merge_candidates import MergeCandidates
from bot.reports.period import period
from bot.reports.report import ReportOf
from store import desk_figures
from store.engine.database import Database
from store.queues import overdue
from tests.support.data.grown_store import OFTEN, STAFF, grow
from tests.support.setup import databases

CASES = 100_000
NOW = datetime.now(UTC)
CONFIG = read(None, sections())
BIG = ("support_case", "inbox", "outgoing", "entry", "event", "timer", "participant")
IN_ORDER = ("ix_support_case_updated", "ix_inbox_received", "ix_outgoing_created")
"""Indexes in whose order a list is read: as far as its last line, and no further."""
FEW = ("ix_entry_unverified", "ix_support_case_held")
"""Indexes of what waits for somebody of the desk."""
BY_STAFF, BY_CUSTOMER = (f"p{number}@c.example" for number in (STAFF, OFTEN))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def grown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    if request.param == "sqlite":
        urls = iter([databases.sqlite(tmp_path_factory.mktemp("grown"))])
        database = Database(next(urls))
        grow(database, CASES)
        yield database
        database.close()
        return
    with request.getfixturevalue("postgres").with_schema() as url:
        database = Database(url)
        grow(database, CASES)
        yield database
        database.close()


def queue(which: CaseFilter, page: int = 1) -> CaseLists:
    return CaseLists(CONFIG, "email", BY_STAFF, (Queue(which=which, page=page),), NOW)


LISTS = {
    "cases": ListCases(),
    "held cases": ListCases(held=True),
    "closed cases": ListCases(state="closed"),
    "inbox": ListInbox(),
    "shunted": ListInbox(outcome="shunted"),
    "outbox": ListOutbox(),
    "dead": ListOutbox(outcome="dead"),
    "cases' next page": ListCases(after=CASES // 2),
    "closed cases' next page": ListCases(state="closed", after=CASES // 2),
    "inbox's next page": ListInbox(after=CASES // 2),
    "outbox's next page": ListOutbox(after=CASES // 2),
}
OTHERS = {
    "health": HealthNow(NOW),
    "queue": queue(EVERYTHING),
    "queue's fifth page": queue(EVERYTHING, 5),
    **{f"queue {mark}": queue(EVERYTHING.marked(mark)) for mark in MARKS},
    "queue of an account": queue(CaseFilter(account="Account 7", type="Report", priority="Critical")),
    "cases to choose": CasesToChoose("email", BY_STAFF, "order"),
    "a customer's cases to choose": CasesToChoose("email", BY_CUSTOMER),
    "my cases": CaseLists(CONFIG, "email", BY_CUSTOMER, (My(),), NOW),
    "merge candidates": MergeCandidates(33),
    "report": ReportOf(CONFIG, period("3d", "", now=NOW, zone=CONFIG.office.zone), NOW),
}


class Explained:
    """The plan of each statement that is executed meanwhile."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.plans: dict[str, list[str]] = {}
        dialect: Any = database.engine.dialect
        execute = dialect.do_execute
        explain = "EXPLAIN QUERY PLAN" if database.sqlite else "EXPLAIN"

        def noted(cursor: Any, sql: str, values: Any, context: Any = None) -> None:
            if re.match("SELECT|UPDATE|DELETE", sql):
                with_plan = cursor.connection.cursor()
                with_plan.execute(f"{explain} {sql}", values)
                self.plans[sql] = [row[3] if database.sqlite else row[0] for row in with_plan.fetchall()]
            execute(cursor, sql, values, context)

        monkeypatch.setattr(dialect, "do_execute", noted)

    @property
    def steps(self) -> list[str]:
        return [step.strip() for plan in self.plans.values() for step in plan]

    def scans(self) -> list[str]:
        """Steps that read a big table, or an index of one, from end to end."""
        return [
            step
            for step in self.steps
            if (match := re.match(r"(?:SCAN|(?:-> +)?(?:Parallel )?Seq Scan on) (\w+)", step))
            and match.group(1) in BIG
            and not step.endswith((*IN_ORDER, *FEW))
        ]


@pytest.fixture
def explained(grown: Database, monkeypatch: pytest.MonkeyPatch) -> Explained:
    return Explained(grown, monkeypatch)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_read_in_the_order_of_an_index(grown: Database, explained: Explained, name: str) -> None:
    with grown.reading() as tx:
        LISTS[name].answer(tx)
    assert explained.plans
    assert not explained.scans()
    if "next page" in name:  # what comes before is not read either
        assert not [step for step in explained.steps if step.startswith("SCAN")]
        assert grown.sqlite or [step for step in explained.steps if re.search(r"Index Cond: .*_at <=", step)]
    if name == "held cases":
        assert [step for step in explained.steps if "ix_support_case_held" in step]
        assert not [step for step in explained.steps if "ix_support_case_updated" in step]
    if name == "held cases" or (name in ("shunted", "dead") and not grown.sqlite):
        return  # they are few: sorted when they are found
    (plan,) = (plan for sql, plan in explained.plans.items() if "ORDER BY" in sql)
    # an address of each person on the page is looked for apart
    ends = next((at for at, step in enumerate(plan) if "CORRELATED" in step or "SubPlan" in step), len(plan))
    assert not [step for step in plan[:ends] if "TEMP B-TREE" in step or re.search(r"-> +Sort", step)]


@pytest.mark.parametrize("name", OTHERS)
def test_a_question_reads_no_table_from_end_to_end(grown: Database, explained: Explained, name: str) -> None:
    with grown.reading() as tx:
        OTHERS[name].answer(tx)
    assert explained.plans
    assert not explained.scans()


def test_the_figures_of_monitoring_read_no_table(grown: Database, explained: Explained) -> None:
    with grown.reading() as tx:
        figures = desk_figures.read(tx, now=NOW)
    assert sum(group.number for group in figures.cases) == CASES // 33
    assert len(explained.plans) > 6
    assert not explained.scans()


def test_what_is_put_off_too_long_is_found_among_what_should_have_happened(
    grown: Database, explained: Explained
) -> None:
    with grown.reading() as tx:
        assert overdue.count(tx, now=NOW - timedelta(days=1000)) == 0
        assert overdue.wake(tx, now=NOW - timedelta(days=1000)) == 0
    assert not explained.scans()
    if grown.sqlite:
        assert [step for step in explained.steps if "ix_timer_open_at" in step]
