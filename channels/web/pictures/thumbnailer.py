"""Makes one thumbnail: a program of its own with limits, for pictures are foreign bytes.

``python thumbnailer.py PATH TYPE WIDTH HEIGHT`` writes a WebP that fits into the size; anything but 0 means that it
could not be made. It needs Pillow, and imports nothing of ours.
"""

from __future__ import annotations

import os
import resource
import sys
from contextlib import suppress
from io import BytesIO
from pathlib import Path

DECODED = 64 << 20
"""Bytes for the decoded picture: 16 megapixels, of a JPEG many more, of a WebP a quarter."""
MOST_MEMORY = DECODED + (16 << 20)
"""Bytes of the whole process, besides its code."""
STRIP = 64
"""Rows of the reduced picture that are made at a time: a converted copy of the whole needs much memory."""
MOST_SECONDS = 10
"""Of CPU."""
BEHIND = 10
"""How much it is behind the desk's own work on the processor (``nice``)."""
FORMATS = {"image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP", "image/jpeg": "JPEG"}


def main(path: str, kind: str, width: str, height: str) -> None:
    """Write the thumbnail to standard output."""
    for name, most in (
        (resource.RLIMIT_DATA, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(name, (most, most))
    os.nice(BEHIND)
    with suppress(OSError):  # Linux alone has it: where memory runs out, this is killed, not the desk
        Path("/proc/self/oom_score_adj").write_text("1000\n")
    sys.stdout.buffer.write(thumbnail(path, kind, (int(width), int(height))))


def thumbnail(path: str, kind: str, box: tuple[int, int]) -> bytes:
    """The first frame of a picture, upright and without Exif; a part that is missing is grey."""
    from PIL import Image, ImageFile, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # whoever calls has looked at its header
    with Image.open(path, formats=[FORMATS[kind]]) as image:
        image.draft("RGB", (box[0] * 2, box[1] * 2))  # a JPEG is decoded no larger than that
        try:
            image.load()
        except OSError as error:
            if "truncated" not in str(error):  # a JPEG that needs too much memory would be black
                raise
            ImageFile.LOAD_TRUNCATED_IMAGES = True
        mode = "RGBA" if image.has_transparency_data else "RGB"
        scale = min(max(image.width / x, image.height / y) for x, y in (box, box[::-1]))  # it may be turned
        factor = int(scale / 2) or 1
        small = Image.new(mode, (-(-image.width // factor), -(-image.height // factor)))
        for top in range(0, image.height, STRIP * factor):
            strip = image.crop((0, top, image.width, min(top + STRIP * factor, image.height)))
            small.paste(strip.convert(mode).reduce(factor), (0, top // factor))
        small.info = image.info
        ImageOps.exif_transpose(small, in_place=True)
        small.thumbnail(box)
        small.info.clear()
        target = BytesIO()
        small.save(target, "WEBP", quality=80, method=4, exif=b"", icc_profile=b"", xmp=b"")
        return target.getvalue()


if __name__ == "__main__":
    main(*sys.argv[1:])
