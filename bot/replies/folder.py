"""The operator's folder of saved replies, read anew when a file in it has changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import structlog

from bot.replies.saved_reply import SavedReply, UnfitReply, read

log = structlog.get_logger("replies")
SUFFIXES = (".md", ".txt", ".j2")
MOST = 1000
"""Files that are read."""
State = tuple[tuple[str, int, int], ...]
"""Name, time and size of each file."""


class ReplyFolder:
    """The replies of a folder; a file that is unfit is left out, and ``mistakes`` names it."""

    def __init__(self, folder: str, *, language: str) -> None:
        self._folder, self._language = folder, language
        self._lock = threading.Lock()
        self._state: State = ()
        self._replies: Mapping[str, SavedReply] = {}
        self.mistakes: tuple[str, ...] = ()

    def replies(self) -> Mapping[str, SavedReply]:
        """The replies by name; whoever asks pays for a look at the folder's times."""
        if not self._folder:
            return {}
        with self._lock:
            files = self._files()
            state = tuple(_state(file) for file in files)
            if state != self._state or not self._state:
                self._state = state
                self._read(files)
            return self._replies

    def check(self) -> tuple[str, ...]:
        """What is wrong in the folder, file by file."""
        if self._folder and not Path(self._folder).is_dir():
            return (f"desk.replies_folder: {self._folder} is no folder",)
        self.replies()
        return self.mistakes

    def _files(self) -> list[Path]:
        folder = Path(self._folder)
        files = sorted(file for file in folder.glob("*") if file.suffix in SUFFIXES and file.is_file())
        return files[:MOST]

    def _read(self, files: list[Path]) -> None:
        mistakes: list[str] = []
        self._replies = {reply.name: reply for reply in self._fit(files, mistakes)}
        self.mistakes = tuple(mistakes)
        for mistake in mistakes:
            log.warning("a saved reply is left out", why=mistake)

    def _fit(self, files: list[Path], mistakes: list[str]) -> Iterator[SavedReply]:
        for file in files:
            try:
                yield read(file.stem, file.read_text(encoding="utf-8"), usual=self._language)
            except (UnfitReply, OSError, UnicodeDecodeError) as error:
                mistakes.append(f"{file}: {getattr(error, 'strerror', '') or error}")


def _state(file: Path) -> tuple[str, int, int]:
    try:
        status = file.stat()
    except OSError:
        return file.name, 0, 0
    return file.name, status.st_mtime_ns, status.st_size


_FOLDERS: dict[tuple[str, str], ReplyFolder] = {}


def of(folder: str, language: str) -> ReplyFolder:
    """The folder of this process."""
    return _FOLDERS.setdefault((folder, language), ReplyFolder(folder, language=language))
