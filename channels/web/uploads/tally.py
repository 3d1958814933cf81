"""The tally of one page's uploads: bytes there, and bytes promised."""

from __future__ import annotations

import threading

from bot.channel.upload_drafts import UploadDrafts


class UploadTally:
    """Shared by all requests that bring files to one page; what other processes write is seen on the disk."""

    def __init__(self, scratch: UploadDrafts, beginning: str) -> None:
        self.beginning = beginning
        self._scratch = scratch
        self._lock = threading.Lock()
        self._sizes: dict[str, int] = {}
        self._growing: dict[str, int] = {}

    def look(self) -> None:
        """See what lies on the disk now."""
        there = self._scratch.sizes(f"{self.beginning}-")
        with self._lock:
            self._sizes = there | {
                name: max(size, there.get(name, 0)) for name, size in self._growing.items()
            }

    def drafts(self) -> list[str]:
        """The names of all."""
        with self._lock:
            return list(self._sizes)

    def begin(self, draft: str, *, most: int) -> bool:
        """One more; False if there are as many as there may be."""
        with self._lock:
            if draft not in self._sizes and len(self._sizes) >= most:
                return False
            self._growing.setdefault(draft, self._sizes.setdefault(draft, 0))
            return True

    def grow(self, draft: str, size: int) -> int:
        """A draft is to have so many bytes; how many all of them have then."""
        with self._lock:
            self._sizes[draft] = self._growing[draft] = size
            return sum(self._sizes.values())

    def stay(self, draft: str) -> None:
        """A draft grows no more: what lies on the disk counts."""
        size = self._scratch.size(draft)
        with self._lock:
            self._growing.pop(draft, None)
            self._sizes.pop(draft, None)
            if size is not None:
                self._sizes[draft] = size
