"""Line numbers of keys in a config file: ``tomllib`` reads it and says no word of where."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

KeyPath = tuple[int | str, ...]
_STEP = re.compile(r"\w+|\[\d+\]")
_NAMED = re.compile(r"([a-z]\w*(?:\[\d+\])?(?:\.\w+(?:\[\d+\])?)*): ", re.ASCII)


class KeyPlaces:
    """Where the keys of a config file stand; read when the first is asked for."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def at(self, path: Sequence[int | str]) -> str:
        """``config.toml:12``: of the key, else of the nearest table around it, else the file alone."""
        steps = tuple(path)
        while steps and steps not in self._lines:
            steps = steps[:-1]
        return f"{self._file}:{self._lines[steps]}" if steps else str(self._file)

    def of(self, path: Sequence[int | str]) -> str:
        """Likewise of the key itself; ``""`` if the file does not have it."""
        return self.at(path) if tuple(path) in self._lines else ""

    def before(self, mistake: str) -> str:
        """A sentence that begins with a key (``staff[1].manager: …``), with the place of that key before it."""
        named = _NAMED.match(mistake)
        place = self.of(key_path(named[1])) if named else ""
        return f"{place}: {mistake}" if place else mistake

    @cached_property
    def _lines(self) -> Mapping[KeyPath, int]:
        try:
            return lines(self._file.read_text(encoding="utf-8")) if self._file else {}
        except (OSError, ValueError):
            return {}


def key_path(key: str) -> KeyPath:
    """The path of a key as people write it: ``staff[1].mail`` → ``("staff", 0, "mail")``."""
    return tuple(int(step[1:-1]) - 1 if step[0] == "[" else step for step in _STEP.findall(key))


def lines(text: str) -> Mapping[KeyPath, int]:
    """The line of each key and table of a TOML document, counted from one.

    Raises ``ValueError`` if it is no TOML.
    """
    places: dict[KeyPath, int] = {}
    tables: Counter[KeyPath] = Counter()
    table: KeyPath = ()
    for line, statement in _statements(text):
        parsed = tomllib.loads(statement)
        if statement.startswith("["):
            table = _table(parsed, tables)
            for length in range(1, len(table) + 1):
                places.setdefault(table[:length], line)
        else:
            for path in _paths(parsed):
                places.setdefault((*table, *path), line)
    return places


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header, and each key with its value, which may have several lines."""
    start, statement = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if not statement and (not line.strip() or line.lstrip().startswith("#")):
            continue
        start, statement = (start, f"{statement}\n{line}") if statement else (number, line.lstrip())
        if _complete(statement):
            yield start, statement
            statement = ""


def _complete(statement: str) -> bool:
    try:
        tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _table(header: Any, tables: Counter[KeyPath]) -> KeyPath:
    """The path of a header's table; ``tables`` counts those of each ``[[list]]``."""
    path: KeyPath = ()
    while header:
        ((name, header),) = header.items()
        path = (*path, name)
        if isinstance(header, list):
            tables[path] += 1
            header = header[0]
        if tables[path]:
            path = (*path, tables[path] - 1)
    return path


def _paths(value: Any) -> Iterator[KeyPath]:
    """The path of each key in a value, of those within inline tables too."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (key,)
        yield from ((key, *path) for path in _paths(inner))
