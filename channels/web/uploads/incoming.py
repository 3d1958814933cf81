"""Files that come: limits on what a page takes, and the drafts that they grow in."""

from __future__ import annotations

import hashlib
import mimetypes
import secrets
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC
from weakref import WeakValueDictionary

from bot.channel.context import ChannelContext
from bot.channel.upload_drafts import InUse, Placed, UploadDrafts
from bot.model.message import Attachment
from channels.text import file_name
from channels.web.http.body_stream import Arrivals
from channels.web.http.settings import Settings

MOST_DRAFTS = 1000
"""Files of one page that may be waiting to be whole, or to be attached."""
MOST_OF_ALL = 10_000
"""Such files of a page that everybody shares."""
LOOK_EVERY = 16_000_000
"""Bytes between two looks at how much room there is."""
KEPT_EVERY = 60.0
"""Seconds after which what waits for the slowest file of a request is said to be wanted still."""
_DIGITS = 18


class Unwelcome(Exception):
    """A file that is refused; ``str()`` is the key of the reason: ``large``, ``day`` or ``full``."""


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that has arrived completely, or that was refused."""

    draft: str
    """The name of its draft below the page's own beginning."""
    name: str
    size: int
    why_not: str = ""
    """The key of why it was not taken; empty: it was."""

    @property
    def word(self) -> str:
        """How a form refers to the file."""
        return f"{self.draft}/{self.size}/{self.name}"


def read_word(text: str) -> IncomingFile | None:
    """The file that ``IncomingFile.word`` refers to; None for anything else."""
    draft, _, size_and_name = text.partition("/")
    size, _, name = size_and_name.partition("/")
    fits = draft.isascii() and draft.isalnum() and draft.islower() | draft.isdigit() and len(draft) <= 40
    fits = fits and size.isdecimal() and len(size) <= _DIGITS
    return IncomingFile(draft, file_name(name) or "file", int(size)) if fits else None


@dataclass(frozen=True, slots=True)
class ClientShare:
    """What one client's network may take of a page that everybody shares."""

    network: str
    drafts: int
    size: int
    """Bytes of all its drafts."""

    @property
    def mark(self) -> str:
        """How the names of its drafts begin: other processes count them, too."""
        return hashlib.sha256(self.network.encode()).hexdigest()[:8]


class UploadSpaces:
    """The upload spaces of all pages: concurrent requests to one page see each other's bytes."""

    def __init__(self, context: ChannelContext[Settings]) -> None:
        self._context = context
        self.arrivals = Arrivals()
        self._tallies: WeakValueDictionary[str, UploadTally] = WeakValueDictionary()
        self._lock = threading.Lock()

    def of(
        self,
        beginning: str,
        *,
        left: int | None,
        over: str = "day",
        most: int = 0,
        share: ClientShare | None = None,
    ) -> UploadSpace:
        """The space of one page.

        ``beginning`` of the names of a page's drafts; ``left`` bytes of them all (``over``: the key of what
        is said beyond); ``most`` bytes of one request's files together, or 0; ``share``: the client's own.
        """
        with self._lock:
            tally = self._tallies.get(beginning) or UploadTally(self._context.drafts, beginning)
            self._tallies[beginning] = tally
        tally.look()
        return UploadSpace(self._context, tally, left=left, over=over, most=most, share=share)


