"""Filters: how templates write sizes, moments, openings and colours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from unicodedata import east_asian_width

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from bot.languages import locale_formats


@pass_context
def _size(context: Context, octets: int) -> str:
    """A size: ``12 kB``, in powers of 1000 as file managers show it."""
    writing = locale_formats.writing(language(context))
    bytes_, kilo, mega, giga = writing.octets
    if octets < 1000:
        return f"{octets}{bytes_}"
    if octets < 999_500:
        return f"{octets / 1e3:.0f}{kilo}"
    large, unit = (octets / 1e6, mega) if octets < 999_500_000 else (octets / 1e9, giga)
    return f"{large:.1f}{unit}".replace(".", writing.point, 1)


@pass_context
def _moment(context: Context, at: datetime) -> str:
    """A moment by the reader's clock: ``25 Nov 2026, 15:03 CET``."""
    return locale_formats.moment(at, language(context))


def own_zone(form: str) -> Callable[[Context, datetime], str]:
    """The filter ``moment`` that shows each reader their own zone: ``MarkupTemplate.moment``."""

    @pass_context
    def moment(context: Context, at: datetime) -> str:
        return Markup(form.format(seconds=int(at.timestamp()), words=_moment(context, at)))  # noqa: S704 - no words of people

    return moment


def language(context: Context) -> str:
    """Return the template's language."""
    return str(context.get("language", "en"))


def _padded(text: str, columns: int) -> str:
    """The text filled up with blanks to so many columns; Chinese and Japanese letters take two."""
    return text + " " * (columns - _columns(text))


def _columns(text: str) -> int:
    wide = () if text.isascii() else text
    return len(text) + sum(east_asian_width(letter) in "WF" for letter in wide)


def _aligned(rows: Sequence[tuple[str, object]], least: int) -> str:
    """A line for each row with a value, behind its label; all values begin in one column."""
    columns = max(least, *(_columns(label) for label, _ in rows))
    return "".join(f"{_padded(label, columns)} {value}\n" for label, value in rows if value)


@pass_context
def _day(context: Context, at: datetime) -> str:
    """The reader's day: ``25 Nov 2026``."""
    return locale_formats.day(at, language(context))


@pass_context
def _duration(context: Context, text: str) -> str:
    """A duration: ``1h30m`` → ``1 hour 30 minutes``; any other text unchanged."""
    return locale_formats.duration(text, language(context))


def _opening(text: str) -> str:
    """The first words of a text, for a line in a list of mails."""
    return " ".join(text[:240].split())[:140]


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


Emphasis = Sequence[tuple[str, str]]


def _lines(text: str, emphasis: Emphasis = ()) -> Markup:
    """The lines of a text as HTML; emphasised words look so."""
    pieces = (_element(style, escape(piece)) for style, piece in _pieces(text, emphasis))
    return Markup().join(pieces).replace("\n", Markup("<br>"))


def _element(style: str, words: Markup) -> Markup:
    if style not in _STYLES:
        return words
    words = Markup(str(words).strip(_STYLES[style]))  # noqa: S704 - it was escaped
    return Markup(f"<{style}>{words}</{style}>")  # noqa: S704 - the style is one of ours


_STYLES = {"b": "", "i": "", "s": "~", "code": "`"}
"""Elements of HTML, and the signs around their words in plain text."""


def _pieces(text: str, emphasis: Emphasis) -> Iterator[tuple[str, str]]:
    """The text in pieces, each with its style; words that are not in it, or not in order, have none."""
    begun = 0
    for start, style, words in sorted(_places(text, emphasis)):
        if start >= begun:
            yield "", text[begun:start]
            yield style, words
            begun = start + len(words)
    yield "", text[begun:]


def _places(text: str, emphasis: Emphasis) -> Iterator[tuple[int, str, str]]:
    """Where such words begin: each behind those before it, code apart from all else."""
    after = {True: 0, False: 0}
    for style, words in emphasis:
        code = style == "code"
        start = text.find(words, after[code]) if words else -1
        if start >= 0:
            after[code] = start + len(words)
            yield start, style, words


def _marked(text: str, emphasis: Emphasis = ()) -> str:
    """The text with the signs that chats have for bold and italics."""
    signs = {"b": "*", "i": "_"}
    return "".join(
        f"{signs.get(style, '')}{piece}{signs.get(style, '')}" for style, piece in _pieces(text, emphasis)
    )


def _quoted(text: str) -> str:
    return "> " + text.strip("\n").replace("\n", "\n> ")


_TONES = {"blocker": "bad", "critical": "warn", "medium": "calm", "refused": "bad", "unclear": "warn"}
_COLOURS = {"bad": "#b3261e", "warn": "#9a5700", "calm": "#1d5fae", "good": "#1c7a43", "q": "#5b6673"}


def _tone(word: str) -> str:
    """The class of a priority or an outcome in HTML."""
    return "good" if word == "done" else _TONES.get(word.lower(), "q")


_FIRST = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_OFFICE = re.compile("support|service|sales|team|office|info|admin|accounts|billing|help|gmbh|inc|ltd")


@lru_cache(maxsize=4096)
def first_name(name: str) -> str:
    """The first name: ``Ana Ferrer`` → ``Ana``; the whole name if it is not clearly a person's."""
    first, *others = name.split()[:5] or [""]
    usual = (
        others and _FIRST.fullmatch(first) and len(first) > 1 and first[0].isupper() and not first.isupper()
    )
    office = any(_OFFICE.fullmatch(word.casefold().strip(".,")) for word in (first, *others))
    return first if usual and not office and "," not in name else name


FILTERS = {
    "first_name": first_name,
    "size": _size,
    "moment": _moment,
    "day": _day,
    "padded": _padded,
    "aligned": _aligned,
    "columns": _columns,
    "duration": _duration,
    "opening": _opening,
    "capital": _capital,
    "lines": _lines,
    "marked": _marked,
    "quoted": _quoted,
    "tone": _tone,
    "colour": lambda word: _COLOURS[_tone(word)],
}
