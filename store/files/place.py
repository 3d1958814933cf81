"""The place of the files: what every file store does, and the one that a config names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from store.files.blobs import FileStore
from store.files.object_files import ObjectFiles

REMOTE = "s3://"


class FileStorage(Protocol):
    """Immutable files under the SHA-256 of their content, durable before any row names them."""

    folder: Path
    """On this machine: the files themselves, or what is under way."""

    @property
    def scratch(self) -> Path:
        """Where files grow until they are placed."""

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Store bytes: ``(sha256 in hex, size)`` once they are durable. An OSError means nothing was kept."""

    def place(self, scratch: Path, digest: str) -> bool:
        """Store a durable file of ``scratch`` under its hash, too; False if one was there already."""

    def withdraw(self, digest: str, mark: Path, placed_at: int) -> None:
        """Remove a placed file whose row never came, unless somebody has stored it since.

        ``mark``: what ``UploadDrafts`` keeps beside its draft, last written at ``placed_at`` (nanoseconds).
        """

    def has(self, digest: str) -> bool:
        """Is a file there? Raises OSError."""

    def path(self, digest: str) -> Path:
        """Where its bytes can be read on this machine. Raises ValueError for anything but a SHA-256."""

    def lent(self, digest: str) -> AbstractContextManager[Path]:
        """A file of these bytes, for as long as the block lasts. Raises OSError."""

    def read(self, digest: str) -> bytes:
        """All bytes of a file. Raises OSError."""

    def stream(self, digest: str) -> Iterator[bytes]:
        """A file's bytes in pieces of about a megabyte. Raises OSError."""

    def remove(self, digest: str, *, untouched_since: float) -> bool:
        """Delete a file (a moment in seconds since 1970); False if somebody has stored it again since then."""

    def free(self) -> int:
        """Free bytes on the disk of this machine."""

    def problems(self) -> Iterable[str]:
        """Try it; a sentence for each failure."""


def open_files(place: str, *, local: str, options: Mapping[str, str]) -> FileStorage:
    """The files of a folder, or of ``s3://bucket/prefix``, beside the folder ``local`` of this machine."""
    if place.startswith(REMOTE):
        return ObjectFiles(place, Path(local), options)
    return FileStore(Path(place))
