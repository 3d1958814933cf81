"""Relocating a config: its text with another store in it, all else as it was written."""

from __future__ import annotations

import tomlkit
from tomlkit.items import InlineTable


def relocated(text: str, *, url: str, files: str = "./files") -> str:
    """Return the text with the keys of ``[store]`` for a restored desk; former values become comments."""
    document = tomlkit.parse(text)
    if "store" not in document:
        document["store"] = tomlkit.table()
    store = document["store"]
    places = {"url": url, "files": files, **({"state_folder": "."} if "state_folder" in store else {})}
    for key, value in places.items():
        before = store.get(key)
        store[key] = value
        if before is not None and not isinstance(store, InlineTable):
            store[key].comment(f"before it was restored: {before}")
    return tomlkit.dumps(document)
