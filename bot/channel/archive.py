"""A mail archive: messages in a file or a folder, as a channel reads them for an import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable


class ArchivePosition(NamedTuple):
    """A position between two messages: progress in the archive's unit, and the number of messages before."""

    done: int = 0
    messages: int = 0


@dataclass(frozen=True, slots=True)
class Stored:
    """One message of an archive, with the envelope that a door would have given it."""

    place: str
    """Where it lies, for people: ``message 17 (byte 40960)``, ``cur/1700000000.M1.host:2,S``."""
    mark: ArchivePosition
    """The place behind it."""
    raw: bytes = b""
    key: str = ""
    envelope: Mapping[str, Any] | None = None
    at: datetime | None = None
    """When it reached the mailbox, as far as it says so itself."""
    refused: str = ""
    """Why it cannot be taken; then there is nothing of it but its place."""


class Archive(Protocol):
    """An open archive: it is read once from front to back, and never held in memory."""

    name: str
    """The same for the same archive: what an interrupted import is remembered under."""
    total: int
    """What ``ArchivePosition.done`` is at the end."""

    def known(self, mark: ArchivePosition) -> ArchivePosition:
        """The position, if it is still between two messages; else the beginning."""

    def messages(self, start: ArchivePosition) -> Iterator[Stored]:
        """The messages from a position on; an ``OSError`` if reading fails."""


@runtime_checkable
class Archivist(Protocol):
    """A channel that can read archives of its own messages."""

    def archive(self, path: Path, kind: str, *, mailbox: str) -> Archive:
        """Open an archive; ``kind`` is ``""`` if it has to be detected.

        ``mailbox``: the desk's address whose messages these are, or ``""``. Raises ``NoArchive`` or
        ``OSError``.
        """


class NoArchive(Exception):
    """It is no archive of that kind, in words."""
