"""The camera: what a browser shows, as small WebP files."""

from __future__ import annotations

import io
from importlib import import_module
from pathlib import Path
from typing import Any

QUALITY, FILM_QUALITY = 70, 58
DENSITY = 1.25
"""Pixels of a picture for each of the page's: letters stay sharp on dense screens."""
PATIENCE = 120_000
"""Milliseconds for what is to be seen, on a busy machine."""
SETTLES = 700
"""Milliseconds until nothing moves any more."""


class Camera:
    """Takes pictures of pages in one colour scheme, into one folder."""

    def __init__(self, browser: Any, folder: Path, scheme: str) -> None:
        self._browser, self._folder, self._scheme = browser, folder, scheme

    def page(self, width: int, height: int) -> Any:
        """A fresh page of this size."""
        page = self._browser.new_page(
            viewport={"width": width, "height": height},
            color_scheme=self._scheme,
            reduced_motion="reduce",
            device_scale_factor=DENSITY,
        )
        page.set_default_timeout(PATIENCE)
        return page

    def path(self, name: str) -> Path:
        """The file of a picture in this scheme."""
        return self._folder / f"{name}-{self._scheme}.webp"

    def shoot(self, shown: Any, name: str, **clip: Any) -> None:
        """One picture of a page, or of a part of it."""
        getattr(shown, "page", shown).wait_for_timeout(SETTLES)
        save([(shown.screenshot(**clip), 0)], self.path(name))

    def shoot_down_to(self, page: Any, last: Any, name: str, *, below: int = 16) -> None:
        """A page from its top to the end of this part of it, whose margin is ``below``."""
        page.wait_for_timeout(SETTLES)
        end = last.evaluate("part => part.getBoundingClientRect().bottom + scrollY") + below
        clip = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": end}
        save([(page.screenshot(full_page=True, clip=clip), 0)], self.path(name))


def save(frames: list[tuple[bytes, int]], path: Path) -> None:
    """PNG frames, each with its milliseconds, as one WebP: a still, or a film that plays for ever."""
    image = import_module("PIL.Image")
    first, *others = (image.open(io.BytesIO(taken)).convert("RGB") for taken, _ in frames)
    if others:
        durations = [shown for _, shown in frames]
        film = {"save_all": True, "append_images": others, "duration": durations, "loop": 0}
        first.save(path, quality=FILM_QUALITY, method=6, **film)
        return
    versions = [io.BytesIO(), io.BytesIO()]
    first.save(versions[0], "WEBP", quality=QUALITY, method=6)
    first.save(
        versions[1], "WEBP", lossless=True, quality=100, method=6
    )  # smaller, where there is little but text
    path.write_bytes(min((version.getvalue() for version in versions), key=len))
