"""Copies the files that a store names from one place to another: to an object store, or back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from sqlalchemy import text

from store.backup.snapshot import NAMED, sqlite_file
from store.engine.database import Database
from store.files.place import FileStorage

TOGETHER = 8
"""Files that are copied at once: an object store answers each after some hundredths of a second."""
PAGE = 500
CHUNK = 1 << 20
_AFTER = text(
    "SELECT sha256 FROM attachment WHERE sha256 > :after"
    " UNION SELECT file FROM inbox WHERE file > :after ORDER BY 1 LIMIT :most"
)
_COUNT = text(f"SELECT count(*) FROM ({NAMED}) AS named")  # noqa: S608 - a constant
Outcome = Literal["copied", "there", "missing", "damaged"]


@dataclass(slots=True)
class FileCopies:
    """What became of the files; hashes of those that could not be copied."""

    copied: int = 0
    octets: int = 0
    there: int = 0
    """Those that were there before."""
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    @property
    def all(self) -> int:
        """How many were looked at."""
        return self.copied + self.there + len(self.missing) + len(self.damaged)

    @property
    def whole(self) -> bool:
        """Is all that the store names in the new place?"""
        return not self.missing and not self.damaged

    def add(self, digest: str, outcome: Outcome, octets: int) -> None:
        """Count one."""
        self.octets += octets
        if outcome == "copied":
            self.copied += 1
        elif outcome == "there":
            self.there += 1
        else:
            (self.missing if outcome == "missing" else self.damaged).append(digest)


def count(url: str) -> int:
    """How many files a store names. Raises ``BackupError`` where there is no store."""
    sqlite_file(url)
    with closing(Database(url)) as database, database.engine.connect() as connection:
        return int(connection.execute(_COUNT).scalar_one())


def copy(
    url: str,
    source: FileStorage,
    target: FileStorage,
    *,
    counted: Callable[[FileCopies], None] = lambda so_far: None,
) -> FileCopies:
    """Copy what the store at ``url`` names, and is not in ``target`` yet; ``counted`` hears of every page.

    May be begun again. Raises OSError where either place does not answer, or has no room: what was copied until then
    stays.
    """
    copies, after = FileCopies(), ""
    with closing(Database(url)) as database, ThreadPoolExecutor(TOGETHER) as threads:
        while digests := _named(database, after):
            for digest, (outcome, octets) in zip(
                digests, threads.map(partial(_copy, source, target), digests), strict=True
            ):
                copies.add(digest, outcome, octets)
            after = digests[-1]
            counted(copies)
    return copies


def _named(database: Database, after: str) -> list[str]:
    with database.engine.connect() as connection:
        return [row[0] for row in connection.execute(_AFTER, {"after": after, "most": PAGE})]


def _copy(source: FileStorage, target: FileStorage, digest: str) -> tuple[Outcome, int]:
    if target.has(digest):
        return "there", 0
    try:
        with source.lent(digest) as path, path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                return "damaged", 0
            file.seek(0)
            return "copied", target.put(iter(partial(file.read, CHUNK), b""))[1]
    except FileNotFoundError:
        return "missing", 0
