"""Filters: how templates write sizes, moments, openings and colours."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from markupsafe import Markup, escape


def _size(octets: int) -> str:
    """``12 kB``, in powers of 1000 as file managers show it."""
    if octets < 1000:
        return f"{octets} bytes"
    return f"{octets / 1e3:.0f} kB" if octets < 999_500 else f"{octets / 1e6:.1f} MB"


def _moment(at: datetime) -> str:
    """``25 Nov 2026, 14:03 UTC``."""
    return f"{at.astimezone(UTC):%-d %b %Y, %H:%M} UTC"


def _day(at: datetime) -> str:
    """``25 Nov 2026``."""
    return f"{at.astimezone(UTC):%-d %b %Y}"


def _duration(text: str) -> str:
    """``1h30m`` → ``1 hour 30 minutes``; as it is, if it is none."""
    if not re.fullmatch(r"(?:\d+[smhd])+", text):
        return text
    parts = re.findall(r"(\d+)(.)", text)
    return " ".join(f"{count} {_UNITS[unit]}{'' if count == '1' else 's'}" for count, unit in parts)


_UNITS = {"s": "second", "m": "minute", "h": "hour", "d": "day"}


def _opening(text: str) -> str:
    """The first words of a text, for a line in a list of mails."""
    return " ".join(text[:240].split())[:140]


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _lines(text: str) -> Markup:
    return escape(text).replace("\n", Markup("<br>"))


def _quoted(text: str) -> str:
    return "> " + text.strip("\n").replace("\n", "\n> ")


_TONES = {"blocker": "bad", "critical": "warn", "medium": "calm", "refused": "bad", "unclear": "warn"}
_COLOURS = {"bad": "#b3261e", "warn": "#9a5700", "calm": "#1d5fae", "good": "#1c7a43", "q": "#5b6673"}


def _tone(word: str) -> str:
    """The class of a priority or an outcome in ``email/html.j2``."""
    return "good" if word == "done" else _TONES.get(word.lower(), "q")


FILTERS = {
    "size": _size,
    "moment": _moment,
    "day": _day,
    "duration": _duration,
    "opening": _opening,
    "capital": _capital,
    "lines": _lines,
    "quoted": _quoted,
    "tone": _tone,
    "colour": lambda word: _COLOURS[_tone(word)],
}
