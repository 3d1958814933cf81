"""Pictures as people send them: a phone's photograph, a screenshot, and files that only look like pictures."""

from __future__ import annotations

import random
import struct
import zlib
from io import BytesIO

from PIL import Image, ImageDraw

TURNED, PLACE = 0x0112, 0x8825
"""Tags of Exif: the orientation, and where the picture was taken (CIPA DC-008, 4.6)."""


def photograph(width: int = 4032, height: int = 3024, *, orientation: int = 1) -> bytes:
    """A JPEG with as much detail as a phone's, and with the place where it was taken."""
    eighth = width // 8, height // 8
    small = Image.frombytes("RGB", eighth, random.Random(1).randbytes(eighth[0] * eighth[1] * 3))
    exif = Image.Exif()
    exif[TURNED] = orientation
    exif[PLACE] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}
    return _saved(small.resize((width, height), Image.Resampling.BILINEAR), "JPEG", quality=90, exif=exif)


def screenshot(
    format: str = "PNG", *, width: int = 1280, height: int = 800, words: str = "Error 4711"
) -> bytes:
    """A window with a message in it."""
    image = Image.new("RGB", (width, height), "#eef1f4")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, width - 60, height - 60), fill="white", outline="#8793a0", width=3)
    draw.rectangle((60, 60, width - 60, 130), fill="#1d5fae")
    draw.text((90, 80), words, fill="white", font_size=32)
    for line in range(5):
        draw.rectangle((90, 180 + line * 60, width - 200 - line * 90, 200 + line * 60), fill="#ccd3da")
    return _saved(image, format)


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of a few bytes that a browser would make ten gigabytes of."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(100_000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def flat(width: int, height: int, *, bits: int = 8) -> bytes:
    """Return a PNG of one color, with transparency: a small file that needs much memory."""
    head = struct.pack(">IIBBBBB", width, height, bits, 6, 0, 0, 0)
    row, packer = bytes(1 + width * bits // 2), zlib.compressobj()
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    chunks = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def large_pictures() -> dict[str, bytes]:
    """Return pictures by file name, each of which needs much memory."""
    plain, noise = Image.new("RGB", (7000, 7000), "#1d5fae"), photograph(8000, 6000)
    made = {f"flat{bits}-{number}.png": flat(7000, 7000, bits=bits) for bits in (8, 16) for number in (1, 2)}
    made |= {f"plain.{format.lower()}": _saved(plain, format) for format in ("GIF", "WEBP", "PNG")}
    with Image.open(BytesIO(noise)) as image:
        made["progressive.jpg"] = _saved(image, "JPEG", progressive=True, quality=90, subsampling=0)
        made["cmyk.jpg"] = _saved(image.convert("CMYK"), "JPEG", progressive=True, quality=60)
    return made | {"photograph.jpg": noise}


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _saved(image: Image.Image, format: str, **how: object) -> bytes:
    target = BytesIO()
    image.save(target, format, **how)
    return target.getvalue()


SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><script>alert(1)</script></svg>"
