"""The file store: bytes under the hash of their content, durable before any row names them."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1 << 20


class FileStore:
    """A folder of immutable files, ``ab/cdef…`` for the SHA-256 ``abcdef…``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._begin()

    def _begin(self) -> Path:
        scratch = self.folder / "tmp"
        scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        return scratch

    @property
    def scratch(self) -> Path:
        """The folder where files grow until they are placed; created anew if somebody deleted it."""
        return self._begin()

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Store bytes: ``(sha256 in hex, size)`` once they are durable. An OSError means nothing was kept."""
        handle, name = tempfile.mkstemp(dir=self.scratch)
        try:
            with os.fdopen(handle, "wb") as file:
                digest, size = copied(chunks, file)
                os.fsync(file.fileno())
            self._place(Path(name), digest)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return digest, size

    def _place(self, scratch: Path, digest: str) -> None:
        target = self.path(digest)
        if _touched(target):
            scratch.unlink()
            return
        self._make_folder(target.parent)
        scratch.rename(target)
        sync_folder(target.parent)

    def place(self, scratch: Path, digest: str) -> bool:
        """Link a durable file under its hash, too; False if one was there already."""
        target = self.path(digest)
        self._make_folder(target.parent)
        if target.exists() and target.samefile(scratch):
            return True
        while not _touched(target):
            with suppress(FileExistsError):
                os.link(scratch, target)
                sync_folder(target.parent)
                return True
        return False

    def _make_folder(self, folder: Path) -> None:
        if not folder.exists():
            folder.mkdir(exist_ok=True, mode=0o700)
            sync_folder(self.folder)

    def path(self, digest: str) -> Path:
        """The path of a hash's bytes. Raises ValueError for anything but a SHA-256."""
        checked(digest)
        return self.folder / digest[:2] / digest[2:]

    def has(self, digest: str) -> bool:
        """Is a file there?"""
        return self.path(digest).is_file()

    @contextmanager
    def lent(self, digest: str) -> Iterator[Path]:
        """A file of these bytes, which is not to be changed."""
        yield self.path(digest)

    def read(self, digest: str) -> bytes:
        """All bytes of a file."""
        return self.path(digest).read_bytes()

    def stream(self, digest: str) -> Iterator[bytes]:
        """A file's bytes in pieces of a megabyte."""
        with self.path(digest).open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    def remove(self, digest: str, *, untouched_since: float) -> bool:
        """Delete a file (a moment in seconds since 1970); False if somebody has stored it again since then.

        Whoever stores it from now on stores it anew.
        """
        target, aside = self.path(digest), self.scratch / f"aside-{digest}"
        aside.unlink(missing_ok=True)  # of somebody who was killed before the last line
        try:
            if target.stat().st_mtime > untouched_since:
                return False
            target.rename(aside)
        except FileNotFoundError:
            return True
        aside.unlink(missing_ok=True)
        sync_folder(target.parent)
        return True

    def withdraw(self, digest: str, mark: Path, placed_at: int) -> None:
        """Remove a placed file whose row never came, unless somebody has stored it since.

        ``mark``: another name of the same file, in ``scratch``, whose time was ``placed_at`` (nanoseconds).
        """
        if mark.stat().st_mtime_ns != placed_at:
            return
        target, aside = self.path(digest), mark.with_name(f"aside-{digest}")
        with suppress(FileNotFoundError):
            target.rename(aside)  # whoever asks for it from now on finds none, and places their own
            if aside.stat().st_mtime_ns != placed_at:
                with suppress(FileExistsError):
                    os.link(aside, target)
            aside.unlink()

    def problems(self) -> Iterable[str]:
        """Nothing to try: whoever stores a file is told what is wrong with the disk."""
        return ()

    def free(self) -> int:
        """Free bytes on the disk that holds the files."""
        try:
            return shutil.disk_usage(self.folder).free
        except FileNotFoundError:
            return shutil.disk_usage(self.scratch).free


def checked(digest: str) -> str:
    """The hash itself. Raises ValueError for anything but a SHA-256 in hex."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256 in hex")
    return digest


def copied(chunks: Iterable[bytes], file: BinaryIO) -> tuple[str, int]:
    """Write bytes into a file: ``(sha256 in hex, size)``; they are not durable yet."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        file.write(chunk)
    file.flush()
    return digest.hexdigest(), size


def _touched(target: Path) -> bool:
    """Does the file exist? Then mark it as used, so that ``UploadDrafts.sweep`` does not delete it."""
    try:
        os.utime(target)
    except FileNotFoundError:
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Make durable which names stand in a folder. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
