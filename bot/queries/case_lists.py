"""Lists of cases, page by page: the desk's queue, one's own cases, and what a search finds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from bot.commands.browse import CaseListing, My, Queue, Search
from bot.config.load import Config
from bot.config.service_levels import STANDARD
from bot.model.case_filter import EVERYTHING, CaseFilter
from bot.model.errors import BadCommand, NotAllowed
from bot.model.facts import CaseLine, CaseList
from bot.model.identity import OPERATOR
from bot.model.silence import REMINDERS, SILENT
from bot.model.translatable import saying, together
from bot.queries.case_detail import case_line
from bot.queries.staff import away_in_words
from bot.syntax.case_numbers import label
from store.cases import case, case_list, participant, search, timer, work_list
from store.cases.case import Case
from store.cases.case_list import FoundCase, ListedCase
from store.cases.work_list import Ranks, WorkFilter
from store.engine.transaction import Transaction
from store.people import account
from store.people import person as people
from store.queues import dispatch

TO_DO = ("new", "open")
MOST_FOUND = 2000
"""Entries that a search looks at, the newest; so it finds no more cases."""


@dataclass(frozen=True, slots=True)
class AnsweredList:
    """A list that was asked for: how many cases there are, in a sentence, and one page of them."""

    said: str
    listing: CaseList


@dataclass(frozen=True, slots=True)
class CaseLists:
    """Lists for one person, as commands ask for them; raises ``NotAllowed`` for what is the desk's alone."""

    config: Config
    channel: str
    address: str
    commands: tuple[CaseListing, ...]
    now: datetime

    def answer(self, tx: Transaction) -> tuple[AnsweredList, ...]:
        asker = people.find(tx, self.channel, self.address)
        operator = (self.channel, self.address) == (OPERATOR.channel, OPERATOR.address)
        if not (operator or (asker and asker.staff)) and not all(
            isinstance(command, My) for command in self.commands
        ):
            raise NotAllowed(saying("Only the support team can do that."))
        by = asker.id if asker else 0
        return tuple(read(tx, self.config, command, by=by, now=self.now) for command in self.commands)


@dataclass(frozen=True, slots=True)
class LatestStep:
    """A number that grows with whatever happens to any case."""

    def answer(self, tx: Transaction) -> int:
        return case.latest_step(tx)


def read(tx: Transaction, config: Config, command: CaseListing, *, by: int, now: datetime) -> AnsweredList:
    """The page that a command asks for; ``by``: the id of whose command it is.

    Raises ``BadCommand`` for an account that there is not.
    """
    if isinstance(command, Queue):
        return _queue(tx, config, command, by=by, now=now)
    if isinstance(command, Search):
        return _search(tx, command)
    assert isinstance(command, My)  # noqa: S101 - there are three
    return _own(tx, command, by=by, now=now)


# the queue


def _queue(tx: Transaction, config: Config, command: Queue, *, by: int, now: datetime) -> AnsweredList:
    """Active cases by priority, then by the targets of their service level, then by what is due next.

    Those that wait for the customer, or are snoozed, are left out, unless they are asked for; a concern that waits
    to be taken, and a decision, count in any state.
    """
    which = command.which
    wanted = _wanted(tx, config, which, by=by, now=now)
    ranks = {} if which.soonest_first else _ranks(config)

    def page(after: int) -> tuple[list[int], int]:
        return work_list.page(tx, wanted, ranks=ranks, most=command.size, after=after)

    numbers, count = _within(page, command)
    whose = which in (EVERYTHING, EVERYTHING.marked("unassigned"))
    away = away_in_words(tx, config, now=now) if whose else ""
    return AnsweredList(together(counted(which, count), away), _page(tx, command, numbers, count))


def _wanted(tx: Transaction, config: Config, which: CaseFilter, *, by: int, now: datetime) -> WorkFilter:
    """What a filter asks the store for. Raises ``BadCommand`` for an account that there is not."""
    return WorkFilter(
        states=_states(which),
        snoozed=which.has("snoozed"),
        concerns=which.has("concerns"),
        decisions=which.has("decisions"),
        owner=by if which.has("mine") else None,
        unassigned=which.has("unassigned"),
        type=which.type,
        priority=which.priority,
        accounts=tuple(_accounts(tx, which.account)) if which.account else None,
        due_before=_tomorrow(config, now) if which.has("due today") else None,
    )


def _chosen(tx: Transaction, which: CaseFilter, rows: Sequence[FoundCase], *, by: int) -> list[FoundCase]:
    """Those of some cases that a filter leaves. Raises ``BadCommand`` for an account that there is not."""
    accounts = _accounts(tx, which.account) if which.account else ()
    return [
        row
        for row in rows
        if (not which.has("mine") or row.owner_id == by)
        and (not which.has("unassigned") or row.owner_id is None)
        and which.type in ("", row.type)
        and which.priority in ("", row.priority)
        and (not which.account or row.account_id in accounts)
    ]


