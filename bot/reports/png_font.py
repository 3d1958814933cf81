"""Lettering: the few letters that a drawn picture needs, each as strokes of one pen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import cos, radians, sin

Point = tuple[float, float]
Stroke = tuple[Point, ...]
"""A line through points; y grows upwards from the baseline, capitals are ``CAP`` high."""
CAP, SPACE, BETWEEN = 14.0, 3.2, 3.6
"""The height of a capital, the width of a space, and the room between two letters."""


def _line(*numbers: float) -> Stroke:
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _arc(x: float, y: float, *radii: float, turn: tuple[float, float] = (0, 360)) -> Stroke:
    """Part of an ellipse, between two angles in degrees, counter-clockwise from the right."""
    begin, end = turn
    count = max(int(abs(end - begin) / 15), 2)
    angles = [radians(begin + (end - begin) * at / count) for at in range(count + 1)]
    return tuple((x + radii[0] * cos(angle), y + radii[-1] * sin(angle)) for angle in angles)


_BOWL = _arc(4.5, 5, 4.5, 5)
_ARCH = (*_arc(4.2, 5.8, 4.2, turn=(180, 0)), (8.4, 0.0))
_DOT = _line(0, 13.4, 0, 13.6)
_SMALL: Mapping[str, Sequence[Stroke]] = {
    "a": (_BOWL, _line(9, 10, 9, 0)),
    "b": (_BOWL, _line(0, 15, 0, 0)),
    "c": (_arc(4.7, 5, 4.7, 5, turn=(45, 315)),),
    "d": (_BOWL, _line(9, 15, 9, 0)),
    "e": (((0.2, 5.0), *_arc(4.7, 5, 4.5, 5, turn=(0, 312))),),
    "f": ((*_line(2.4, 0, 2.4, 12), *_arc(5.2, 12, 2.8, 3, turn=(180, 75))), _line(0, 10, 5, 10)),
    "g": (_BOWL, (*_line(9, 10, 9, 0), *_arc(4.5, 0, 4.5, 4.3, turn=(0, -145)))),
    "h": (_line(0, 15, 0, 0), _ARCH),
    "i": (_line(0, 10, 0, 0), _DOT),
    "k": (_line(0, 15, 0, 0), _line(7, 10, 0, 4), _line(2.6, 6.2, 7.6, 0)),
    "l": (_line(0, 15, 0, 0),),
    "m": (
        _line(0, 10, 0, 0),
        (*_arc(3.5, 6.5, 3.5, turn=(180, 0)), (7.0, 0.0)),
        (*_arc(10.5, 6.5, 3.5, turn=(180, 0)), (14.0, 0.0)),
    ),
    "n": (_line(0, 10, 0, 0), _ARCH),
    "o": (_arc(4.7, 5, 4.7, 5),),
    "p": (_BOWL, _line(0, 10, 0, -4.5)),
    "r": (_line(0, 10, 0, 0), _arc(4, 6, 4, turn=(180, 65))),
    "s": ((*_arc(3.8, 7.5, 3.4, 2.5, turn=(35, 270)), *_arc(3.8, 2.5, 3.8, 2.5, turn=(90, -145))),),
    "t": ((*_line(2.3, 13, 2.3, 2.6), *_arc(4.9, 2.6, 2.6, turn=(180, 285))), _line(0, 10, 5.4, 10)),
    "u": ((*_line(0, 10, 0, 4.2), *_arc(4.2, 4.2, 4.2, turn=(180, 360))), _line(8.4, 10, 8.4, 0)),
    "v": (_line(0, 10, 4.2, 0, 8.4, 10),),
    "w": (_line(0, 10, 3.2, 0, 6.4, 10, 9.6, 0, 12.8, 10),),
    "y": (_line(0, 10, 4.3, 0), _line(8.6, 10, 2.5, -4.5)),
}
_CAPITALS: Mapping[str, Sequence[Stroke]] = {
    "A": (_line(0, 0, 5.5, 14, 11, 0), _line(2, 4.8, 9, 4.8)),
    "C": (_arc(6.5, 7, 6.5, 7, turn=(48, 312)),),
    "D": (((0.0, 0.0), *_line(0, 14, 3.6, 14), *_arc(3.6, 7, 6.8, 7, turn=(90, -90)), (0.0, 0.0)),),
    "F": (_line(0, 0, 0, 14, 7.4, 14), _line(0, 7.4, 6.4, 7.4)),
    "J": ((*_line(6, 14, 6, 4), *_arc(2.8, 4, 3.2, 4, turn=(0, -160))),),
    "M": (_line(0, 0, 0, 14, 6.3, 4, 12.6, 14, 12.6, 0),),
    "N": (_line(0, 0, 0, 14, 9.8, 0, 9.8, 14),),
    "O": (_arc(7, 7, 7, 7),),
    "S": ((*_arc(4.6, 10.5, 4.2, 3.5, turn=(35, 270)), *_arc(4.6, 3.5, 4.6, 3.5, turn=(90, -145))),),
    "W": (_line(0, 14, 4.2, 0, 8.4, 14, 12.6, 0, 16.8, 14),),
}
_FIGURES: Mapping[str, Sequence[Stroke]] = {
    "0": (_arc(4.5, 7, 4.3, 7),),
    "1": (_line(1.2, 11, 5, 14, 5, 0),),
    "2": ((*_arc(4.5, 9.9, 4.1, turn=(160, -38)), *_line(0.4, 0, 8.8, 0)),),
    "3": ((*_arc(4.3, 10.5, 3.7, 3.5, turn=(150, -90)), *_arc(4.3, 3.5, 4.3, 3.5, turn=(90, -152))),),
    "4": (_line(6.6, 0, 6.6, 14, 0.2, 4.2, 9, 4.2),),
    "5": ((*_line(8, 14, 1.9, 14), *_arc(4.3, 4.5, 4.4, 4.5, turn=(128, -152))),),
    "6": (_arc(4.5, 4.4, 4.3, 4.4), _line(1, 6.9, 6.2, 14)),
    "7": (_line(0.4, 14, 8.8, 14, 3.2, 0),),
    "8": (_arc(4.5, 10.5, 3.6, 3.5), _arc(4.5, 3.5, 4.3, 3.5)),
    "9": (_arc(4.5, 9.6, 4.3, 4.4), _line(8, 7.1, 2.8, 0)),
    ",": (_line(1, 0.4, 0, -2.6),),
    "–": (_line(0, 5, 7, 5),),
}
_LETTERS = {**_SMALL, **_CAPITALS, **_FIGURES}


@cache
def letter(name: str) -> tuple[tuple[Stroke, ...], float]:
    """The strokes of a letter and its width; of one that was never drawn, nothing but a space."""
    strokes = tuple(_LETTERS.get(name, ()))
    if name in "0123456789":
        return strokes, 9.0
    return strokes, max((x for stroke in strokes for x, _ in stroke), default=SPACE)


def length(text: str, size: float) -> float:
    """How long a text is whose capitals are ``size`` high."""
    widths = [letter(name)[1] for name in text]
    return (sum(widths) + BETWEEN * (len(widths) - 1)) * size / CAP if widths else 0.0
