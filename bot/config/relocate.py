"""Relocating a config: its text with another store in it, all else as it was written."""

from __future__ import annotations

import re

from bot.config.literals import literal

_TABLE = re.compile(r"^\s*\[", re.MULTILINE)
_STORE = re.compile(r"^\s*\[store\][^\S\n]*(#.*)?$", re.MULTILINE)


def relocated(text: str, *, url: str, files: str = "./files") -> str:
    """The text with ``[store] url`` and ``files`` set; what stood there stays as a comment."""
    lines = f"url = {literal(url)}\nfiles = {literal(files)}\n"
    start = _STORE.search(text)
    if start is None:
        return f"{text.rstrip()}\n\n[store]\n{lines}"
    after = _TABLE.search(text, start.end())
    end = after.start() if after else len(text)
    body = re.sub(
        r"^([^\S\n]*(?:url|files)\s*=.*)$",
        r"# before it was restored: \1",
        text[start.end() : end],
        flags=re.MULTILINE,
    )
    return f"{text[: start.end()]}\n{lines}{body.removeprefix(chr(10))}{text[end:]}"
