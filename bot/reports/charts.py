"""Charts as geometry: where bars, lines and labels stand; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import floor, log10

from bot.reports.figures import Moved, OpenCases, Pace, Satisfaction
from bot.reports.format import NONE, cases, share, step, worked
from bot.reports.period import Period

LEFT, RIGHT, TOP, BOTTOM = 34.0, 4.0, 10.0, 24.0
"""Room around the columns, in units of the drawing: one is a CSS pixel at its natural size."""
LETTER = 7.5
"""The width of a letter of a label, about."""
LONGEST = 32
"""Letters of a strip's name, beside its value."""
TALL = 62.0
"""From one strip to the next, with a note below it; without one, ``NARROW``."""
NARROW = 44.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, or a part of one; ``kind`` is its class in the stylesheet."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    title: str


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


@dataclass(frozen=True, slots=True)
class Strip:
    """A horizontal bar in parts, with a name and a value above and a note below it."""

    y: float
    name: str
    value: str
    note: str
    parts: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Strips:
    """Horizontal bars, one below the other."""

    width: float
    height: float
    strips: tuple[Strip, ...]


def columns(course: Sequence[Moved], period: Period, *, width: float, height: float) -> Columns:
    """Opened and closed cases, step by step."""
    floor_, room = height - BOTTOM, height - BOTTOM - TOP
    lines = scale(max((max(moved.opened, moved.closed) for moved in course), default=0))
    slot = (width - LEFT - RIGHT) / max(len(course), 1)
    up = room / lines[-1]
    when = [step(moved.start, period) if moved.start else moved.name for moved in course]
    middles = [LEFT + (at + 0.5) * slot for at in range(len(course))]
    return Columns(
        width,
        height,
        tuple(
            bar
            for moved, name, x in zip(course, when, middles, strict=True)
            for bar in _pair(moved, name, x, slot=slot, bottom=floor_, up=up)
        ),
        tuple(Label(LEFT, floor_ - value * up, str(value)) for value in lines),
        tuple(_names(when, middles, height - 6)),
    )


def scale(most: int) -> tuple[int, ...]:
    """Round numbers from 0 to at least ``most``, three to six of them."""
    rough = max(most, 2) / 4
    power = 10 ** floor(log10(rough)) if rough >= 1 else 1
    by = next(int(power * factor) for factor in (1, 2, 5, 10) if power * factor >= rough)
    return tuple(range(0, -(-max(most, 2) // by) * by + 1, by))


def _pair(moved: Moved, when: str, middle: float, *, slot: float, bottom: float, up: float) -> Iterator[Bar]:
    wide = min(slot * 0.36, 26.0)
    for kind, count, x in (
        ("opened", moved.opened, middle - wide - 0.75),
        ("closed", moved.closed, middle + 0.75),
    ):
        yield Bar(x, bottom - count * up, wide, count * up, kind, f"{when}: {count} {kind}")


def _names(names: Sequence[str], middles: Sequence[float], y: float) -> Iterator[Label]:
    """As many names as there is room for, always including the last one."""
    slot = middles[1] - middles[0] if len(middles) > 1 else 0
    every = int(-(-(max(map(len, names), default=1) * LETTER + 8) // slot)) if slot else 1
    for at, (name, x) in enumerate(zip(names, middles, strict=True)):
        if (len(names) - 1 - at) % every == 0 and x >= len(name) * LETTER / 2:
            yield Label(x, y, name)


def _stacked(
    rows: Iterable[tuple[str, str, str, Sequence[tuple[float, str, str]]]], *, width: float, whole: float
) -> Strips:
    """Stacked bars. ``rows``: name, value, note, and the parts as (amount, kind, title).

    ``whole`` is the amount that reaches from edge to edge.
    """
    strips, y = [], 0.0
    for name, value, note, amounts in rows:
        parts, x = [], 0.0
        for amount, kind, title in amounts:
            wide = width * amount / whole if whole else 0.0
            if wide:
                parts.append(Bar(x, y + 24, max(wide - 1.5, 1.5), 12, kind, title))
            x += wide
        short = name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"
        strips.append(Strip(y, short, value, note, tuple(parts)))
        y += TALL if note else NARROW
    return Strips(width, y, tuple(strips))


def ages(waiting: OpenCases, *, width: float = 480) -> Strips:
    """The open cases by age, each state a part."""
    most = max((sum(counts) for _, counts in waiting.ages), default=0)
    rows = [
        (
            name.capitalize(),
            str(sum(counts)),
            "",
            [
                (count, state, f"{name}: {count} {state}")
                for state, count in zip(waiting.states, counts, strict=True)
            ],
        )
        for name, counts in waiting.ages
    ]
    return _stacked(rows, width=width, whole=most)


def promises(paces: Sequence[Pace], *, width: float = 480) -> Strips:
    """The chart of targets met, by priority and service level."""
    several = len({pace.level for pace in paces[1:]}) > 1
    rows = [_promise(pace, several=several) for pace in paces[1:]]
    return _stacked(rows, width=width, whole=1)


def _promise(pace: Pace, *, several: bool) -> tuple[str, str, str, Sequence[tuple[float, str, str]]]:
    name = f"{pace.priority}, {pace.level}" if several else pace.priority
    median, most = worked(pace.times.median), worked(pace.times.p90)
    note = f"median {median} · 90 % within {most}" + (f" · target {pace.target}" if pace.target else "")
    in_time = pace.share
    if in_time is None:
        return name, NONE, f"{cases(pace.times.count)} · {note}", ()
    late = pace.promised - pace.kept
    parts = [(in_time, "kept", f"{pace.kept} in time"), (1 - in_time, "missed", f"{late} too late")]
    return name, f"{share(in_time)} of {pace.promised} in time", note, parts


def ratings(satisfaction: Satisfaction, *, width: float = 480) -> Strips:
    """Answers by rating, the best first."""
    rows = [
        (
            f"{rating} {_MEANS.get(rating, '')}".strip(),
            str(satisfaction.scale[rating - 1]),
            "",
            [
                (
                    satisfaction.scale[rating - 1],
                    f"rated{rating}",
                    f"{satisfaction.scale[rating - 1]} with {rating} of 5",
                )
            ],
        )
        for rating in range(5, 0, -1)
    ]
    return _stacked(rows, width=width, whole=max(satisfaction.scale))


_MEANS = {5: "very good", 1: "bad"}
