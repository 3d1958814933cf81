"""The trade of most stories: advertising technology, by the preset that ships."""

from __future__ import annotations

import tomllib

from bot.config.choices import ListsSection
from bot.presets import catalogue

TEXT = catalogue.text("adtech")
"""Its ``[lists]``, as TOML."""
LISTS = ListsSection(**tomllib.loads(TEXT)["lists"])


def with_lists(config: str) -> str:
    """A config's text with these lists, unless it has lists of its own."""
    return config if "[lists" in config else f"{config}\n{TEXT}"
