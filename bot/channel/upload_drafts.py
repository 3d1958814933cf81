"""Upload drafts: partial uploads grow here until they are placed in the file store or expire."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import FileIO
from pathlib import Path

from store.files.place import FileStorage

LIFE = timedelta(hours=1)
"""How long a file that nobody goes on with, or that nothing names, is kept."""
_CHUNK = 1 << 20
_NAME = re.compile(r"[a-z0-9-]{1,100}")
_SUMS = 64
"""Running hashes that are remembered between two calls; any other is made again from the file."""


class InUse(Exception):
    """Another request is writing this draft at this moment."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A draft that is durable in the file store."""

    sha256: str
    size: int


class UploadDrafts:
    """Drafts by name (letters, digits and ``-``), in the folder for what is not in the store yet."""

    def __init__(self, store: FileStorage) -> None:
        self._store = store
        self._sums: OrderedDict[str, tuple[_Stamp, hashlib._Hash]] = OrderedDict()
        self._lock = threading.Lock()

    def size(self, name: str) -> int | None:
        """The size of a draft; None if there is none."""
        try:
            return self._path(name).stat().st_size
        except FileNotFoundError:
            return None

    def sizes(self, beginning: str) -> dict[str, int]:
        """The size of each draft whose name begins so."""
        names = [path.name[3:] for path in self._store.scratch.glob(f"up-{beginning}*")]
        return {name: size for name in names if (size := self.size(name)) is not None}

    @contextmanager
    def draft(self, name: str) -> Iterator[UploadDraft]:
        """A draft to append to, created if there is none. Raises ``InUse``, also if it is placed already."""
        with _locked(self._path(name), "ab+") as file:
            if os.fstat(file.fileno()).st_nlink > 1:
                raise InUse(name)
            draft = UploadDraft(file, self._sum(name, file))
            try:
                yield draft
            finally:
                self._remember(name, draft)

    def keep(self, names: Iterable[str]) -> None:
        """Keep drafts as fresh as one that grows just now. Placed ones have their own hour."""
        for name in names:
            with suppress(FileNotFoundError), self._lock:
                self._touch(name)

    def _touch(self, name: str) -> None:
        path = self._path(name)
        before = path.stat()
        if before.st_nlink > 1:
            return
        os.utime(path)
        stamp, running = self._sums.get(name, (None, None))
        if running and stamp == _stamp(before):
            self._sums[name] = ((*_stamp(before)[:2], path.stat().st_mtime_ns), running)

    def digest(self, name: str) -> str:
        """The hash of a draft's bytes. Raises FileNotFoundError, and ``InUse``."""
        with _locked(self._path(name), "rb") as file:
            return _whole(file).hexdigest()

    def place(self, name: str) -> Placed:
        """Put a draft into the store, durable on return; it stays a draft until ``settle``.

        Raises FileNotFoundError. Its hash is that of the bytes that are placed, whatever is remembered of it.
        A mark beside it, made before, says what ``sweep`` is to look after, an hour from now.
        """
        with _locked(self._path(name), "rb") as file:
            os.utime(file.fileno())
            os.fsync(file.fileno())
            placed = Placed(_whole(file).hexdigest(), file.tell())
            mark = self._mark(name, placed.sha256)
            if not self._store.place(self._path(name), placed.sha256):
                mark.unlink()
        return placed

    def settle(self, name: str) -> None:
        """Delete a draft that a row names now, or that nobody wants; one in use is left to ``sweep``."""
        path = self._path(name)
        with suppress(FileNotFoundError, InUse), _locked(path, "rb"):
            for mark in self._store.scratch.glob(f"placed-{name}_*"):
                mark.unlink(missing_ok=True)
            path.unlink()
        with self._lock:
            self._sums.pop(name, None)

    def free(self) -> int:
        """Free bytes on this disk."""
        return self._store.free()

    def sweep(self, now: datetime, *, named: Callable[[str], bool]) -> int:
        """Remove what was left an hour ago; returns how many. ``named``: does a row name this hash?"""
        before, swept = (now - LIFE).timestamp(), 0
        for path in self._store.scratch.iterdir():
            with suppress(FileNotFoundError, InUse):
                if path.stat().st_mtime < before:
                    swept += self._swept(path, before, named)
        return swept

    def _swept(self, path: Path, before: float, named: Callable[[str], bool]) -> bool:
        with _locked(path, "rb") as file:
            if os.fstat(file.fileno()).st_mtime >= before:
                return False
            if path.name.startswith("placed-"):
                self._look_after(path, named)
            path.unlink()
        return True

    def _look_after(self, mark: Path, named: Callable[[str], bool]) -> None:
        """Remove a placed file whose row never came, unless somebody asked for it since."""
        _, digest, placed_at = mark.name.rsplit("_", 2)
        if not named(digest):
            self._store.withdraw(digest, mark, int(placed_at))

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

    def _sum(self, name: str, file: FileIO) -> hashlib._Hash:
        with self._lock:
            stamp, running = self._sums.pop(name, (None, None))
        return running if running and stamp == _stamp(os.fstat(file.fileno())) else _whole(file)

    def _remember(self, name: str, draft: UploadDraft) -> None:
        with self._lock:
            stamp = draft.stamp()
            if stamp[1] == draft.size:  # else the disk was full in the middle of a word
                self._sums[name] = (stamp, draft.sum)
            while len(self._sums) > _SUMS:
                self._sums.popitem(last=False)


_Stamp = tuple[int, int, int]
"""Which file it is, its size, and when it was written last: another process may have made another one of the name."""


def _stamp(stat: os.stat_result) -> _Stamp:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _whole(file: FileIO) -> hashlib._Hash:
    """The hash of all bytes; the file is at its end then."""
    file.seek(0)
    whole = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        whole.update(chunk)
    return whole


@contextmanager
def _locked(path: Path, mode: str) -> Iterator[FileIO]:
    """A file that nobody else writes, places or removes meanwhile.

    Unbuffered: a full disk shows where it is written.
    """
    with FileIO(path, mode) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(path.name) from None
        try:
            still = os.path.samestat(path.stat(), os.fstat(file.fileno()))
        except FileNotFoundError:
            still = False
        if not still:
            raise InUse(path.name)
        yield file


class UploadDraft:
    """A file that grows; nobody else writes it meanwhile."""

    def __init__(self, file: FileIO, sum_: hashlib._Hash) -> None:
        self._file = file
        self.sum = sum_
        self.size = file.seek(0, os.SEEK_END)
        self._before = (self.size, sum_.copy())

    def stamp(self) -> _Stamp:
        """Which file it is, its size, and when it was last written."""
        return _stamp(os.fstat(self._file.fileno()))

    def write(self, data: bytes) -> None:
        """Append. An OSError means that the disk is full or broken; ``undo`` removes what was written."""
        unwritten = memoryview(data)
        while unwritten:
            unwritten = unwritten[self._file.write(unwritten) :]
        self.sum.update(data)
        self.size += len(data)

    def undo(self) -> None:
        """Shrink to the size at opening."""
        self.size, self.sum = self._before[0], self._before[1].copy()
        self._file.truncate(self.size)

    def drop(self) -> None:
        """Remove everything."""
        self.size, self.sum = 0, hashlib.sha256()
        self._file.truncate(0)
