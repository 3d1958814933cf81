"""Archives of mail, an mbox file or a Maildir, read for an import."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from bot.channel.archive import Archive, ArchivePosition, NoArchive, Stored
from channels.email.archive import mbox
from channels.email.mime import prescan

_FOLDERS = ("cur", "new")
_RETURN_PATH = re.compile(rb"^return-path:[ \t]*<([^<>\r\n]{0,320})>", re.IGNORECASE | re.MULTILINE)
_RECEIVED = re.compile(rb"^received[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)", re.IGNORECASE | re.MULTILINE)
_DATE = re.compile(rb"^date[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)", re.IGNORECASE | re.MULTILINE)
_FILED = re.compile(
    rb"^(?:x-mozilla-(?:status2?|keys)|x-gm-thrid|x-gmail-labels|x-(?:status|uidl?|keywords|imap(?:base)?)|status)"
    rb"[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*",
    re.IGNORECASE | re.MULTILINE,
)
"""What mail programs write into a message they file: no door ever saw it."""
_FIRST_YEAR = 1980


def open_archive(path: Path, kind: str, *, mailbox: str, most: int) -> Archive:
    """The archive at ``path``; messages over ``most`` bytes are refused.

    Raises ``NoArchive`` or ``OSError``.
    """
    found_kind = _kind(path)
    if not found_kind or (kind and kind != found_kind):
        wanted = {"mbox": "an mbox file", "maildir": "a Maildir folder"}
        expected = wanted.get(kind) or "neither an mbox file nor a Maildir folder"
        raise NoArchive(f"{path} is {'not ' if kind else ''}{expected}")
    return (_Mbox if found_kind == "mbox" else _Maildir)(path, mailbox, most)


def _kind(path: Path) -> str:
    """``mbox``, ``maildir`` or ``""``."""
    if path.is_dir():
        return "maildir" if any((path / name).is_dir() for name in _FOLDERS) else ""
    return "mbox" if mbox.begins(path, 0) else ""


class _Mbox:
    """An mbox file; progress is counted in bytes."""

    def __init__(self, path: Path, mailbox: str, most: int) -> None:
        self._path, self._mailbox, self._most = path, mailbox, most
        self.total = path.stat().st_size
        with path.open("rb") as file:
            about = [str(path.absolute()).encode("utf-8", "surrogateescape"), file.read(4096)]
        self.name = f"import {hashlib.sha256(bytes(1).join(about)).hexdigest()}"

    def known(self, mark: ArchivePosition) -> ArchivePosition:
        """The position, if a message still begins there; else the start."""
        return mark if mark.done <= self.total and mbox.begins(self._path, mark.done) else ArchivePosition()

    def messages(self, start: ArchivePosition) -> Iterator[Stored]:
        """The messages in the file's order."""
        number = start.messages
        for message in mbox.messages(self._path, start=start.done, most=self._most):
            number += 1
            place, mark = f"message {number} (byte {message.start})", ArchivePosition(message.end, number)
            yield _stored(place, mark, message.raw, self._mailbox, why=_too_large(message.size, self._most))


class _Maildir:
    """One Maildir folder, without those below it; progress is counted in messages."""

    def __init__(self, path: Path, mailbox: str, most: int) -> None:
        self._mailbox, self._most = mailbox, most
        folders = [path / name for name in _FOLDERS if (path / name).is_dir()]
        files = [file for folder in folders for file in folder.iterdir() if not file.name.startswith(".")]
        self._dated = sorted(
            ((_when(file), file.parent.name, file) for file in files), key=lambda dated: dated[:2]
        )
        self.total = len(self._dated)
        self.name = ""

    def known(self, mark: ArchivePosition) -> ArchivePosition:
        """The start, always: the order changes with every new message."""
        return ArchivePosition()

    def messages(self, start: ArchivePosition) -> Iterator[Stored]:
        """The messages by date, oldest first."""
        for number, (_, folder, file) in enumerate(self._dated, 1):
            raw, why = self._read(file)
            yield _stored(
                f"{folder}/{file.name}", ArchivePosition(number, number), raw, self._mailbox, why=why
            )

    def _read(self, file: Path) -> tuple[bytes | None, str]:
        try:
            if not file.is_file():
                return None, "it is no file, or has gone"
            size = file.stat().st_size
            return (file.read_bytes(), "") if size <= self._most else (None, _too_large(size, self._most))
        except OSError as error:
            return None, f"it cannot be read: {error.strerror or error}"


def _stored(place: str, mark: ArchivePosition, raw: bytes | None, mailbox: str, *, why: str) -> Stored:
    if raw is None:
        return Stored(place, mark, refused=why)
    if not raw.strip():
        return Stored(place, mark, refused="it is empty")
    return Stored(place, mark, raw, content_key(raw), _envelope(raw, mailbox), arrived(raw))


def _too_large(size: int, most: int) -> str:
    return f"it is larger than email.max_size ({most:,} bytes)" if size > most else ""


def _envelope(raw: bytes, mailbox: str) -> dict[str, Any]:
    """The envelope of an archived message: no peer, so it proves nothing by itself.

    What the mailbox's own server wrote counts as with IMAP.
    """
    match = _RETURN_PATH.search(raw, 0, min(prescan.header_end(raw), prescan.BLOCK))
    return {
        "door": "import",
        "peer": "",
        "helo": "",
        "mail_from": match[1].decode("utf-8", "replace") if match else None,
        "rcpt_tos": [],
        "mailbox": mailbox,
        "tls": "",
    }


def content_key(raw: bytes) -> str:
    """The key that the message had at a door, without what the mail program has added since."""
    end = min(prescan.header_end(raw) + 1, len(raw))
    head = _FILED.sub(b"", raw[:end])
    return prescan.content_key(raw if len(head) == end else head + raw[end:])


def arrived(raw: bytes) -> datetime | None:
    """When the last hop took the message, else its Date; None if neither can be read."""
    end = min(prescan.header_end(raw), prescan.BLOCK)
    for pattern, cut in ((_RECEIVED, True), (_DATE, False)):
        if match := pattern.search(raw, 0, end):
            value = match[1].rpartition(b";")[2] if cut else match[1]
            if moment := _moment(value[:200].decode("ascii", "replace")):
                return moment
    return None


def _moment(text: str) -> datetime | None:
    """A date (RFC 5322, section 3.3) in UTC, or None. The stdlib's parser may raise almost anything."""
    try:
        read = parsedate_to_datetime(" ".join(text.split()))
        moment = (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
    return moment if moment.year >= _FIRST_YEAR else None


def _when(file: Path) -> tuple[float, str]:
    """The sort key of a Maildir's file: the message's date, else the file's; then its name."""
    with suppress(OSError):
        if file.is_file():
            with file.open("rb") as reading:
                moment = arrived(reading.read(prescan.BLOCK))
            return (moment.timestamp() if moment else file.stat().st_mtime), file.name
    return 0.0, file.name
