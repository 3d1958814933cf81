"""How soon things were done, and whether in time: counted by priority and service level."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.config.load import Config
from bot.config.service_levels import STANDARD
from bot.model.translatable import saying
from bot.model.working_time import ROUND_THE_CLOCK, Calendar, Duration, Level, Target
from bot.reports.figures import Pace, spread
from bot.reports.format import worked
from store.engine.columns import StoredMoment, utc

EPOCH = datetime(1970, 1, 1)
MARGIN = timedelta(days=60)
_MICROSECOND = timedelta(microseconds=1)


class WorkedTime:
    """The same as ``Calendar.between``, for whoever asks it often."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._always = calendar is ROUND_THE_CLOCK
        self._first = self._last = EPOCH
        self._opens: list[int] = []
        self._lengths: list[int] = []
        self._before: list[int] = []
        """For each working period, what was worked before it."""

    def between(self, start: datetime, end: datetime) -> int:
        """Microseconds of working time between two moments (UTC, without a zone); none if ``end`` comes first."""
        if end <= start:
            return 0
        if self._always:
            return (end - start) // _MICROSECOND
        if not (self._first <= start and end < self._last):
            self._reach(start, end)
        return self._until((end - EPOCH) // _MICROSECOND) - self._until((start - EPOCH) // _MICROSECOND)

    def _until(self, at: int) -> int:
        index = bisect_right(self._opens, at) - 1
        if index < 0:
            return 0
        since, length = at - self._opens[index], self._lengths[index]
        return self._before[index] + (since if since < length else length)

    def _reach(self, start: datetime, end: datetime) -> None:
        """Read the calendar as far as these moments, and some weeks further."""
        begun = bool(self._opens)
        self._first = min(start - MARGIN, self._first) if begun else start - MARGIN
        self._last = max(end + MARGIN, self._last) if begun else end + MARGIN
        self._opens, self._lengths, self._before = [], [], []
        worked = 0
        day, last = self._first.date() - timedelta(days=1), self._last.date() + timedelta(days=1)
        while day <= last:
            for opens, closes in self._calendar.periods(day):
                length = (closes - opens) // _MICROSECOND
                self._opens.append((opens.astimezone(UTC).replace(tzinfo=None) - EPOCH) // _MICROSECOND)
                self._lengths.append(length)
                self._before.append(worked)
                worked += length
            day += timedelta(days=1)


@dataclass(slots=True)
class _Done:
    """What was done for cases of one priority and service level."""

    clock: WorkedTime
    times: array[int] = field(default_factory=lambda: array("q"))
    """Microseconds of working time."""
    promised: int = 0
    kept: int = 0


class WorkClocks:
    """The working time of each service level and priority, read once for a whole report."""

    def __init__(self, config: Config) -> None:
        self._levels = config.levels
        self._clocks: dict[int, WorkedTime] = {}

    def level(self, name: str) -> Level:
        """The service level of that name, or the standard one."""
        return self._levels.get(name, self._levels[STANDARD])

    def of(self, level: Level, priority: str) -> WorkedTime:
        """The clock by which cases of a priority are worked on."""
        calendar = ROUND_THE_CLOCK if priority in level.round_the_clock else level.calendar
        return self._clocks.setdefault(id(calendar), WorkedTime(calendar))


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
        done.times.append(done.clock.between(utc(since), utc(at)))
        if due_at:
            done.promised += 1
            done.kept += at <= due_at

    def _group(self, priority: str, level: str) -> _Done:
        """The group of a service level, which names that no config knows share with the standard one."""
        of = self._clocks.level(level)
        done = self._groups.get((priority, of.name)) or _Done(self._clocks.of(of, priority))
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
