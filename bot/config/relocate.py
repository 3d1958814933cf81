"""Relocating a config: its text with another store in it, all else as it was written."""

from __future__ import annotations

import tomlkit
from tomlkit.items import InlineTable


def relocated(text: str, *, url: str, files: str = "./files") -> str:
    """The text with ``[store] url`` and ``files`` set; what stood there is a comment behind it."""
    document = tomlkit.parse(text)
    if "store" not in document:
        document["store"] = tomlkit.table()
    store = document["store"]
    for key, value in (("url", url), ("files", files)):
        before = store.get(key)
        store[key] = value
        if before is not None and not isinstance(store, InlineTable):
            store[key].comment(f"before it was restored: {before}")
    return tomlkit.dumps(document)
