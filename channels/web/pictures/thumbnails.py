"""Thumbnails of pictures, made by a program of their own and kept in memory alone."""

from __future__ import annotations

import importlib.util
import logging
import subprocess  # our own module, started with our own interpreter
import sys
import threading
from collections import OrderedDict
from pathlib import Path

from channels.web.pictures import picture_header, thumbnailer
from channels.web.pictures.picture_header import Picture

log = logging.getLogger("web")

SHOWN = 320, 240
"""The largest that a page shows."""
BOX = 640, 480
"""Pixels: for screens with two to each of the page's."""
MOST_KEPT = 16_000_000
"""Bytes of thumbnails in memory. None lies on the disk, where it would outlive the file that it shows."""
PATIENCE = 20.0
"""Seconds for one of them."""
AS_IT_IS, AS_IT_IS_PIXELS = 400_000, 4_000_000
"""Bytes and pixels up to which a picture is its own thumbnail where Pillow is not installed."""


def can_show(picture: Picture) -> bool:
    """Is there a thumbnail of this picture?"""
    small = picture.size <= AS_IT_IS and picture.width * picture.height <= AS_IT_IS_PIXELS
    return small or can_make()


def can_make() -> bool:
    """Is Pillow installed?"""
    return importlib.util.find_spec("PIL") is not None


class Thumbnails:
    """The thumbnails that were made last, by the path of their picture."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Path, bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def of(self, path: Path) -> tuple[bytes, str] | None:
        """Bytes and type of a thumbnail; None if the file is no picture that can be read."""
        picture = picture_header.read(path)
        if picture is None or not path.is_file():
            return None
        if not can_make():
            return (path.read_bytes(), picture.type) if can_show(picture) else None
        with self._lock:
            if path in self._kept:
                self._kept.move_to_end(path)
                return self._kept[path], "image/webp"
        made = _made(path, picture)
        self._keep(path, made)
        return (made, "image/webp") if made else None

    def _keep(self, path: Path, made: bytes) -> None:
        with self._lock:
            self._size += len(made) - len(self._kept.pop(path, b""))
            self._kept[path] = made
            while self._size > MOST_KEPT:
                _, oldest = self._kept.popitem(last=False)
                self._size -= len(oldest)


def _made(path: Path, picture: Picture) -> bytes:
    """A thumbnail from the program; empty if it could make none."""
    program = [sys.executable, "-I", thumbnailer.__file__, str(path), picture.type, *map(str, BOX)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program and a path of ours
            program, capture_output=True, timeout=PATIENCE, check=False, env={}, stdin=subprocess.DEVNULL
        )
    except (subprocess.TimeoutExpired, OSError):
        log.warning("a thumbnail could not be made in time")
        return b""
    if done.returncode:
        log.info("a picture could not be read: %s", done.stderr.decode("utf-8", "replace").strip()[-200:])
        return b""
    return done.stdout
