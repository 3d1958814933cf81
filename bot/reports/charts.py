"""Charts: where columns, lines and labels stand, and what strips show; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from unicodedata import east_asian_width

from bot.model.translatable import in_words, saying
from bot.reports.figures import Moved, OpenCases, Pace, Satisfaction
from bot.reports.format import NONE, cases, share, step, worked
from bot.reports.period import Period

LEFT, RIGHT, TOP, BOTTOM = 34.0, 4.0, 10.0, 24.0
"""Room around the columns, in units of the drawing: one is a CSS pixel at its natural size."""
LETTER = 7.5
"""The width of a letter of a label, about."""
STATES = {"new": "New", "open": "In progress", "waiting": "Waiting", "held": "Held"}
"""What the states of cases that wait are called."""
MOVES = {"opened": "Cases opened", "closed": "Cases closed"}
"""What the two bars of a pair are called."""
LONGEST = 32
"""Letters of a strip's name, beside its value."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, or a part of one; ``kind`` is its class in the stylesheet."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    title: str
    part: bool = False
    """Of a week or month of which only a part belongs to the period."""


@dataclass(frozen=True, slots=True)
class Label:
    """A word at a position."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Pairs of bars side by side in time, with the lines of a scale behind them."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    scale: tuple[Label, ...]
    names: tuple[Label, ...]
    note: str = ""
    """Which of them are parts of a week or month, drawn paler."""


@dataclass(frozen=True, slots=True)
class StripPart:
    """A part of a strip: ``share`` of the longest one, and its class in the stylesheet."""

    share: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A bar from left to right, in parts, with a name and a value above and a note below it."""

    name: str
    value: str
    note: str
    parts: tuple[StripPart, ...]


def columns(
    course: Sequence[Moved],
    period: Period,
    *,
    width: float,
    height: float,
    words: Mapping[str, str] = {},
) -> Columns:
    """Opened and closed cases, step by step; their names by ``words``, which take the room that they need."""
    floor_, room = height - BOTTOM, height - BOTTOM - TOP
    lines = scale(max((max(moved.opened, moved.closed) for moved in course), default=0))
    slot = (width - LEFT - RIGHT) / max(len(course), 1)
    up = room / lines[-1]
    when = [in_words(step(moved.start, period) if moved.start else moved.name, words) for moved in course]
    parts = [moved.start is not None and period.partial(moved.start) for moved in course]
    middles = [LEFT + (at + 0.5) * slot for at in range(len(course))]
    return Columns(
        width,
        height,
        tuple(
            bar
            for moved, name, x, part in zip(course, when, middles, parts, strict=True)
            for bar in _pair(moved, name, x, slot=slot, bottom=floor_, up=up, part=part)
        ),
        tuple(Label(LEFT, floor_ - value * up, str(value)) for value in lines),
        tuple(_names(when, middles, height - 6)),
        _note([name for name, part in zip(when, parts, strict=True) if part], period),
    )


def _note(parts: Sequence[str], period: Period) -> str:
    """Whoever compares a part of a week with a week must know it."""
    if not parts:
        return ""
    return saying(_PALER[period.step], bars=", ".join(parts))


_PALER = {
    "day": "The paler bars are only part of a day: {bars}.",
    "week": "The paler bars are only part of a week: {bars}.",
    "month": "The paler bars are only part of a month: {bars}.",
}
_TITLES = {
    ("opened", False): "{when}: {count} opened",
    ("closed", False): "{when}: {count} closed",
    ("opened", True): "{when}, in part: {count} opened",
    ("closed", True): "{when}, in part: {count} closed",
}


