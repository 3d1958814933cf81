"""Files that come: limits on what a page takes, and the drafts that they grow in."""

from __future__ import annotations

import mimetypes
import secrets
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC

from bot.channel import House, Placed, Scratch
from bot.commands import Attachment
from channels.email.text import file_name

MOST_DRAFTS = 1000
"""Files of one page that may be waiting to be whole, or to be attached."""
LOOK_EVERY = 16_000_000
"""Bytes between two looks at how much room there is."""


class Unwelcome(Exception):
    """A file that is not taken; ``str()`` is the key of why: ``large``, ``day`` or ``full``."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A file that is here in whole, or that was not taken."""

    draft: str
    """The name of its draft below the page's own beginning."""
    name: str
    size: int
    why_not: str = ""
    """The key of why it was not taken; empty: it was."""

    @property
    def word(self) -> str:
        """How a form says which file it means."""
        return f"{self.draft}/{self.size}/{self.name}"


def read_word(text: str) -> Coming | None:
    """What ``Coming.word`` says; None for anything else."""
    draft, _, rest = text.partition("/")
    size, _, name = rest.partition("/")
    fits = draft.isascii() and draft.isalnum() and draft.islower() | draft.isdigit() and len(draft) <= 40
    return Coming(draft, file_name(name) or "file", int(size)) if fits and size.isdecimal() else None


class Room:
    """How much one page takes: in all today, in one request, and what the disk has."""

    def __init__(
        self, house: House, beginning: str, *, left: int | None, over: str = "day", most: int = 0
    ) -> None:
        """``beginning`` of the names of this page's drafts; ``left`` bytes of them all (``over``: the key of what is
        said beyond); ``most`` bytes of one request's files together, or 0.
        """
        self.scratch: Scratch = house.scratch
        self.beginning = beginning
        self._min_free = house.min_free
        self._largest = house.settings.upload_max
        self._left, self._over, self._most = left, over, most
        before = self.scratch.sizes(f"{beginning}-")
        self._before, self._crowded = sum(before), len(before) >= MOST_DRAFTS
        self._taken = self._seen = self._look_at = 0

    def take(self, fresh: int, *, size: int) -> None:
        """Count ``fresh`` bytes of a file that has ``size`` with them. Raises ``Unwelcome``."""
        self._taken += fresh
        self._seen += fresh
        if (self._largest and size > self._largest) or (self._most and self._taken > self._most):
            raise Unwelcome("large")
        if self._left is not None and self._before + self._taken > self._left:
            raise Unwelcome(self._over)
        if self._seen >= self._look_at:
            self._look_at = self._seen + LOOK_EVERY
            if self.scratch.free() < self._min_free + fresh or (self._crowded and size == fresh):
                raise Unwelcome("full")

    def give_back(self, taken: int) -> None:
        """Bytes that were counted are not kept."""
        self._taken -= taken

    def name(self, draft: str) -> str:
        """The whole name of a draft."""
        return f"{self.beginning}-{draft}"

    def whole(self, files: list[Coming]) -> list[Coming]:
        """Those that are here in whole."""
        return [file for file in files if self.scratch.size(self.name(file.draft)) == file.size]

    def place(self, file: Coming) -> Attachment:
        """Make a file durable. Raises FileNotFoundError, or OSError where there is no room."""
        placed: Placed = self.scratch.place(self.name(file.draft))
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return Attachment(file.name, kind, placed.size, placed.sha256)

    def settle(self, files: list[Coming]) -> None:
        """Forget drafts."""
        for file in files:
            self.scratch.settle(self.name(file.draft))


def fresh_draft() -> str:
    """A name that nobody guesses."""
    return secrets.token_hex(16)


def is_full(error: OSError) -> bool:
    """Is there no room on the disk?"""
    return error.errno in (ENOSPC, EDQUOT)