class UploadSpace:
    """Limits what one page takes: per day, per request, and by the disk's free space."""

    def __init__(
        self,
        context: ChannelContext[Settings],
        tally: UploadTally,
        *,
        left: int | None,
        over: str,
        most: int,
        share: ClientShare | None,
    ) -> None:
        self.scratch: UploadDrafts = context.drafts
        self._tally = tally
        self._min_free = context.min_free
        self._largest = context.settings.upload_max
        self._left, self._over, self._most = left, over, most
        self._share = share
        self._mark = share.mark if share else ""
        self._taken = self._seen = self._look_at = 0
        self._keep_at = 0.0

    def begin(self, draft: str) -> None:
        """Begin one more file. Raises ``Unwelcome``."""
        limits = {self.name(""): MOST_DRAFTS}
        if self._share:
            limits = {self.name(""): MOST_OF_ALL, self.name(self._mark): self._share.drafts}
        if not self._tally.begin(self.name(draft), limits):
            raise Unwelcome("full")

    def fresh_draft(self) -> str:
        """A draft's name that nobody can guess."""
        return self._mark + secrets.token_hex(16)

    def take(self, draft: str, fresh: int, *, size: int) -> None:
        """Count ``fresh`` bytes of a file, which makes its size ``size``. Raises ``Unwelcome``."""
        self._taken += fresh
        self._seen += fresh
        if (self._largest and size > self._largest) or (self._most and self._taken > self._most):
            raise Unwelcome("large")
        self._look(fresh)
        of_all = self._tally.grow(self.name(draft), size)
        if self._left is not None and of_all > self._left:
            raise Unwelcome(self._over)
        if self._share and self._tally.size(self.name(self._mark)) > self._share.size:
            raise Unwelcome("full")

    def _look(self, fresh: int) -> None:
        if self._seen < self._look_at:
            return
        if self._look_at:
            self._tally.look()
        self._look_at = self._seen + LOOK_EVERY
        if self.scratch.free() < self._min_free + fresh:
            raise Unwelcome("full")

    def give_back(self, draft: str, taken: int) -> None:
        """Subtract counted bytes that are not kept."""
        self._taken -= taken
        self.stay(draft)

    def stay(self, draft: str) -> None:
        """Note that a draft grows no more."""
        self._tally.stay(self.name(draft))

    def keep(self, drafts: Iterable[str]) -> None:
        """Keep drafts alive: none is swept while it waits for another."""
        self._keep(map(self.name, drafts))

    def keep_all(self) -> None:
        """Keep all drafts of this page alive."""
        self._keep(self._tally.drafts())

    def _keep(self, names: Iterable[str]) -> None:
        if time.monotonic() >= self._keep_at:
            self._keep_at = time.monotonic() + KEPT_EVERY
            self.scratch.keep(names)

    def name(self, draft: str) -> str:
        """The full name of a draft."""
        return f"{self._tally.beginning}-{draft}"

    def whole(self, files: Iterable[IncomingFile]) -> list[IncomingFile]:
        """The files that have arrived completely."""
        return [file for file in files if self.scratch.size(self.name(file.draft)) == file.size]

    def place(self, file: IncomingFile) -> Attachment:
        """Make a file durable. Raises FileNotFoundError, or OSError if there is no room."""
        placed: Placed = self.scratch.place(self.name(file.draft))
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return Attachment(file.name, kind, placed.size, placed.sha256)

    def digest(self, file: IncomingFile) -> str:
        """The hash of a file that has arrived completely, or ``""``."""
        with suppress(FileNotFoundError, InUse):
            if self.whole([file]):
                return self.scratch.digest(self.name(file.draft))
        return ""

    def settle(self, files: Iterable[IncomingFile]) -> None:
        """Delete the drafts of these files."""
        for file in files:
            self.drop(file.draft)

    def drop(self, draft: str) -> None:
        """Delete a draft."""
        self.scratch.settle(self.name(draft))
        self.stay(draft)


def is_full(error: OSError) -> bool:
    """Is the disk full?"""
    return error.errno in (ENOSPC, EDQUOT)


class UploadTally:
    """The sizes of one page's drafts, shared by its concurrent requests.

    What other processes write is seen on the disk.
    """

    def __init__(self, scratch: UploadDrafts, beginning: str) -> None:
        self.beginning = beginning
        self._scratch = scratch
        self._lock = threading.Lock()
        self._sizes: dict[str, int] = {}
        self._growing: dict[str, int] = {}

    def look(self) -> None:
        """Read the sizes from the disk."""
        there = self._scratch.sizes(f"{self.beginning}-")
        with self._lock:
            self._sizes = there | {
                name: max(size, there.get(name, 0)) for name, size in self._growing.items()
            }

    def drafts(self) -> list[str]:
        """The names of all drafts."""
        with self._lock:
            return list(self._sizes)

    def begin(self, draft: str, limits: Mapping[str, int]) -> bool:
        """Begin a draft; False if there are too many. ``limits`` by how the names of drafts begin."""
        with self._lock:
            if draft not in self._sizes and any(
                sum(name.startswith(beginning) for name in self._sizes) >= most
                for beginning, most in limits.items()
            ):
                return False
            self._growing.setdefault(draft, self._sizes.setdefault(draft, 0))
            return True

    def grow(self, draft: str, size: int) -> int:
        """Set a draft's size; returns the size of all."""
        with self._lock:
            self._sizes[draft] = self._growing[draft] = size
            return sum(self._sizes.values())

    def size(self, beginning: str) -> int:
        """The size of all drafts whose names begin so."""
        with self._lock:
            return sum(size for name, size in self._sizes.items() if name.startswith(beginning))

    def stay(self, draft: str) -> None:
        """Note that a draft grows no more: its size on the disk counts."""
        size = self._scratch.size(draft)
        with self._lock:
            self._growing.pop(draft, None)
            self._sizes.pop(draft, None)
            if size is not None:
                self._sizes[draft] = size