def scale(most: int) -> tuple[int, ...]:
    """Round numbers from 0 to at least ``most``, three to six of them."""
    rough = max(most, 2) / 4
    power = 10 ** floor(log10(rough)) if rough >= 1 else 1
    by = next(int(power * factor) for factor in (1, 2, 5, 10) if power * factor >= rough)
    return tuple(range(0, -(-max(most, 2) // by) * by + 1, by))


def _pair(
    moved: Moved, when: str, middle: float, *, slot: float, bottom: float, up: float, part: bool
) -> Iterator[Bar]:
    wide = min(slot * 0.36, 26.0)
    for kind, count, x in (
        ("opened", moved.opened, middle - wide - 0.75),
        ("closed", moved.closed, middle + 0.75),
    ):
        title = saying(_TITLES[kind, part], when=when, count=str(count))
        yield Bar(x, bottom - count * up, wide, count * up, kind, title, part)


def _names(names: Sequence[str], middles: Sequence[float], y: float) -> Iterator[Label]:
    """As many names as there is room for, always including the last one."""
    slot = middles[1] - middles[0] if len(middles) > 1 else 0
    every = int(-(-(max(map(_width, names), default=LETTER) + 8) // slot)) if slot else 1
    for at, (name, x) in enumerate(zip(names, middles, strict=True)):
        if (len(names) - 1 - at) % every == 0 and x >= _width(name) / 2:
            yield Label(x, y, name)


def _width(name: str) -> float:
    """The width of a name, about; Chinese and Japanese letters take two."""
    return LETTER * sum(2 if east_asian_width(letter) in "WF" else 1 for letter in name)


def ages(held: OpenCases) -> list[Strip]:
    """What waits, by age, each state a part."""
    most = max((sum(counts) for _, counts in held.ages), default=0)
    return [
        Strip(
            saying(name),
            str(sum(counts)),
            "",
            tuple(
                StripPart(count / most, state, _part(name, count, state))
                for state, count in zip(held.states, counts, strict=True)
                if count
            ),
        )
        for name, counts in held.ages
    ]


def _part(name: str, count: int, state: str) -> str:
    words = {"age": saying(name), "count": str(count), "state": saying(STATES[state])}
    return saying("{age}: {count} ({state})", **words)


def promises(paces: Sequence[Pace]) -> list[Strip]:
    """What was done in time, by priority and service level."""
    several = len({pace.level for pace in paces[1:]}) > 1
    return [_promise(pace, several=several) for pace in paces[1:]]


def _promise(pace: Pace, *, several: bool) -> Strip:
    name = named(pace.priority, pace.level if several else "")
    times = {"median": worked(pace.times.median), "most": worked(pace.times.p90), "target": pace.target}
    pattern = (
        "median {median} · 90 % within {most} · target {target}"
        if pace.target
        else "median {median} · 90 % within {most}"
    )
    note = saying(pattern, **times)
    in_time = pace.share
    if in_time is None:
        counted = saying("{cases} · {note}", cases=cases(pace.times.count), note=note)
        return Strip(name, NONE, counted, ())
    late = pace.promised - pace.kept
    parts = (
        StripPart(in_time, "kept", saying("{count} in time", count=str(pace.kept))),
        StripPart(1 - in_time, "missed", saying("{count} too late", count=str(late))),
    )
    return Strip(
        name,
        saying("{share} of {count} in time", share=share(in_time), count=str(pace.promised)),
        note,
        tuple(part for part in parts if part.share),
    )


def named(priority: str, level: str) -> str:
    """A strip's name: a priority, and a service level where there are several."""
    if not level:
        return saying(_cut(priority))
    return saying(
        "{priority}, {level}", priority=saying(priority), level=_cut(level, LONGEST - len(priority))
    )


def _cut(name: str, most: int = LONGEST) -> str:
    return name if len(name) <= most else f"{name[: max(most, 9) - 1].rstrip()}…"


def ratings(answers: Satisfaction) -> list[Strip]:
    """Answers by rating, the best first."""
    most = max(answers.scale)
    return [
        Strip(
            saying(_RATED.get(rating, "{rating}"), rating=str(rating)),
            str(count),
            "",
            (StripPart(count / most, f"rated{rating}", _with_rating(count, rating)),) if count else (),
        )
        for rating, count in reversed(list(enumerate(answers.scale, 1)))
    ]


def _with_rating(count: int, rating: int) -> str:
    return saying("{count} with {rating} of 5", count=str(count), rating=str(rating))


_RATED = {5: "{rating} very good", 1: "{rating} bad"}
