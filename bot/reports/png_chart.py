"""The picture of the weekly digest as a PNG: what came and went in the last weeks, and what waits.

It needs Pillow, which the extra ``charts`` installs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.model.translatable import in_words, saying
from bot.reports.chart_labels import age_name, draws
from bot.reports.charts import LEFT, MOVES, RIGHT, STATES, Columns, columns
from bot.reports.figures import Moved, OpenCases
from bot.reports.period import Period

WIDTH, HEIGHT = 1200, 520
FINER = 3
"""It is drawn so many times larger and then made smaller, so that edges are smooth."""
INK, QUIET, LINE, SOFT = "#1f2933", "#5b6673", "#e0e5ea", "#eef1f4"
COLOURS = {
    "opened": "#2766c2", "closed": "#1f9c86",
    "new": "#2766c2", "open": "#1f9c86", "waiting": "#c98a1b", "held": "#8793a0",
}  # fmt: skip
TITLE, LABEL, SMALL = 30, 20, 18
"""Sizes of letters, in pixels."""
CHART = (44.0, 92.0, 700.0, 380.0)
LIST = (812.0, 92.0, 344.0)
"""Left, top and width of the two halves (and the chart's height)."""

Draw = ImageDraw.ImageDraw


def picture(
    course: Sequence[Moved],
    weeks: Period,
    waiting: OpenCases,
    *,
    words: Mapping[str, str] = {},
) -> bytes:
    """The PNG file; it contains only our own words, in the language of ``words``.

    Figures alone where the font cannot draw them: what they mean is said beside it.
    """
    lettered = draws(words)

    def say(text: str) -> str:
        return in_words(saying(text), words) if lettered else ""

    image = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), "white")
    draw = ImageDraw.Draw(image)
    _text(draw, CHART[0], 58, say("Opened and closed"), size=TITLE, colour=INK)
    _legend(draw, {name: say(text) for name, text in MOVES.items()}, CHART[0] + CHART[2], 56)
    shown = columns(course, weeks, width=CHART[2], height=CHART[3], words=words)
    _columns(draw, shown if lettered else _numbered(shown, course))
    _text(draw, LIST[0], 58, say("Waiting now"), size=TITLE, colour=INK)
    _text(draw, LIST[0] + LIST[2], 58, str(waiting.total), size=TITLE, colour=INK, anchor="rs")
    states = {state: say(STATES[state]) for state in waiting.states}
    _ages(draw, waiting, names={name: age_name(name, words) for name, _ in waiting.ages}, states=states)
    file = BytesIO()
    image.reduce(FINER).save(file, "PNG", optimize=True)
    return file.getvalue()


def _numbered(of: Columns, course: Sequence[Moved]) -> Columns:
    """The columns with the days as figures write them: ``10-05``."""
    starts = {f"{label.x:.3f}": label for label in of.names}
    slot = (of.width - LEFT - RIGHT) / max(len(course), 1)
    names = [
        replace(starts[x], text=f"{moved.start:%m-%d}")
        for at, moved in enumerate(course)
        if moved.start and (x := f"{LEFT + (at + 0.5) * slot:.3f}") in starts
    ]
    return replace(of, names=tuple(names))


def _legend(draw: Draw, names: Mapping[str, str], right: float, y: float) -> None:
    """Draw a right-aligned legend, each name after its colour; nothing, where there are no words."""
    if not all(names.values()):
        return
    widths = [_font(SMALL).getlength(text) / FINER + 36 for text in names.values()]
    x = right - sum(widths) + 14
    for (name, text), width in zip(names.items(), widths, strict=True):
        _box(draw, x, y - 14, 14, 14, colour=COLOURS[name])
        _text(draw, x + 20, y, text, size=SMALL)
        x += width


def _columns(draw: Draw, of: Columns) -> None:
    left, top = CHART[:2]
    for line in of.scale:
        _box(draw, left + line.x, top + line.y, of.width - line.x, 1, colour=LINE)
        _text(draw, left + line.x - 10, top + line.y + 6, line.text, size=LABEL, anchor="rs")
    for bar in of.bars:
        _box(draw, left + bar.x, top + bar.y, bar.width, bar.height, colour=COLOURS[bar.kind])
    for label in of.names:
        _text(draw, left + label.x, top + label.y + 8, label.text, size=SMALL, anchor="ms")


def _ages(draw: Draw, waiting: OpenCases, *, names: Mapping[str, str], states: Mapping[str, str]) -> None:
    left, top, width = LIST
    most = max((sum(counts) for _, counts in waiting.ages), default=0)
    for at, (name, counts) in enumerate(waiting.ages):
        y = top + 24 + at * 66
        _text(draw, left, y, names[name], size=LABEL)
        _text(draw, left + width, y, str(sum(counts)), size=LABEL, colour=INK, anchor="rs")
        _box(draw, left, y + 12, width, 16, colour=SOFT)
        x = left
        for state, count in zip(waiting.states, counts, strict=True):
            wide = width * count / most if most else 0
            if wide:
                _box(draw, x, y + 12, max(wide - 2, 2), 16, colour=COLOURS[state])
            x += wide
    if states:
        _legend(draw, states, left + width, top + 24 + len(waiting.ages) * 66 - 2)


def _text(
    draw: Draw, x: float, y: float, words: str, *, size: int, colour: str = QUIET, anchor: str = "ls"
) -> None:
    """Draw text on the baseline ``y``; ``anchor`` says which end of it is at ``x``, as in Pillow."""
    draw.text((x * FINER, y * FINER), words, fill=colour, font=_font(size), anchor=anchor)


def _box(draw: Draw, x: float, y: float, width: float, height: float, *, colour: str) -> None:
    """Draw a filled box with round corners, at least a pixel high; nothing for no height."""
    if not height:
        return
    height = max(height, 1)
    right, bottom = (x + width) * FINER - 1, (y + height) * FINER - 1
    radius = min(4 * FINER, width * FINER / 2, height * FINER / 2)
    draw.rounded_rectangle((x * FINER, y * FINER, right, bottom), radius, fill=colour)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * FINER)
