"""The tally of one page's uploads: bytes there, and bytes promised."""

from __future__ import annotations

import threading

from bot.channel.upload_drafts import UploadDrafts


class UploadTally:
    """The sizes of one page's drafts, shared by its concurrent requests.

    What other processes write is seen on the disk.
    """

    def __init__(self, scratch: UploadDrafts, beginning: str) -> None:
        self.beginning = beginning
        self._scratch = scratch
        self._lock = threading.Lock()
        self._sizes: dict[str, int] = {}
        self._growing: dict[str, int] = {}

    def look(self) -> None:
        """Read the sizes from the disk."""
        there = self._scratch.sizes(f"{self.beginning}-")
        with self._lock:
            self._sizes = there | {
                name: max(size, there.get(name, 0)) for name, size in self._growing.items()
            }

    def drafts(self) -> list[str]:
        """The names of all drafts."""
        with self._lock:
            return list(self._sizes)

    def begin(self, draft: str, *, most: int) -> bool:
        """Begin a draft; False if there are too many."""
        with self._lock:
            if draft not in self._sizes and len(self._sizes) >= most:
                return False
            self._growing.setdefault(draft, self._sizes.setdefault(draft, 0))
            return True

    def grow(self, draft: str, size: int) -> int:
        """Set a draft's size; returns the size of all."""
        with self._lock:
            self._sizes[draft] = self._growing[draft] = size
            return sum(self._sizes.values())

    def stay(self, draft: str) -> None:
        """Note that a draft grows no more: its size on the disk counts."""
        size = self._scratch.size(draft)
        with self._lock:
            self._growing.pop(draft, None)
            self._sizes.pop(draft, None)
            if size is not None:
                self._sizes[draft] = size
