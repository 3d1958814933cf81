"""An mbox file, read line by line: where each message begins and ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

LINE = 1 << 16
"""Bytes of a line that are looked at together; a longer one comes in pieces."""
_BEGINS = re.compile(rb"From .{0,300}?\d\d?:\d\d.{0,60}\b\d{4}\s*$", re.DOTALL)
_HEADER = re.compile(rb"[!-9;-~]{1,200}[ \t]*:|>From |\r?\n")
_QUOTED = re.compile(rb">+From ")


@dataclass(slots=True)
class MboxMessage:
    """A message in the file: bytes ``start`` to ``end``; ``raw`` is None if it is too large."""

    start: int
    end: int = 0
    raw: bytes | None = None
    size: int = 0
    _lines: list[bytes] = field(default_factory=list)

    def add(self, line: bytes, most: int) -> None:
        """Add a line; beyond ``most`` bytes only the size is kept."""
        self.size += len(line)
        if self.size <= most:
            self._lines.append(line)
        else:
            self._lines.clear()

    def ended(self, end: int, most: int) -> MboxMessage:
        """The complete message, without the empty line that the format puts after each one."""
        self.end = end
        if self.size <= most:
            if len(self._lines) > 1 and self._lines[-1] in (b"\n", b"\r\n"):
                self.size -= len(self._lines.pop())
            self.raw = b"".join(self._lines)
        self._lines.clear()
        return self


def messages(path: Path, *, start: int, most: int) -> Iterator[MboxMessage]:
    """The messages from byte ``start`` on: the file's beginning, or the beginning of a message.

    A message begins at a ``From `` line that follows an empty one, names a time, and has a header below it
    (RFC 4155, appendix A, and what programs write); any other is unquoted text. ``>From`` loses one ``>``.
    """
    cutter = _Cutter(start, most)
    with path.open("rb", buffering=1 << 20) as file:
        file.seek(start)
        while line := file.readline(LINE):
            if complete := cutter.take(line):
                yield complete
    if complete := cutter.rest():
        yield complete


class _Cutter:
    """Takes a file's lines, or pieces of them, and returns each message once it has ended."""

    def __init__(self, at: int, most: int) -> None:
        self._at = at
        self._most = most
        self._message: MboxMessage | None = None
        self._perhaps = b""
        """A line that begins a message if a header follows."""
        self._fresh = self._empty = True
        """Does the next piece begin a line, and was the line before it empty?"""

    def take(self, line: bytes) -> MboxMessage | None:
        """Take a line; returns the message that it ends."""
        complete = self._decide(line) if self._perhaps else None
        if self._message is None:
            self._message = MboxMessage(self._at)  # the first line of all
        elif self._fresh and self._empty and line.startswith(b"From ") and _BEGINS.match(line):
            self._perhaps = line
        else:
            self._message.add(line[1:] if self._fresh and _QUOTED.match(line) else line, self._most)
        self._empty = self._fresh and line in (b"\n", b"\r\n")
        self._fresh = line.endswith(b"\n")
        self._at += len(line)
        return complete

    def _decide(self, line: bytes) -> MboxMessage | None:
        """If the previous line began a message, return the message before it, now complete."""
        perhaps, self._perhaps = self._perhaps, b""
        before = self._message
        if before is None or not _HEADER.match(line):
            if before is not None:
                before.add(perhaps, self._most)
            return None
        begun = self._at - len(perhaps)
        self._message = MboxMessage(begun)
        return before.ended(begun, self._most)

    def rest(self) -> MboxMessage | None:
        """The last message, which the end of the file ends."""
        if self._message is None:
            return None
        if self._perhaps:
            self._message.add(self._perhaps, self._most)
        return self._message.ended(self._at, self._most)


def begins(path: Path, at: int) -> bool:
    """Does a message begin at this byte, or the file end there?"""
    with path.open("rb") as file:
        file.seek(at)
        return file.read(5) in (b"From ", b"")
