"""The file of tombstones, a state file: no restore overwrites it, or brings back who was erased."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any

from bot.config.load import Config
from bot.config.state_files import state_file
from bot.policy.address_marks import AddressMarks
from store.files.blobs import sync_folder
from store.tombstone import FILE, Tombstone


class BadTombstones(Exception):
    """A file of tombstones that cannot be used: the message says which, and why."""


def file_of(config: Config) -> Path:
    """Return the path of a desk's file of tombstones."""
    return state_file(config, FILE)


def append(file: Path, stones: Iterable[Tombstone], marks: AddressMarks) -> None:
    """Write tombstones at the end, durable on return; one that is there already is not written twice."""
    there = {stone.id for stone in read(file, marks)}
    lines = [json.dumps(_plain(stone, marks)) + "\n" for stone in stones if stone.id not in there]
    if not lines:
        return
    fresh = not file.exists()
    with FileIO(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+") as writing:
        content = _line_end(writing) + "".join(lines).encode()
        while content:
            content = content[writing.write(content) :]
        os.fsync(writing.fileno())
    if fresh:
        sync_folder(file.parent)


def _line_end(file: FileIO) -> bytes:
    """What the last line lacks of its end; one that was torn is cut off."""
    content = file.readall()
    if not content or content.endswith(b"\n"):
        return b""
    if content.endswith(b"}"):
        return b"\n"
    file.truncate(content.rfind(b"\n") + 1)
    return b""


def read(file: Path, marks: AddressMarks) -> list[Tombstone]:
    """All tombstones of a file; none if it is not there.

    Raises ``BadTombstones``, also for another desk's: its numbers are those of other people.
    """
    return list(_stones(file, _lines(file), marks)) if file.is_file() else []


def _lines(file: Path) -> list[str]:
    """The lines of a file, but for one at its end that was torn, as by a full disk: it was never true."""
    *lines, last = file.read_text(encoding="utf-8", errors="replace").split("\n")
    return [*lines, last] if last.endswith("}") else lines


def _stones(file: Path, lines: Iterable[str], marks: AddressMarks) -> Iterator[Tombstone]:
    for number, line in enumerate(lines, 1):
        try:
            values: dict[str, Any] = json.loads(line)
            desk = str(values["desk"])
            stone = Tombstone(
                int(values["id"]),
                datetime.fromisoformat(values["begun_at"]),
                tuple(int(person) for person in values["persons"]),
                tuple(str(mark) for mark in values["marks"]),
            )
        except (ValueError, KeyError, TypeError):
            raise BadTombstones(f"{file}, line {number}, is no tombstone of casebot's") from None
        if marks.desk and desk not in marks.desk:
            raise BadTombstones(f"{file} is another desk's: its secret is another")
        yield stone


def _plain(stone: Tombstone, marks: AddressMarks) -> dict[str, Any]:
    return {
        "id": stone.id,
        "begun_at": stone.begun_at.isoformat(),
        "persons": stone.persons,
        "marks": stone.marks,
        "desk": next(iter(marks.desk), ""),
    }
