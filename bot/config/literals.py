"""Literals: a text, a number or a boolean as TOML writes it."""

from __future__ import annotations

import json


def literal(value: str | float | bool) -> str:
    """The value as it stands behind ``=``; of what JSON escapes, TOML escapes DEL besides."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
