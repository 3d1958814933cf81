"""Mail merge: words written once for many readers, with blanks where each one's own go."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from string import ascii_lowercase
from typing import NamedTuple, Protocol, runtime_checkable

from bot.channel.outbound import Posting, Words
from bot.model.message import Attachment

NAME, FIRST, NOTE, CASE, UPLOAD, MY, MAIL, ID = "nfoupmai"
"""What goes into a blank: the reader's name or first name, the tag of their address for notes, the ends of their links
(to the case, an upload, their cases, the mail as it came), and the mail's own Message-ID."""


SHORT = 90
"""Letters of what goes into a blank, that a line has room for: the longest tags and ends of links have 80."""
Files = tuple[tuple[Attachment, bytes], ...]


_AMID_NAME = f"{FIRST} Q"
"""What stands between the letters of ``Blanks.name``: the two are one blank."""


class Blank(NamedTuple):
    """A blank in a body's bytes, and what goes there."""

    at: int
    field: str
    markup: bool
    """It is in HTML."""
    form: str
    """The channel's own word for how a value is written there."""


class MergeBody(NamedTuple):
    """The bytes that all readers get, and the blanks in them, ascending."""

    content: bytes
    blanks: tuple[Blank, ...]


class Blanks:
    """The signs that stand for blanks while words are rendered: letters by chance, which no text has.

    They go through templates unchanged: nothing in them is escaped, quoted or folded.
    """

    def __init__(self) -> None:
        self._letters = letters = "".join(secrets.choice(ascii_lowercase) for _ in range(16))
        self._signs = {field: f"q{letters}{field}" for field in (NOTE, CASE, UPLOAD, MY, MAIL, ID)}
        self.first_name = f"Q{letters}{FIRST}"
        """What the filter for first names makes of ``name``."""
        self.name = f"{self.first_name} Q{letters}{NAME}"

    def sign(self, field: str) -> str:
        """What stands for a blank."""
        return self._signs[field]

    def split(self, text: str) -> Iterator[tuple[str, str]]:
        """The text in pieces, each with the field of the blank behind it; of the last one ``""``."""
        piece, *others = text.split(self._letters)
        for other, following in zip_longest(others, others[1:], fillvalue=""):
            if other != _AMID_NAME or following[:1] != NAME:
                yield piece[:-1], other[0]
                piece = other[1:]
        yield piece, ""

    def within(self, text: str) -> bool:
        """Is any blank in the text?"""
        return self._letters in text

    def filled(self, text: str, values: Mapping[str, str]) -> str:
        """The text with a reader's values."""
        if not self.within(text):
            return text
        return "".join(piece + values.get(field, "") for piece, field in self.split(text))


@runtime_checkable
class Merging(Protocol):
    """A channel that composes what is said to many once, and what is each reader's own by itself."""

    def compose_body(
        self, words: Words, blanks: Blanks, files: Files, *, number: int, plain: bool
    ) -> MergeBody:
        """The bytes that all readers get; pure.

        ``number``: of the first delivery. ``plain``: what goes into the blanks is short, and in ASCII.
        """

    def compose_head(self, posting: Posting, subject: str) -> bytes:
        """What stands before them, for one reader; ``posting`` has no words. Pure."""

    def in_form(self, value: str, form: str) -> bytes:
        """A value as it is written into a blank of that form, in ASCII."""
