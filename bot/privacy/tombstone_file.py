"""The file of tombstones beside the store: no restore overwrites it, so none brings back who was erased."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.config.load import Config, secret_file
from store.files.blobs import sync_folder
from store.tombstone import Tombstone

FILE = "casebot.erased"


class BadTombstones(Exception):
    """A file of tombstones that cannot be read: the message says where."""


def file_of(config: Config) -> Path:
    """The file of a desk: beside its secret, which is beside the store."""
    return secret_file(config).parent / FILE


def append(file: Path, stone: Tombstone) -> None:
    """Write a tombstone at the end, durable on return; one that is there already is not written twice."""
    if stone.id in {other.id for other in read(file)}:
        return
    line = json.dumps(_plain(stone)) + "\n"
    fresh = not file.exists()
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as writing:
        writing.write(line.encode())
        writing.flush()
        os.fsync(writing.fileno())
    if fresh:
        sync_folder(file.parent)


def read(file: Path) -> list[Tombstone]:
    """All tombstones of a file; none if it is not there. Raises ``BadTombstones``."""
    if not file.is_file():
        return []
    lines = file.read_text(encoding="utf-8").splitlines()
    return list(_stones(file, lines))


def _stones(file: Path, lines: Iterable[str]) -> Iterable[Tombstone]:
    for number, line in enumerate(lines, 1):
        try:
            values: dict[str, Any] = json.loads(line)
            yield Tombstone(
                int(values["id"]),
                datetime.fromisoformat(values["begun_at"]),
                tuple(int(person) for person in values["persons"]),
                tuple(str(mark) for mark in values["marks"]),
            )
        except (ValueError, KeyError, TypeError):
            raise BadTombstones(f"{file}, line {number}, is no tombstone of casebot's") from None


def _plain(stone: Tombstone) -> dict[str, Any]:
    return {
        "id": stone.id,
        "begun_at": stone.begun_at.isoformat(),
        "persons": stone.persons,
        "marks": stone.marks,
    }
