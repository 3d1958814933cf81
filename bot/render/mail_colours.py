"""The colours of mail: html.j2 has signs where a brand's own stand.

Its parts are compiled once, for all mailboxes together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.brand.palette import Palette

_SIGN = re.compile(r"\x1a([afodgh])")
"""The door in lets no such character pass."""
_USUAL = {"a": "#1d5fae", "f": "#1d5fae", "o": "#ffffff", "d": "#7db4f5", "g": "#1d5fae", "h": "#ffffff"}
"""Accent, button, its text; and the same in the dark."""


def coloured(html: str, palette: Palette | None) -> str:
    """The mail in its brand's colours, or in the usual ones."""
    shades = _USUAL if palette is None else _shades(palette)
    return _SIGN.sub(lambda match: shades[match[1]], html)


def _shades(palette: Palette) -> Mapping[str, str]:
    light, dark = palette.light, palette.dark
    return {
        "a": light.accent,
        "f": light.fill,
        "o": light.on_fill,
        "d": dark.accent,
        "g": dark.fill,
        "h": dark.on_fill,
    }
