"""What mail programs write around quotations and below letters, in some forty languages: ``languages.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

FIELDS = ("sender", "to", "copy", "sent", "subject", "reply")
"""The columns that name a header."""
TABLE: Mapping[str, Mapping[str, list[str]]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
"""Language, column, phrases in lower case."""


def words(column: str) -> tuple[str, ...]:
    """The phrases of a column in every language, longest first, each once."""
    found = {word for language in TABLE.values() for word in language.get(column, ())}
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


def field_names() -> Iterator[tuple[str, str, str]]:
    """Each name of a header: the name, its language, its column."""
    for name, language in TABLE.items():
        for column in FIELDS:
            yield from ((word, name, column) for word in language.get(column, ()))
