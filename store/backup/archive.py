"""The archive: a tar file, written and read member by member, each with its checksum."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import tarfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO

from store.backup.manifest import (
    CONFIG,
    DATABASE,
    MANIFEST,
    SECRET,
    Damaged,
    Manifest,
    Member,
    dumped,
    loaded,
)

FILE = re.compile(r"files/([0-9a-f]{2})/([0-9a-f]{62})")
_TABLE = re.compile(r"tables/[a-z0-9_]+\.copy")
_CHUNK, _LARGEST_MANIFEST = 1 << 20, 1 << 26


class Summed:
    """A file to read from, with the hash and the number of the bytes that were read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._sum = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        """Bytes, as a file's ``read``."""
        chunk = self._file.read(size)
        self._sum.update(chunk)
        self.size += len(chunk)
        return chunk

    @property
    def member(self) -> Member:
        """Size and hash of what was read."""
        return Member(self.size, self._sum.hexdigest())


class ArchiveWriter:
    """Writes members into a tar file, compressed if its name ends in ``gz``."""

    def __init__(self, path: Path, *, compressed: bool) -> None:
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._tar = tarfile.open(fileobj=self._file, mode="w:gz" if compressed else "w")  # noqa: SIM115 - `end` closes it

    def add(self, name: str, path: Path) -> Member:
        """Write a file. Raises FileNotFoundError if it is not there, ``Damaged`` if it shrinks meanwhile."""
        with path.open("rb") as file:
            about = tarfile.TarInfo(name)
            stat = os.fstat(file.fileno())
            about.size, about.mtime, about.mode = stat.st_size, int(stat.st_mtime), 0o600
            summed = Summed(file)
            try:
                self._tar.addfile(about, summed)
            except tarfile.ReadError:
                raise Damaged(f"{path} became shorter while it was read") from None
            self._tar.members = []  # type: ignore[attr-defined]  # or it would remember each attachment
            return summed.member

    def end(self, manifest: Manifest) -> None:
        """Write the manifest; the archive is durable on return."""
        text = dumped(manifest)
        about = tarfile.TarInfo(MANIFEST)
        about.size, about.mtime, about.mode = len(text), int(manifest.made_at.timestamp()), 0o600
        self._tar.addfile(about, io.BytesIO(text))
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def drop(self) -> None:
        """Close it as it is."""
        self._file.close()


def read(path: Path, *, into: Path, only: Collection[str] | None = None) -> Manifest:
    """Read an archive to its end, check every checksum, and return its manifest.

    It is unpacked ``into`` this folder (``only`` these members; None: all). Raises ``Damaged`` with the member's
    name, ``BackupError`` for one of a newer version.
    """
    members: dict[str, Member] = {}
    files = file_bytes = 0
    manifest: Manifest | None = None
    last = "its beginning"
    try:
        for name, file in _members(path):
            folder = into if only is None or name in only else None
            if name == MANIFEST:
                manifest = loaded(file.read(_LARGEST_MANIFEST))
            elif FILE.fullmatch(name):
                files, file_bytes = files + 1, file_bytes + _unpacked(name, file, folder).size
            else:
                members[name] = _unpacked(name, file, folder)
            last = name
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Damaged(f"it is damaged or cut off after {last} ({error})") from None
    if manifest is None:
        raise Damaged(f"it is cut off after {last}: its manifest, the last member, is missing")
    _compare(manifest, members)
    if (files, file_bytes) != (manifest.files, manifest.file_bytes):
        raise Damaged(
            f"{files} files ({file_bytes} bytes) are in it; its manifest names {manifest.files}"
            f" ({manifest.file_bytes} bytes)"
        )
    return manifest


def _members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    if not path.is_file():
        raise Damaged("it is not a regular file")
    with tarfile.open(path, "r:*") as tar:
        while (about := tar.next()) is not None:
            content = tar.extractfile(about) if about.isreg() else None
            if content is None or not _ours(about.name):
                raise Damaged(f"it has a member that no backup has: {about.name!r}")
            yield about.name, content
            tar.members = []  # type: ignore[attr-defined]


def _ours(name: str) -> bool:
    return name in (MANIFEST, DATABASE, CONFIG, SECRET) or bool(
        FILE.fullmatch(name) or _TABLE.fullmatch(name)
    )


def _unpacked(name: str, file: IO[bytes], into: Path | None) -> Member:
    """Read a member, and write it below ``into``. An attachment's name must be its hash."""
    summed = Summed(file)
    if into is None:
        while summed.read(_CHUNK):
            pass
    else:
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as writing:
            while chunk := summed.read(_CHUNK):
                writing.write(chunk)
    if (match := FILE.fullmatch(name)) and summed.member.sha256 != "".join(match.groups()):
        raise Damaged(f"{name} is damaged: its checksum is another")
    return summed.member


def _compare(manifest: Manifest, members: dict[str, Member]) -> None:
    """Raise ``Damaged`` unless all that the manifest names is there, and as it was."""
    for name, before in manifest.members.items():
        if name not in members:
            raise Damaged(f"{name} is missing in it")
        if members[name] != before:
            raise Damaged(f"{name} is damaged: its checksum is another")
