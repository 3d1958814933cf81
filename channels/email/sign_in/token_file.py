"""The file of refresh tokens, a state file that the processes of one machine share."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from channels.email.sign_in.grants import NoToken, Saved

FILE = "casebot.tokens"
Stamp = tuple[int, int, int]


class TokenFile:
    """What is kept of each sign-in, by its address. Readable by its owner alone, replaced as a whole."""

    def __init__(self, folder: str) -> None:
        self.path = Path(folder) / FILE

    def stamp(self) -> Stamp | None:
        """Changes whenever the file does; None: there is none."""
        try:
            seen = self.path.stat()
        except OSError:
            return None
        return seen.st_mtime_ns, seen.st_ino, seen.st_size

    def read(self, address: str) -> Saved:
        """What is kept of one address; empty if nothing is."""
        saved = self._all().get(address.lower(), {})
        return saved if isinstance(saved, dict) else {}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else reads to change, within it: of two processes the second sees what the first has got."""
        try:
            lock = os.open(
                self.path.with_suffix(".tokens.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
            )
        except OSError as error:
            raise self._unusable(error) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def write(self, address: str, saved: Saved) -> None:
        """Keep it durably; within ``locked``."""
        everything = {**self._all(), address.lower(): dict(saved)}
        try:
            self._replace(json.dumps(everything, indent=1, sort_keys=True))
        except OSError as error:
            raise self._unusable(error) from None

    def _all(self) -> dict[str, Any]:
        try:
            everything = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._unusable(error) from None
        except ValueError:
            raise NoToken(f"{self.path} is damaged: move it away, and sign in again") from None
        return everything if isinstance(everything, dict) else {}

    def _replace(self, text: str) -> None:
        descriptor, name = tempfile.mkstemp(
            dir=self.path.parent, prefix=f".{FILE}-"
        )  # 0600 from its first moment
        try:
            with open(descriptor, "w", encoding="utf-8") as writing:
                writing.write(text)
                writing.flush()
                os.fsync(writing.fileno())
            Path(name).replace(self.path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _unusable(self, error: OSError) -> NoToken:
        return NoToken(
            f"{self.path} cannot be used ({error.strerror}): it must be casebot's to read and write"
        )
