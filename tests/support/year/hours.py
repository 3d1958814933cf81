"""Working hours of a year, counted minute by minute on the obvious clock of ``test_clock_reference.py``."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from tests.desk.test_clock_reference import BEGIN, MINUTE, days_in_minutes, number, worked

ALWAYS = ""
"""The zone of those who know no hours."""
Pauses = Sequence[tuple[datetime, datetime | None]]


@cache
def minutes(zone: str) -> Sequence[int]:
    """The numbers of all minutes that are worked."""
    if zone == ALWAYS:
        return range(700_000)
    return [number for number, works in enumerate(worked(zone)) if works]


def later(zone: str, since: datetime, quarters: int, pauses: Pauses = ()) -> datetime:
    """When so many quarters of a minute were worked since then, outside all pauses (these have ended)."""
    works = minutes(zone)
    at, left = bisect_left(works, number(since)), quarters
    for began, ended in pauses:
        before = (bisect_left(works, number(began)) - at) * 4
        if before >= left:
            break
        assert ended is not None
        after = bisect_left(works, number(ended))
        if after > at:
            left -= max(before, 0)
            at = after
    whole, rest = divmod(left, 4)
    end = works[at + whole] if rest else works[at + whole - 1] + 1
    return BEGIN + end * MINUTE + rest * MINUTE / 4


def days_later(zone: str, since: datetime, days: int) -> datetime:
    """So many business days later."""
    return later(zone, since, days_in_minutes(zone, since, days) * 4)


def quarters(zone: str, since: datetime, span: str) -> int:
    """A target as it is written (``2d``, ``8h``, ``30m``), in quarters of a minute."""
    count, unit = int(span[:-1]), span[-1]
    if unit == "d":
        return days_in_minutes(zone, since, count) * 4
    return int(timedelta(**{"h": {"hours": count}, "m": {"minutes": count}}[unit]) / MINUTE) * 4
