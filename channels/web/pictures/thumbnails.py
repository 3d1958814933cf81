"""Thumbnails of pictures, made by a program of their own and kept in memory alone."""

from __future__ import annotations

import importlib.util
import logging
import subprocess  # our own module, started with our own interpreter
import sys
import threading
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

from channels.web.pictures import picture_header, thumbnailer
from channels.web.pictures.picture_header import Picture

log = logging.getLogger("web")

SHOWN = 320, 240
"""The largest that a page shows."""
BOX = 640, 480
"""Pixels: for screens with two to each of the page's."""
MOST_KEPT = 8_000_000
"""Bytes of thumbnails in memory. None lies on the disk, where it would outlive the file that it shows."""
MOST_FILES = 2000
"""Pictures that are remembered, with those of which no thumbnail can be made."""
MADE = "image/webp"
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


class Thumbnail(NamedTuple):
    """A thumbnail. No ``data``: there is none of this file."""

    data: bytes
    type: str


class Thumbnails:
    """The thumbnails that were made last, by the path of their picture."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Path, bytes] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        with self._lock:
            return sum(map(len, self._kept.values()))

    def ready(self, path: Path) -> Thumbnail | None:
        """A thumbnail that needs no waiting: it was made before, or never can be; None: it has to be made."""
        picture = picture_header.read(path)
        if picture is None or not path.is_file():
            self._drop_erased()
            return Thumbnail(b"", "")
        if not can_make():
            return Thumbnail(path.read_bytes() if can_show(picture) else b"", picture.type)
        with self._lock:
            if path not in self._kept:
                return None
            self._kept.move_to_end(path)
            return Thumbnail(self._kept[path], MADE)

    def of(self, path: Path) -> Thumbnail:
        """The thumbnail of a picture, made now if need be."""
        ready, picture = self.ready(path), picture_header.read(path)
        if ready or not picture:
            return ready or Thumbnail(b"", "")
        data = _made(path, picture)
        if data is not None:
            self._keep(path, data)
        return Thumbnail(data or b"", MADE)

    def _keep(self, path: Path, data: bytes) -> None:
        self._drop_erased()
        with self._lock:
            self._kept[path] = data
            size = sum(map(len, self._kept.values()))
            while size > MOST_KEPT or len(self._kept) > MOST_FILES:
                _, oldest = self._kept.popitem(last=False)
                size -= len(oldest)

    def _drop_erased(self) -> None:
        """Forget the thumbnails of files that are gone."""
        with self._lock:
            for path in [path for path in self._kept if not path.is_file()]:
                del self._kept[path]


def _made(path: Path, picture: Picture) -> bytes | None:
    """Return a thumbnail from the program; empty if it failed, None if it could not be started."""
    program = [sys.executable, "-I", thumbnailer.__file__, str(path), picture.type, *map(str, BOX)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program and a path of ours
            program, capture_output=True, timeout=PATIENCE, check=False, env={}, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        log.warning("a thumbnail could not be made in time")
        return b""
    except OSError:
        log.warning("no process could be started for a thumbnail")
        return None
    if done.returncode:
        log.info("a picture could not be read: %s", done.stderr.decode("utf-8", "replace").strip()[-200:])
        return b""
    return done.stdout
