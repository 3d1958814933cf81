"""Palettes: one colour of a brand, made into shades that everybody can read, in light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

LEGIBLE = 4.5
"""The least contrast of text (WCAG 2.2, 1.4.3)."""
SEEN = 1.3
"""The least contrast of a button with the card it stands on: its text says what it is."""
WHITE, BLACK, INK = "#ffffff", "#000000", "#10151b"
_STEPS = 100


@dataclass(frozen=True, slots=True)
class Shades:
    """A brand's shades in one scheme, as ``#rrggbb``."""

    accent: str
    """Links, and all else that is text."""
    on_accent: str
    fill: str
    """Buttons."""
    on_fill: str
    soft: str
    """The ground of what is chosen."""


@dataclass(frozen=True, slots=True)
class Palette:
    """A brand's shades on light and on dark ground."""

    light: Shades
    dark: Shades


@dataclass(frozen=True, slots=True)
class _Scheme:
    card: str
    grounds: tuple[str, ...]
    """What text stands on, besides the soft ground."""
    toward: str
    """Where a shade goes to be told from the ground."""
    soft: float
    """The brand's part of the soft ground."""


_LIGHT = _Scheme("#ffffff", ("#ffffff", "#f3f5f7", "#f6f8fa"), BLACK, 0.1)
_DARK = _Scheme("#1d2126", ("#1d2126", "#14171b", "#242930"), WHITE, 0.12)


def colour(text: str) -> str:
    """A colour as we write it. Raises ValueError unless it is ``#rrggbb``, or empty."""
    if text and not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValueError("must be a colour as #0a7d62")
    return text.lower()


@lru_cache(maxsize=64)
def palette_of(brand: str) -> Palette:
    """The palette of a brand's colour."""
    return Palette(_shades(brand, _LIGHT), _shades(brand, _DARK))


def changes(brand: str) -> str:
    """What was done to a brand's colour so that everybody can read it, in words; ``""``: nothing."""
    palette = palette_of(brand)
    done = []
    if contrast(brand, WHITE) < LEGIBLE:
        done.append(f"links are {palette.light.accent} on white")
    if palette.light.fill != brand:
        done.append(f"buttons are {palette.light.fill}")
    if palette.light.on_fill != WHITE:
        done.append("buttons have dark text")
    return f"{brand}: so that everybody can read it, {' and '.join(done)}" if done else ""


def contrast(shade: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2, contrast ratio)."""
    light, dark = sorted((_luminance(shade), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _shades(brand: str, scheme: _Scheme) -> Shades:
    soft = _mixed(scheme.card, brand, scheme.soft)
    grounds = (*scheme.grounds, soft)
    accent = _toward(scheme.toward, brand, lambda shade: _least(shade, grounds) >= LEGIBLE)
    fill = _toward(scheme.toward, brand, lambda shade: contrast(shade, scheme.card) >= SEEN)
    return Shades(accent, _text_on(accent), fill, _text_on(fill), soft)


def _least(shade: str, grounds: tuple[str, ...]) -> float:
    return min(contrast(shade, ground) for ground in grounds)


def _toward(end: str, brand: str, fits: Callable[[str], bool]) -> str:
    """The shade nearest to the brand's on the way to ``end`` that fits."""
    shades = (_mixed(brand, end, step / _STEPS) for step in range(_STEPS + 1))
    return next(shade for shade in shades if fits(shade))


def _text_on(ground: str) -> str:
    """White if it can be read there, else dark: one of white and black always can."""
    return next(text for text in (WHITE, INK, BLACK) if contrast(text, ground) >= LEGIBLE)


def _mixed(shade: str, other: str, part: float) -> str:
    """A colour with so much of another in it."""
    pairs = zip(_channels(shade), _channels(other), strict=True)
    return "#" + "".join(f"{round(first + (second - first) * part):02x}" for first, second in pairs)


def _channels(shade: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(shade[1:]))


def _luminance(shade: str) -> float:
    red, green, blue = (_linear(value / 255) for value in _channels(shade))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
