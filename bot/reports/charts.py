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
    """A word at a place."""

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
    """A bar from left to right, in parts, with a name and a value above and a note below it."""

    y: float
    name: str
    value: str
    note: str
    parts: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Strips:
    """One below the other."""

    width: float
    height: float
    strips: tuple[Strip, ...]


def columns(course: Sequence[Moved], period: Period, *, width: float, height: float) -> Columns:
    """Opened and closed, step by step."""
    floor_, room = height - BOTTOM, height - BOTTOM - TOP
    lines = scale(max((max(one.opened, one.closed) for one in course), default=0))
    slot = (width - LEFT - RIGHT) / max(len(course), 1)
    up = room / lines[-1]
    when = [step(one.start, period) if one.start else one.name for one in course]
    middles = [LEFT + (at + 0.5) * slot for at in range(len(course))]
    return Columns(
        width,
        height,
        tuple(
            bar
            for one, name, x in zip(course, when, middles, strict=True)
            for bar in _pair(one, name, x, slot=slot, bottom=floor_, up=up)
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


def _pair(one: Moved, when: str, middle: float, *, slot: float, bottom: float, up: float) -> Iterator[Bar]:
    wide = min(slot * 0.36, 26.0)
    for kind, count, left in (
        ("opened", one.opened, middle - wide - 0.75),
        ("closed", one.closed, middle + 0.75),
    ):
        yield Bar(left, bottom - count * up, wide, count * up, kind, f"{when}: {count} {kind}")


def _names(names: Sequence[str], middles: Sequence[float], y: float) -> Iterator[Label]:
    """As many names as there is room for, the last one always among them."""
    slot = middles[1] - middles[0] if len(middles) > 1 else 0
    every = int(-(-(max(map(len, names), default=1) * LETTER + 8) // slot)) if slot else 1
    for at, (name, x) in enumerate(zip(names, middles, strict=True)):
        if (len(names) - 1 - at) % every == 0 and x >= len(name) * LETTER / 2:
            yield Label(x, y, name)


def _stacked(
    rows: Iterable[tuple[str, str, str, Sequence[tuple[float, str, str]]]], *, width: float, whole: float
) -> Strips:
    """``rows``: name, value, note, and the parts as (amount, kind, title); ``whole`` reaches from edge to edge."""
    made, y = [], 0.0
    for name, value, note, amounts in rows:
        parts, x = [], 0.0
        for amount, kind, title in amounts:
            wide = width * amount / whole if whole else 0.0
            if wide:
                parts.append(Bar(x, y + 24, max(wide - 1.5, 1.5), 12, kind, title))
            x += wide
        short = name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"
        made.append(Strip(y, short, value, note, tuple(parts)))
        y += TALL if note else NARROW
    return Strips(width, y, tuple(made))


def ages(held: OpenCases, *, width: float = 480) -> Strips:
    """What waits, by age, each state a part."""
    most = max((sum(counts) for _, counts in held.ages), default=0)
    rows = [
        (
            name.capitalize(),
            str(sum(counts)),
            "",
            [
                (count, state, f"{name}: {count} {state}")
                for state, count in zip(held.states, counts, strict=True)
            ],
        )
        for name, counts in held.ages
    ]
    return _stacked(rows, width=width, whole=most)


def promises(paces: Sequence[Pace], *, width: float = 480) -> Strips:
    """What was done in time, by priority and service level."""
    several = len({one.level for one in paces[1:]}) > 1
    rows = [_promise(one, several=several) for one in paces[1:]]
    return _stacked(rows, width=width, whole=1)


def _promise(one: Pace, *, several: bool) -> tuple[str, str, str, Sequence[tuple[float, str, str]]]:
    name = f"{one.priority}, {one.level}" if several else one.priority
    median, most = worked(one.times.median), worked(one.times.p90)
    note = f"median {median} · 90 % within {most}" + (f" · target {one.target}" if one.target else "")
    kept = one.share
    if kept is None:
        return name, NONE, f"{cases(one.times.count)} · {note}", ()
    late = one.promised - one.kept
    parts = [(kept, "kept", f"{one.kept} in time"), (1 - kept, "missed", f"{late} too late")]
    return name, f"{share(kept)} of {one.promised} in time", note, parts


def ratings(said: Satisfaction, *, width: float = 480) -> Strips:
    """Answers by rating, the best first."""
    rows = [
        (
            f"{rating} {_MEANS.get(rating, '')}".strip(),
            str(said.scale[rating - 1]),
            "",
            [(said.scale[rating - 1], f"rated{rating}", f"{said.scale[rating - 1]} with {rating} of 5")],
        )
        for rating in range(5, 0, -1)
    ]
    return _stacked(rows, width=width, whole=max(said.scale))


_MEANS = {5: "very good", 1: "bad"}