def _states(which: CaseFilter) -> tuple[str, ...]:
    if which.state or which.has("waiting"):
        return (which.state or "waiting",)
    if which.has("snoozed"):
        return (*TO_DO, "waiting")
    return () if which.has("concerns") or which.has("decisions") else TO_DO


def _accounts(tx: Transaction, words: str) -> Collection[int]:
    accounts = account.matching(tx, words)
    if not accounts:
        why = saying("No account is called “{name}”.", name=words[:60])
        raise BadCommand(why, {"account": saying("is unknown")})
    return accounts


def counted(which: CaseFilter, count: int) -> str:
    """How many cases there are, in words: ``2 unassigned cases to do, type:report.``"""
    narrowed = CaseFilter(type=which.type, account=which.account, priority=which.priority, state=which.state)
    behind = f", {narrowed.words}" if narrowed.words else ""
    sentences = COUNTED.get(which.marks) or COUNTED_BY_MARKS
    pattern = sentences[min(count, 2)]
    return saying(pattern, count=str(count), narrowed=behind, marks=", ".join(which.marks))


COUNTED: Mapping[tuple[str, ...], tuple[str, str, str]] = {
    (): (
        "No cases to do{narrowed}.",
        "1 case to do{narrowed}.",
        "{count} cases to do{narrowed}.",
    ),
    ("mine",): (
        "No cases of yours to do{narrowed}.",
        "1 case of yours to do{narrowed}.",
        "{count} cases of yours to do{narrowed}.",
    ),
    ("unassigned",): (
        "No unassigned cases to do{narrowed}.",
        "1 unassigned case to do{narrowed}.",
        "{count} unassigned cases to do{narrowed}.",
    ),
    ("waiting",): (
        "No cases that wait for the customer{narrowed}.",
        "1 case that waits for the customer{narrowed}.",
        "{count} cases that wait for the customer{narrowed}.",
    ),
    ("mine", "waiting"): (
        "No cases of yours that wait for the customer{narrowed}.",
        "1 case of yours that waits for the customer{narrowed}.",
        "{count} cases of yours that wait for the customer{narrowed}.",
    ),
    ("snoozed",): (
        "No cases that are snoozed{narrowed}.",
        "1 case that is snoozed{narrowed}.",
        "{count} cases that are snoozed{narrowed}.",
    ),
    ("due today",): (
        "No cases due today{narrowed}.",
        "1 case due today{narrowed}.",
        "{count} cases due today{narrowed}.",
    ),
    ("mine", "due today"): (
        "No cases of yours due today{narrowed}.",
        "1 case of yours due today{narrowed}.",
        "{count} cases of yours due today{narrowed}.",
    ),
    ("concerns",): (
        "No cases with a concern that nobody has taken{narrowed}.",
        "1 case with a concern that nobody has taken{narrowed}.",
        "{count} cases with a concern that nobody has taken{narrowed}.",
    ),
    ("decisions",): (
        "No cases that wait for a decision{narrowed}.",
        "1 case that waits for a decision{narrowed}.",
        "{count} cases that wait for a decision{narrowed}.",
    ),
}
"""What is said of none, of one, and of many, by the marks that choose them."""
COUNTED_BY_MARKS = (
    "No cases ({marks}){narrowed}.",
    "1 case ({marks}){narrowed}.",
    "{count} cases ({marks}){narrowed}.",
)
"""The same for other choices of marks."""


def _tomorrow(config: Config, now: datetime) -> datetime:
    """Midnight after today, where the desk is."""
    day = now.astimezone(config.zone).date() + timedelta(days=1)
    return datetime.combine(day, time(), config.zone).astimezone(UTC)


def _ranks(config: Config) -> Ranks:
    """Ranks by priority, then by the targets of the service level; shorter ones come first."""
    priorities, levels = config.lists.priorities, config.levels
    order = {
        (priority, name): (rank, level.pace(priority))
        for rank, priority in enumerate(priorities)
        for name, level in levels.items()
    }
    ranks = {key: rank for rank, key in enumerate(sorted(set(order.values())))}
    by_level = {priority: {name: ranks[order[priority, name]] for name in levels} for priority in priorities}
    return {priority: {**by_name, "": by_name[STANDARD]} for priority, by_name in by_level.items()}


# one's own


_MEANT = {
    "": ("new", "open", "waiting", "resolved"),
    "all": ("new", "open", "waiting", "resolved", "closed"),
}


