"""Scratch: files that are still coming grow here until they are placed in the file store, or swept."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from store.files import FileStore

LIFE = timedelta(hours=1)
"""How long a file that nobody goes on with, or that nothing names, is kept."""
_CHUNK = 1 << 20
_NAME = re.compile(r"[a-z0-9-]{1,100}")
_SUMS = 64
"""Running hashes that are remembered between two calls; any other is made again from the file."""


class InUse(Exception):
    """Somebody is writing this very draft at this moment."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A draft that is durable in the file store."""

    sha256: str
    size: int


class Scratch:
    """Drafts by name (letters, digits and ``-``), in the folder for what is not in the store yet."""

    def __init__(self, store: FileStore) -> None:
        self._store = store
        self._sums: OrderedDict[str, tuple[int, hashlib._Hash]] = OrderedDict()
        self._lock = threading.Lock()

    def size(self, name: str) -> int | None:
        """Bytes that a draft has; None: there is no such draft."""
        try:
            return self._path(name).stat().st_size
        except FileNotFoundError:
            return None

    def sizes(self, beginning: str) -> list[int]:
        """Bytes of each draft whose name begins so."""
        return [self.size(path.name[3:]) or 0 for path in self._store.scratch.glob(f"up-{beginning}*")]

    @contextmanager
    def draft(self, name: str) -> Iterator[Draft]:
        """A draft to go on with; made if there is none. Raises ``InUse``, also where it is placed already."""
        with self._locked(name) as file:
            if os.fstat(file.fileno()).st_nlink > 1:
                raise InUse(name)
            with self._grown(name, file) as draft:
                yield draft

    @contextmanager
    def _locked(self, name: str) -> Iterator[BinaryIO]:
        with self._path(name).open("ab+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InUse(name) from None
            yield file

    @contextmanager
    def _grown(self, name: str, file: BinaryIO) -> Iterator[Draft]:
        draft = Draft(file, self._sum(name, file))
        try:
            yield draft
        finally:
            file.flush()
            self._remember(name, draft)

    def place(self, name: str) -> Placed:
        """Put a draft into the store, durable when this returns; it stays a draft until ``settle``.

        Raises FileNotFoundError. A mark beside it, made before, says what ``sweep`` is to look after.
        """
        if self.size(name) is None:
            raise FileNotFoundError(name)
        with self._locked(name) as file, self._grown(name, file) as draft:
            draft.sync()
            placed = Placed(draft.sha256, draft.size)
            mark = self._mark(name, placed.sha256)
            if not self._store.place(self._path(name), placed.sha256):
                mark.unlink()
        return placed

    def settle(self, name: str) -> None:
        """Forget a draft that something names now, or that nobody wants."""
        self._path(name).unlink(missing_ok=True)
        for mark in self._store.scratch.glob(f"placed-{name}_*"):
            mark.unlink(missing_ok=True)
        self._sums.pop(name, None)

    def free(self) -> int:
        """Free bytes on this disk."""
        return self._store.free()

    def sweep(self, now: datetime, *, named: Callable[[str], bool]) -> int:
        """Remove what was left an hour ago; how many. ``named``: does a row name the file of this hash?"""
        before, swept = (now - LIFE).timestamp(), 0
        for path in self._store.scratch.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    if path.name.startswith("placed-"):
                        self._look_after(path, named)
                    path.unlink()
                    swept += 1
        return swept

    def _look_after(self, mark: Path, named: Callable[[str], bool]) -> None:
        """A file that was placed for a row that never came goes, unless somebody asked for it since."""
        _, digest, placed_at = mark.name.rsplit("_", 2)
        if mark.stat().st_mtime_ns != int(placed_at) or named(digest):
            return
        target, aside = self._store.path(digest), mark.with_name(f"aside-{digest}")
        with suppress(FileNotFoundError):
            target.rename(aside)  # whoever asks for it from now on finds none, and places their own
            if aside.stat().st_mtime_ns != int(placed_at):
                with suppress(FileExistsError):
                    os.link(aside, target)
            aside.unlink()

    def _mark(self, name: str, digest: str) -> Path:
        path = self._path(name)
        mark = path.with_name(f"placed-{name}_{digest}_{path.stat().st_mtime_ns}")
        with suppress(FileExistsError):
            os.link(path, mark)
        return mark

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("not a draft's name")
        return self._store.scratch / f"up-{name}"

    def _sum(self, name: str, file: BinaryIO) -> hashlib._Hash:
        size = file.seek(0, os.SEEK_END)
        with self._lock:
            known, found = self._sums.pop(name, (0, hashlib.sha256()))
        if known == size:
            return found
        file.seek(0)
        whole = hashlib.sha256()
        while chunk := file.read(_CHUNK):
            whole.update(chunk)
        return whole

    def _remember(self, name: str, draft: Draft) -> None:
        with self._lock:
            self._sums[name] = (draft.size, draft.sum)
            while len(self._sums) > _SUMS:
                self._sums.popitem(last=False)


class Draft:
    """A file that grows; nobody else writes it meanwhile."""

    def __init__(self, file: BinaryIO, sum_: hashlib._Hash) -> None:
        self._file = file
        self.sum = sum_
        self.size = file.seek(0, os.SEEK_END)
        self._before = (self.size, sum_.copy())

    @property
    def sha256(self) -> str:
        """The hash of all that is there."""
        return self.sum.hexdigest()

    def write(self, data: bytes) -> None:
        """Append. An OSError means that the disk is full, or broken."""
        self._file.write(data)
        self.sum.update(data)
        self.size += len(data)

    def undo(self) -> None:
        """Be as large as when it was opened."""
        self.size, self.sum = self._before
        self._file.flush()
        self._file.truncate(self.size)

    def sync(self) -> None:
        """Be durable."""
        self._file.flush()
        os.fsync(self._file.fileno())
