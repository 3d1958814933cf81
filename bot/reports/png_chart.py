"""The picture of the weekly digest: what came and went in the last weeks, and what waits, as a PNG."""

from __future__ import annotations

from collections.abc import Sequence

from bot.reports.charts import Columns, columns
from bot.reports.figures import Backlog, Moved
from bot.reports.period import Period
from bot.reports.png_canvas import Canvas, Colour
from bot.reports.png_font import length

WIDTH, HEIGHT = 1200, 520
GROUND: Colour = (255, 255, 255)
INK: Colour = (31, 41, 51)
QUIET: Colour = (91, 102, 115)
LINE: Colour = (224, 229, 234)
SOFT: Colour = (238, 241, 244)
COLOURS: dict[str, Colour] = {
    "opened": (39, 102, 194), "closed": (31, 156, 134), "new": (39, 102, 194), "open": (31, 156, 134),
    "waiting": (201, 138, 27), "held": (135, 147, 160),
}  # fmt: skip
TITLE, LABEL, SMALL = 21.0, 14.0, 12.5
"""Heights of capitals, in pixels."""
CHART = (44.0, 92.0, 700.0, 380.0)
LIST = (812.0, 92.0, 344.0)
"""Left, top and width of the two halves (and the chart's height)."""


def picture(course: Sequence[Moved], weeks: Period, held: Backlog) -> bytes:
    """The file; words on it are ours only."""
    canvas = Canvas(WIDTH, HEIGHT, GROUND)
    canvas.text(CHART[0], 58, "Opened and closed", size=TITLE, colour=INK, pen=0.14)
    _legend(canvas, ("opened", "closed"), CHART[0] + CHART[2], 56)
    _columns(canvas, columns(course, weeks, width=CHART[2], height=CHART[3]))
    canvas.text(LIST[0], 58, "Waiting now", size=TITLE, colour=INK, pen=0.14)
    _right(canvas, str(held.total), LIST[0] + LIST[2], 58, size=TITLE)
    _ages(canvas, held)
    return canvas.png()


def _legend(canvas: Canvas, names: Sequence[str], right: float, y: float) -> None:
    """Right-aligned, each name behind its colour."""
    x = right - sum(length(name, LABEL) + 44 for name in names) + 16
    for name in names:
        canvas.box(x, y - 13, 14, 14, colour=COLOURS[name], radius=4)
        canvas.text(x + 22, y, name, size=LABEL, colour=QUIET)
        x += length(name, LABEL) + 44


def _columns(canvas: Canvas, of: Columns) -> None:
    left, top = CHART[:2]
    for line in of.scale:
        canvas.box(left + line.x, top + line.y, of.width - line.x, 1, colour=LINE)
        _right(canvas, line.text, left + line.x - 10, top + line.y + 5, size=LABEL, colour=QUIET)
    for bar in of.bars:
        if bar.height:
            canvas.box(left + bar.x, top + bar.y, bar.width, bar.height, colour=COLOURS[bar.kind], radius=4)
    for label in of.names:
        half = length(label.text, SMALL) / 2
        canvas.text(left + label.x - half, top + label.y + 8, label.text, size=SMALL, colour=QUIET)


def _ages(canvas: Canvas, held: Backlog) -> None:
    left, top, width = LIST
    most = max((sum(counts) for _, counts in held.ages), default=0)
    for at, (name, counts) in enumerate(held.ages):
        y = top + 24 + at * 66
        canvas.text(left, y, name, size=LABEL, colour=QUIET)
        _right(canvas, str(sum(counts)), left + width, y, size=LABEL)
        canvas.box(left, y + 12, width, 16, colour=SOFT, radius=4)
        x = left
        for state, count in zip(held.states, counts, strict=True):
            wide = width * count / most if most else 0
            if wide:
                canvas.box(x, y + 12, max(wide - 2, 2), 16, colour=COLOURS[state], radius=4)
            x += wide
    if held.states:
        _legend(canvas, held.states, left + width, top + 24 + len(held.ages) * 66 - 2)


def _right(canvas: Canvas, words: str, right: float, y: float, *, size: float, colour: Colour = INK) -> None:
    """Words that end at ``right``."""
    canvas.text(right - length(words, size), y, words, size=size, colour=colour, pen=0.13)