def _own(tx: Transaction, command: My, *, by: int, now: datetime) -> AnsweredList:
    """The cases that somebody takes part in; no held ones, which anybody may have written."""
    states = _MEANT.get(command.state, (command.state,))

    # what may be taken back is not seen by customers yet
    views = dispatch.customer_views(tx, dispatch.cases_of(tx, by, now=now), now=now)
    seen = {number: view.state for number, view in views.items()}

    def page(after: int) -> tuple[list[int], int]:
        return participant.own(tx, by, states=states, most=command.size, after=after, seen=seen)

    numbers, count = _within(page, command)
    listing = _page(tx, command, numbers, count)
    by_label = {label(number): view for number, view in views.items()}
    lines = (
        replace(line, **by_label[line.number]._asdict()) if line.number in by_label else line
        for line in listing.lines
    )
    return AnsweredList(_counted_own(count, command.state), replace(listing, lines=tuple(lines)))


def _counted_own(count: int, state: str) -> str:
    pattern = _OWN.get(state)
    if pattern is None and state == "all":
        pattern = {0: "You have no case.", 1: "You have 1 case."}.get(count, "You have {count} cases.")
    elif pattern is None:
        few = {0: "You have no open case.", 1: "You have 1 open case."}
        pattern = few.get(count, "You have {count} open cases.")
    return saying(pattern, count=str(count))


_OWN = {
    "new": "Your new cases: {count}.",
    "waiting": "Your cases that wait for an answer of yours: {count}.",
    "resolved": "Your resolved cases: {count}.",
    "closed": "Your closed cases: {count}.",
}


# what a search finds


def _search(tx: Transaction, command: Search) -> AnsweredList:
    matches, whole = search.find(tx, command.text, most=MOST_FOUND)
    rows = _chosen(tx, command.which, case_list.numbered(tx, matches), by=0)
    rows = [row for row in rows if command.which.state in ("", row.state)]
    rows.sort(key=lambda row: (row.updated_at, row.id), reverse=True)
    numbers, count = _part([row.id for row in rows], command), len(rows)
    pattern = {
        0: "No cases with “{words}”{narrowed}.",
        1: "1 case with “{words}”{narrowed}.",
    }.get(count, "{count} cases with “{words}”{narrowed}.")
    narrowed = f", {command.which.words}" if command.which.words else ""
    answer = saying(pattern, count=str(count), words=command.text, narrowed=narrowed)
    more = saying(
        "Only the newest {most} messages were looked at; a further word helps.", most=str(MOST_FOUND)
    )
    return AnsweredList(together(answer, "" if whole else more), _page(tx, command, numbers, count))


# pages


def _within(read: Callable[[int], tuple[list[int], int]], command: CaseListing) -> tuple[list[int], int]:
    """The numbers on the page that is asked for, and how many there are in all.

    ``read`` tells both for a page that begins after so many.
    """
    numbers, count = read((command.page - 1) * command.size)
    if count and not numbers:  # it lies beyond the last page
        numbers, count = read((_page_of(count, command) - 1) * command.size)
    return numbers, count


def _part(numbers: Sequence[int], command: CaseListing) -> Sequence[int]:
    """The numbers on the page that is asked for."""
    start = (_page_of(len(numbers), command) - 1) * command.size
    return numbers[start : start + command.size]


def _page_of(total: int, command: CaseListing) -> int:
    """The page that is asked for, or the last one if there are not so many."""
    return min(command.page, max(-(-total // command.size), 1))


def _page(tx: Transaction, command: CaseListing, numbers: Sequence[int], total: int) -> CaseList:
    rows = case_list.in_order(tx, numbers)
    waiting = [row.case.id for row in rows if row.case.state == "waiting"]
    reminders = timer.soonest(tx, waiting, REMINDERS) if waiting else {}
    closings = timer.soonest(tx, waiting, (SILENT,)) if waiting else {}
    lines = tuple(_line(row, reminders, closings) for row in rows)
    return CaseList(command.words, lines, total, _page_of(total, command), command.size)


def next_due(row: Case) -> tuple[str, datetime | None]:
    """What a case's targets demand next, and when, while they run."""
    answer = ("first reply", row.first_due_at) if row.answered_at is None else ("next reply", row.next_due_at)
    promises = [(at, what) for what, at in (answer, ("solution", row.resolve_due_at)) if at]
    at, what = min(promises, default=(None, ""))
    return what, at


def _line(
    listed: ListedCase, reminders: Mapping[int, datetime], closings: Mapping[int, datetime]
) -> CaseLine:
    case = listed.case
    what, at = next_due(case) if case.state in ("new", "open") and not case.held else ("", None)
    if case.id in reminders:
        what, at = "reminder", reminders[case.id]
    elif case.id in closings:
        what, at = "closing", closings[case.id]
    return replace(case_line(listed), due=what, due_at=at)
