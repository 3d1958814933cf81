"""How soon things were done, and whether in time: counted by priority and service level."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import repeat

from bot.config.load import Config
from bot.config.service_levels import STANDARD
from bot.model.translatable import saying
from bot.model.working_time import ROUND_THE_CLOCK, Calendar, Duration, Level, Target
from bot.reports.figures import Pace, spread
from bot.reports.format import worked
from store.engine.columns import StoredMoment, microseconds

DAY = 86_400_000_000
MARGIN = 60 * DAY
Wait = tuple[StoredMoment, StoredMoment, "array[int]"]
"""When a wait began and ended, and the times that it belongs to."""


class WorkedTime:
    """The same as ``Calendar.between``, for many at once: column by column, without a call for each."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._always = calendar is ROUND_THE_CLOCK
        self._first = self._last = 0
        self._opens: list[int] = []
        """When each working period begins, in microseconds since the epoch."""
        self._begins: list[int] = []
        """The same behind one that has no length: what is before the first."""
        self._lengths: list[int] = []
        self._before: list[int] = []
        """What was worked before each of these."""

    def between(self, starts: Sequence[StoredMoment], ends: Sequence[StoredMoment]) -> list[int]:
        """Microseconds of working time from each start to its end; none if the end comes first."""
        moments = [*{*starts, *ends}]  # a case is answered and solved since the same one
        until = dict(zip(moments, self._until(microseconds(moments)), strict=True))
        pairs = zip(starts, ends, strict=True)
        return [until[end] - until[start] if end > start else 0 for start, end in pairs]

    def _until(self, moments: list[int]) -> list[int]:
        """What was worked until each of these moments, all since the same one."""
        if self._always or not moments:
            return moments
        first, last = min(moments), max(moments)
        if not self._first <= first <= last < self._last:
            self._reach(first, last)
        begins, lengths, before = self._begins, self._lengths, self._before
        periods = map(bisect_right, repeat(self._opens), moments)
        return [
            before[n] + (since if (since := at - begins[n]) < (length := lengths[n]) else length)
            for at, n in zip(moments, periods, strict=True)
        ]

    def _reach(self, first: int, last: int) -> None:
        """Read the calendar as far as these moments, and some weeks further."""
        begun = bool(self._begins)
        self._first = min(first - MARGIN, self._first) if begun else first - MARGIN
        self._last = max(last + MARGIN, self._last) if begun else last + MARGIN
        day, end = (_day(at) for at in (self._first - DAY, self._last + DAY))
        self._opens, self._lengths, self._before = [], [0], [0]
        so_far = 0
        while day <= end:
            for period in self._calendar.periods(day):
                opens, closes = microseconds(period)
                self._opens.append(opens)
                self._lengths.append(closes - opens)
                self._before.append(so_far)
                so_far += closes - opens
            day += timedelta(days=1)
        self._begins = [self._first, *self._opens]


def _day(at: int) -> date:
    return date(1970, 1, 1) + timedelta(microseconds=at)


class WorkClocks:
    """The working time of each service level and priority, looked up for many cases at once."""

    def __init__(self, config: Config) -> None:
        self._levels = config.levels
        self._clocks: dict[int, tuple[WorkedTime, list[Wait]]] = {}

    def level(self, name: str) -> Level:
        """The service level of that name, or the standard one."""
        return self._levels.get(name, self._levels[STANDARD])

    def waits(self, level: Level, priority: str) -> list[Wait]:
        """Where the waits of cases of a priority are noted."""
        calendar = ROUND_THE_CLOCK if priority in level.round_the_clock else level.calendar
        return self._clocks.setdefault(id(calendar), (WorkedTime(calendar), []))[1]

    def look_up(self) -> None:
        """Add the working time of all waits that were noted to the times that they belong to."""
        for clock, waits in self._clocks.values():
            if waits:
                starts, ends, times = zip(*waits, strict=True)
                waits.clear()
                for of, time in zip(times, clock.between(starts, ends), strict=True):
                    of.append(time)


@dataclass(slots=True)
class _Done:
    """What was done for cases of one priority and service level."""

    waits: list[Wait]
    times: array[int] = field(default_factory=lambda: array("q"))
    """Microseconds of working time, once they are looked up."""
    promised: int = 0
    kept: int = 0


class PaceCount:
    """Counts how soon one thing is done: the first answer, or the solution."""

    def __init__(self, target: Target, config: Config, clocks: WorkClocks) -> None:
        self._target = target
        self._config = config
        self._clocks = clocks
        self._groups: dict[tuple[str, str], _Done] = {}

    def add(
        self,
        priority: str,
        level: str,
        *,
        since: StoredMoment,
        at: StoredMoment,
        due_at: StoredMoment | None,
    ) -> None:
        """Count what was done at a moment for a case that was opened ``since``, and was due by another."""
        done = self._groups.get((priority, level)) or self._group(priority, level)
        done.waits.append((since, at, done.times))
        if due_at:
            done.promised += 1
            done.kept += at <= due_at

    def _group(self, priority: str, level: str) -> _Done:
        """The group of a service level, which names that no config knows share with the standard one."""
        of = self._clocks.level(level)
        done = self._groups.get((priority, of.name)) or _Done(self._clocks.waits(of, priority))
        self._groups[priority, of.name] = self._groups[priority, level] = done
        return done

    def paces(self) -> tuple[Pace, ...]:
        """The pace of all, then by priority and service level, the most urgent first."""
        groups = {key: done for key, done in self._groups.items() if key[1] in self._config.levels}
        everything = array("q")
        for done in groups.values():
            everything.extend(done.times)
        promised = sum(done.promised for done in groups.values())
        in_time = sum(done.kept for done in groups.values())
        by_group = [self._pace(key, groups[key]) for key in sorted(groups, key=self._rank)]
        return (Pace("", "", spread(everything), promised, in_time, ""), *by_group)

    def _pace(self, key: tuple[str, str], done: _Done) -> Pace:
        priority, level = key
        written = _written(self._config.levels[level].targets[self._target].get(priority))
        return Pace(priority, level, spread(done.times), done.promised, done.kept, written)

    def _rank(self, key: tuple[str, str]) -> tuple[int, str, str]:
        priorities = self._config.lists.priorities
        return priorities.index(key[0]) if key[0] in priorities else len(priorities), *key


def _written(target: Duration | None) -> str:
    if target is None:
        return ""
    return saying("{days} d", days=str(target.days)) if target.days else worked(target.time)
