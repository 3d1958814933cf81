"""A rendition: what a notice says to all who read it alike, rendered and composed once."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from html import unescape
from typing import Any, TypeGuard

from markupsafe import Markup, escape

from bot.channel.mail_merge import (
    CASE,
    FIRST,
    ID,
    MAIL,
    MY,
    NAME,
    NOTE,
    SHORT,
    UPLOAD,
    Blanks,
    MergeBody,
    Merging,
)
from bot.channel.outbound import Posting, Words
from bot.channel.protocols import OWN, PASSED_ON, Channel, line_hash
from bot.model.facts import BatchSection
from bot.render.filters import first_name
from store.queues.outbox_body import FrozenMessage

_PIECE = re.compile(r">([^<]*[^<\s][^<]*)<")
BLANKS = Blanks()
"""Those of this process: nothing that is kept or sent has them."""
_LINKS = {"my_url": MY, "as_it_came": MAIL}
_CASE_LINKS = {"url": CASE, "upload_url": UPLOAD}


def merges(channel: Channel) -> TypeGuard[Merging]:
    """Does the channel compose what is said to many once?"""
    return _merges(type(channel))


@cache
def _merges(kind: type[Any]) -> bool:
    """Likewise all channels of a class; asked once: a protocol is slow to compare with."""
    return issubclass(kind, Merging)


def with_blanks(facts: Mapping[str, Any], *, named: bool) -> tuple[dict[str, Any], dict[str, str]]:
    """A notice's facts with blanks for what is its reader's own, and what goes there.

    Of a link the end, of an address the tag. ``named``: the name stays, for templates that may ask what it is.
    """
    values: dict[str, str] = {}
    blanked = dict(facts)
    if facts["to"] and not named:
        values |= {NAME: facts["to"], FIRST: first_name(facts["to"])}
        blanked["to"] = BLANKS.name
    if address := facts.get("note_address"):
        local, _, domain = address.rpartition("@")
        user, _, values[NOTE] = local.rpartition("+")
        blanked["note_address"] = f"{user}+{BLANKS.sign(NOTE)}@{domain}"
    for fact, field in _LINKS.items():
        if facts.get(fact):
            blanked[fact], values[field] = _open_end(facts[fact], field)
    if case := facts["case"]:
        ends = {
            fact: _open_end(url, field) for fact, field in _CASE_LINKS.items() if (url := getattr(case, fact))
        }
        values |= {_CASE_LINKS[fact]: end for fact, (_, end) in ends.items()}
        blanked["case"] = replace(case, **{fact: start for fact, (start, _) in ends.items()})
    return blanked, values


def _open_end(url: str, field: str) -> tuple[str, str]:
    start, _, end = url.rpartition("/")
    return f"{start}/{BLANKS.sign(field)}", end


class Rendition:
    """A notice in words, with blanks or without, and what was made of these so far."""

    def __init__(self, words: Words, section: Callable[[], BatchSection] | None = None) -> None:
        self.words = words
        self._section = section
        self._bodies: dict[tuple[bool, tuple[str, ...]], tuple[int, MergeBody]] = {}
        self._lines: list[tuple[str, bytes]] | None = None

    @property
    def section(self) -> BatchSection:
        """The notice as a section of a mail."""
        assert self._section is not None  # noqa: S101 - what waits in a batch was rendered as both
        return self._section()

    def body(self, channel: Merging, posting: Posting, *, plain: bool) -> tuple[int, MergeBody]:
        """The body for all readers alike, and the first delivery's number; ``plain``: as ``compose_body``."""
        key = plain, tuple(file.sha256 for file, _ in posting.files)
        if key not in self._bodies:
            body = channel.compose_body(self.words, BLANKS, posting.files, number=posting.id, plain=plain)
            self._bodies[key] = posting.id, body
        return self._bodies[key]

    def lines(self) -> list[tuple[str, bytes]]:
        """Return the lines in order, with what else its HTML shows as a line, each ``OWN`` or ``PASSED_ON``."""
        if self._lines is None:
            rows = [
                (line, PASSED_ON if line.startswith(">") else OWN) for line in self.words.text.splitlines()
            ]
            place = {line_hash(line): n for n, (line, _) in reversed([*enumerate(rows)])}
            after: dict[int, list[tuple[str, bytes]]] = {}
            at = -1
            for piece in _PIECE.findall(self.words.html.partition("<body")[2]):
                if (line := place.get(line_hash(piece := unescape(piece)))) is not None:
                    at = max(at, line)
                else:
                    after.setdefault(at, []).append((piece, PASSED_ON))
            self._lines = [
                *after.get(-1, ()),
                *(piece for n, row in enumerate(rows) for piece in (row, *after.get(n, ()))),
            ]
        return self._lines


@dataclass(frozen=True, slots=True)
class PersonalCopy:
    """A rendition for one reader: with what goes into its blanks."""

    rendition: Rendition
    values: Mapping[str, str]

    def words(self) -> Words:
        """The words with nothing left blank."""
        words, values = self.rendition.words, self.values
        if not values:
            return words
        html = BLANKS.filled(words.html, _in_html(self.values))
        return Words(
            BLANKS.filled(words.subject, values), BLANKS.filled(words.text, values), html, words.marked
        )

    def section(self) -> BatchSection:
        """Likewise of the notice as a section of a mail."""
        section = self.rendition.section
        html = Markup(BLANKS.filled(str(section.html), _in_html(self.values)))  # noqa: S704 - the values are escaped
        return BatchSection(section.at, BLANKS.filled(section.text, self.values), html)

    def frozen(self, channel: Channel, posting: Posting) -> FrozenMessage:
        """The bytes for this reader; the words of ``posting`` are put in here."""
        if not merges(channel):
            return FrozenMessage(channel.compose(replace(posting, words=self.words())))
        subject = BLANKS.filled(self.rendition.words.subject, self.values)
        values = {**self.values, ID: posting.message_id.strip("<>").partition("@")[0]}
        shown = {True: _in_html(values), False: values}
        plain = all(map(_is_plain, shown[True].values()))
        number, (content, blanks) = self.rendition.body(channel, posting, plain=plain)
        fillings = [channel.in_form(shown[blank.markup][blank.field], blank.form) for blank in blanks]
        at = [blank.at for blank in blanks]
        return FrozenMessage(channel.compose_head(posting, subject), number, at, content, fillings)

    def lines(self) -> bytes:
        """Return the hashes of the lines that they get, by which quotations are recognised, eight bytes each."""
        rows = ((line_hash(BLANKS.filled(line, self.values)), kind) for line, kind in self.rendition.lines())
        return b"".join(name + kind for name, kind in rows if name)


def _in_html(values: Mapping[str, str]) -> dict[str, str]:
    return {field: str(escape(value)) for field, value in values.items()}


def _is_plain(value: str) -> bool:
    return value.isascii() and value.isprintable() and len(value) <= SHORT


def alone_as(words: Words) -> PersonalCopy:
    """Words that were rendered for one reader before."""
    return PersonalCopy(Rendition(words), {})


class Renditions:
    """The renditions of a transaction, by what they were made of."""

    def __init__(self) -> None:
        self._made: dict[Hashable, tuple[object, Rendition]] = {}

    def of(self, notice: object, like: Hashable, make: Callable[[], Rendition]) -> Rendition:
        """The rendition of this very notice for all readers who are alike; made if it is not there."""
        key = id(notice), like
        if key not in self._made:
            self._made[key] = notice, make()  # the notice stays, and so nothing else has its id
        return self._made[key][1]
