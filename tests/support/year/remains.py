"""What is left of words in any row of a desk's store, in whatever way they are written there."""

from __future__ import annotations

from collections.abc import Iterable

from store.engine.columns import metadata
from tests.privacy.traces import spellings
from tests.support.houses.desk import TestDesk


class Remains:
    """Looks through all tables at once."""

    def __init__(self, desk: TestDesk) -> None:
        self._desk = desk

    def of(self, words: Iterable[str]) -> list[tuple[str, str]]:
        """Which of the words stand in which column."""
        columns = self._columns()
        return [
            (each, column)
            for each in sorted(words)
            for column, content in columns.items()
            if any(spelling.lower() in content for spelling in spellings(each))
        ]

    def _columns(self) -> dict[str, bytes]:
        """All that each column has, in lower case."""
        contents: dict[str, list[bytes]] = {}
        with self._desk.app.database.reading() as tx:
            for table in metadata.sorted_tables:
                for row in tx.rows(table.select()):
                    for name, value in row._mapping.items():
                        raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                        contents.setdefault(f"{table.name}.{name}", []).append(raw.lower())
        return {column: b"\n".join(parts) for column, parts in contents.items()}
