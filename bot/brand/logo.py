"""The operator's logo: a picture file that pages may show."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

LARGEST = 256_000
"""Bytes: each page's reader fetches it once."""
_PICTURES = {
    "png": (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    "jpg": (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    "webp": (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    "svg": (
        re.compile(
            rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:(?:<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)\s*)*<svg[\s>]",
            re.DOTALL,
        ),
        "image/svg+xml",
    ),
}
_ACTIVE = re.compile(
    rb"<!entity|<!doctype[^>]*\[|<(?:\w+:)?(?:script|foreignobject|iframe|style[^>]*>[^<]*@import)|\son\w+\s*=|javascript:"
    rb"|href\s*=\s*[\"']\s*(?!#|data:image/)",
    re.IGNORECASE,
)
"""What does nothing within a picture on a page, and something where it is opened by itself."""


class UnfitLogo(ValueError):
    """A logo that cannot be shown; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that pages show."""

    name: str
    """In its address: another picture has another name."""
    kind: str
    """``image/png``"""
    data: bytes


def read_logo(file: Path) -> Logo:
    """The logo in a file. Raises ``UnfitLogo``."""
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise UnfitLogo(
            f"The logo {file} cannot be read ({error.strerror}); pages show the desk's name."
        ) from None
    if len(data) > LARGEST:
        raise UnfitLogo(
            f"The logo {file} has more than {LARGEST // 1000} kB; make it smaller. Pages show the desk's name."
        )
    for ending, (begins, kind) in _PICTURES.items():
        if begins.match(data):
            if ending == "svg" and _ACTIVE.search(data):
                raise UnfitLogo(
                    f"The logo {file} has scripts or links in it; save it as a plain SVG, or as a PNG."
                )
            return Logo(f"{hashlib.sha256(data).hexdigest()[:16]}.{ending}", kind, data)
    raise UnfitLogo(f"The logo {file} is no PNG, JPEG, WebP or SVG; pages show the desk's name.")
