"""The file store in an object store (S3 and the like): the same bytes for any number of machines.

A file is the object ``ab/cdef…/<period>``: the SHA-256 of its content, and the ten minutes in which it was last stored.
Whoever stores it in a later period writes it anew, and only what was stored long ago is deleted: nobody can delete what
somebody else has just stored, although S3 has no lock.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from store.files.blobs import checked, copied

PERIOD = 600
"""Seconds."""
NEAR = 1 << 30
"""Bytes of copies that are kept on this machine for the next reader, an hour at most (``UploadDrafts.sweep``)."""
_CHUNK = 1 << 20
_TRIES = 3
"""Times that a file is looked for anew, because it was stored again, elsewhere, between two questions."""
_CODE = re.compile(r"<Code>(\w+)</Code>")
_MEANS = {
    "NoSuchBucket": "there is no bucket {bucket}",
    "InvalidAccessKeyId": "it does not know the access key",
    "SignatureDoesNotMatch": "the secret key is another",
    "AccessDenied": "the key may not read and write in {bucket}",
}


class StorageAway(OSError):
    """The object store does not answer, or refuses: nothing was kept; the message says why."""


class ObjectFiles:
    """Files in a bucket; in a folder of this machine what is under way, and copies that are read soon."""

    def __init__(self, url: str, folder: Path, options: Mapping[str, str]) -> None:
        """``s3://bucket/prefix``; ``options`` as obstore names them, what is empty comes from ``AWS_…``."""
        import obstore
        from obstore.exceptions import BaseError
        from obstore.store import S3Store

        parts = urlsplit(url)
        self.url, self.folder = url, folder
        self._api, self._error = obstore, BaseError
        self._bucket = parts.netloc
        given: Any = {name: value for name, value in options.items() if value}
        self._store: Any = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            client_options={
                "allow_http": True,  # where the endpoint is one of http://
                "connect_timeout": timedelta(seconds=5),
                "timeout": timedelta(seconds=60),
            },
            retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=15)},
            **given,
        )
        self._near = 0
        self._lock = threading.Lock()

    @property
    def scratch(self) -> Path:
        """The folder of this machine where files grow until they are placed."""
        folder = self.folder / "tmp"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Store bytes: ``(sha256 in hex, size)`` once they are durable. An OSError means nothing was kept."""
        handle, name = tempfile.mkstemp(dir=self.scratch)
        try:
            with os.fdopen(handle, "wb") as file:
                digest, size = copied(chunks, file)
            self.place(Path(name), digest)
            self._keep_near(Path(name), digest, size)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return digest, size

    def place(self, scratch: Path, digest: str) -> bool:
        """Store a file of this machine under its hash; False if one was stored just now already."""
        period = int(time.time() // PERIOD)
        before = self._periods(digest)
        if any(other >= period for other in before):
            return False
        with self._explained():
            self._api.put(self._store, self._key(digest, period), scratch)
        with suppress(StorageAway):  # the same bytes, twice: no harm
            self._delete(digest, before)
        return True

    def path(self, digest: str) -> Path:
        """The path of a copy on this machine; no file is there if the storage has none, or does not answer."""
        near = self._path_near(digest)
        with suppress(OSError):
            if not _used(near):
                self._fetch(digest, near)
        return near

    def has(self, digest: str) -> bool:
        """Is a file there? Raises ``StorageAway``."""
        return bool(self._periods(digest))

    @contextmanager
    def lent(self, digest: str) -> Iterator[Path]:
        """A file of these bytes, for as long as the block lasts. Raises FileNotFoundError and ``StorageAway``."""
        handle, name = tempfile.mkstemp(dir=self.scratch)
        os.close(handle)
        try:
            self._fetch(digest, Path(name), kept=False)
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def read(self, digest: str) -> bytes:
        """All bytes of a file."""
        near = self._path_near(digest)
        with suppress(FileNotFoundError):
            return near.read_bytes()
        return b"".join(self.stream(digest))

    def stream(self, digest: str) -> Iterator[bytes]:
        """A file's bytes in pieces of about a megabyte, from the storage itself."""
        answer = self._found(digest)
        with self._explained():
            yield from map(bytes, answer.stream(min_chunk_size=_CHUNK))

    def remove(self, digest: str, *, untouched_since: float) -> bool:
        """Delete a file (a moment in seconds since 1970); False if it may have been stored again since."""
        self._path_near(digest).unlink(missing_ok=True)
        periods = self._periods(digest)
        if any((period + 1) * PERIOD > untouched_since for period in periods):
            return False
        self._delete(digest, periods)
        return True

    def withdraw(self, digest: str, mark: Path, placed_at: int) -> None:
        """Remove a placed file whose row never came (nanoseconds), unless somebody has stored it since."""
        self.remove(digest, untouched_since=placed_at / 1e9 + 2 * PERIOD)

    def free(self) -> int:
        """Free bytes on the disk of this machine, on which files grow."""
        return shutil.disk_usage(self.scratch).free

    def problems(self) -> Iterator[str]:
        """Write and delete a small object; a sentence if that fails."""
        try:
            with self._explained():
                self._api.put(self._store, "check", b"casebot check")
                self._api.delete(self._store, "check")
        except OSError as error:
            yield f"store.files: {error}"

    def _key(self, digest: str, period: int) -> str:
        return f"{digest[:2]}/{digest[2:]}/{period}"

    def _periods(self, digest: str) -> list[int]:
        """In which it was stored, the last one first."""
        checked(digest)
        with self._explained():
            there = self._api.list(self._store, f"{digest[:2]}/{digest[2:]}").collect()
        return sorted((int(each["path"].rpartition("/")[2]) for each in there), reverse=True)

    def _delete(self, digest: str, periods: Iterable[int]) -> None:
        if keys := [self._key(digest, period) for period in periods]:
            with self._explained():
                self._api.delete(self._store, keys)

    def _found(self, digest: str) -> Any:
        """What is read from. Raises FileNotFoundError."""
        for _ in range(_TRIES):
            for period in self._periods(digest)[:1]:
                with suppress(FileNotFoundError), self._explained():
                    return self._api.get(self._store, self._key(digest, period))
        raise FileNotFoundError(f"{self.url} has no file {digest}")

    def _fetch(self, digest: str, target: Path, *, kept: bool = True) -> None:
        handle, name = tempfile.mkstemp(dir=self.scratch)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in self.stream(digest):
                    file.write(chunk)
                size = file.tell()
            if kept:
                self._keep_near(Path(name), digest, size)
            else:
                Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _path_near(self, digest: str) -> Path:
        return self.scratch / f"near-{checked(digest)}"

    def _keep_near(self, file: Path, digest: str, size: int) -> None:
        """Keep a copy for the next reader; the oldest ones make room for it."""
        file.replace(self._path_near(digest))
        with self._lock:
            self._near += size
            if self._near > NEAR:
                self._near = _thinned(self.scratch, NEAR // 2)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Raise ``StorageAway`` for what the storage, or the way to it, does not do."""
        try:
            yield
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise StorageAway(self._why(error)) from error
            raise
        except self._error as error:
            raise StorageAway(self._why(error)) from error

    def _why(self, error: Exception) -> str:
        code = _CODE.search(str(error))
        means = _MEANS.get(code[1], f"it says {code[1]}") if code else "it does not answer"
        return f"{self.url}: {means.format(bucket=self._bucket)}"


def _used(near: Path) -> bool:
    """Is the copy there? Then it stays for another hour."""
    try:
        os.utime(near)
    except FileNotFoundError:
        return False
    return True


def _thinned(folder: Path, most: int) -> int:
    """Delete the copies that were used least recently, down to so many bytes; returns what is left."""
    copies = []
    for path in folder.glob("near-*"):
        with suppress(FileNotFoundError):
            stat = path.stat()
            copies.append((stat.st_mtime, stat.st_size, path))
    left = sum(size for _, size, _ in copies)
    for _, size, path in sorted(copies):
        if left <= most:
            break
        path.unlink(missing_ok=True)
        left -= size
    return left
