"""The size of a picture is read from its first bytes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from channels.web.pictures.picture_header import LONGEST_SIDE, MOST_BYTES, MOST_PIXELS, read

TURNED = Image.Exif()
TURNED[0x112] = 6


def saved(file: Path, format: str, size: tuple[int, int] = (301, 7), **options: Any) -> Path:
    Image.new("P", size).convert("RGB").save(file, format, **options)
    return file


@pytest.mark.parametrize(
    ("format", "options"),
    [
        *(("PNG", {}), ("GIF", {}), ("JPEG", {}), ("JPEG", {"progressive": True})),
        *(("WEBP", {}), ("WEBP", {"lossless": True}), ("WEBP", {"exif": TURNED})),
    ],
)
def test_formats(format: str, options: dict[str, Any], tmp_path: Path) -> None:
    file = saved(tmp_path / "picture", format, **options)
    picture = read(file)
    assert picture is not None
    assert (picture.type, picture.size) == (f"image/{format.lower()}", file.stat().st_size)
    assert (picture.width, picture.height) == (301, 7)
    assert picture.within(30, 30) == (30, 1)


@pytest.mark.parametrize("marked", [{"exif": TURNED}, {"exif": TURNED, "dpi": (300, 300)}])
def test_a_photo_on_its_side(marked: dict[str, Any], tmp_path: Path) -> None:
    picture = read(saved(tmp_path / "photo", "JPEG", **marked))
    assert picture is not None
    assert (picture.width, picture.height) == (7, 301)


@pytest.mark.parametrize("format", ["PNG", "GIF", "JPEG", "WEBP"])
def test_the_beginning_of_a_picture_is_none(format: str, tmp_path: Path) -> None:
    whole = saved(tmp_path / "whole", format).read_bytes()
    (tmp_path / "part").write_bytes(whole[:9])
    assert read(tmp_path / "part") is None
    assert read(tmp_path / "missing") is None


def test_pictures_that_are_too_large_are_none(tmp_path: Path) -> None:
    sides = {
        "wide": (LONGEST_SIDE, 1),
        "wider": (LONGEST_SIDE + 1, 1),
        "many": (MOST_PIXELS // 5_000 + 1, 5_000),
    }
    assert [name for name, side in sides.items() if read(saved(tmp_path / name, "PNG", side))] == ["wide"]
    for size in (MOST_BYTES, MOST_BYTES + 1):
        file = saved(tmp_path / str(size), "PNG")
        os.truncate(file, size)
        assert (read(file) is None) == (size > MOST_BYTES)
