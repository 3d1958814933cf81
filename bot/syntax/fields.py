"""Fields of a new case: ``Name: value`` lines at its top."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol, TypedDict

from bot.languages.catalogue import every_of, languages
from bot.syntax import greetings
from bot.syntax.ids import ids, is_name

FIELDS = {
    word: field
    for language in languages().values()
    for field, words in language.field_names._asdict().items()
    for word in words
}
"""A word before the colon → the field."""
LEVELS = {
    level: (f"p{number}", *every_of(lambda language: language.priorities, level))
    for number, level in enumerate(("Blocker", "Critical", "Medium", "Low"), 1)
}
"""A priority of the usual list → what else it is called."""


class Choices(Protocol):
    """The choices: ``[lists]`` of the config."""

    @property
    def priorities(self) -> Sequence[str]: ...

    @property
    def types(self) -> Mapping[str, Sequence[str]]: ...

    @property
    def features(self) -> Sequence[str]: ...

    @property
    def id_names(self) -> Sequence[str]: ...

    @property
    def close_reasons(self) -> Mapping[str, str]: ...

    @property
    def concern_categories(self) -> Mapping[str, str]: ...


class Fields(TypedDict, total=False):
    """The values of fields; a missing key was not given."""

    priority: str
    type: str
    category: str
    feature: str
    ids: tuple[str, ...]


_LINE = re.compile(r"([^\W\d][\w /-]{1,30}?)[ \u00a0\u3000]*[:：](.*)")
_MOST_LINES = 20


def fields(text: str, lists: Choices) -> tuple[Fields, str]:
    """Read the field lines that ``text`` begins with, in any of our languages; return them and the rest.

    A line that names no field, or a value that is in no list, is text and stays in the rest.
    """
    lines = text.split("\n")
    values: Fields = {}
    lines_left: list[str] = []
    n = _after_greeting(lines)
    lines_left += lines[:n]
    while n < len(lines) and n < _MOST_LINES:
        line = lines[n].strip()
        match = _LINE.fullmatch(line) if len(line) < 200 else None
        name = _name(match.group(1), lists.id_names) if match else ""
        if line and not name:
            break
        if line and match and not _put(values, name, match.group(2).strip(), match.group(1), lists):
            lines_left.append(lines[n])
        n += 1
    if not values:
        return values, text
    _check_category(values, lists)
    return values, "\n".join([*lines_left, *lines[n:]]).strip("\n")


def _after_greeting(lines: Sequence[str]) -> int:
    """The line after a greeting, if a text begins with one."""
    written = [n for n, line in enumerate(lines[:5]) if line.strip()]
    start, _ = greetings.between(lines, written)
    return written[start] if start else 0


def is_field(line: str, id_names: Sequence[str]) -> bool:
    """Does a line begin with the name of a field, or of an id?"""
    match = _LINE.fullmatch(line.strip()) if len(line) < 200 else None
    return bool(match and _name(match.group(1), id_names))


def named(text: str) -> frozenset[str]:
    """The fields that lines near the top of a text name, whether or not their values are valid; no ids."""
    lines = (line.strip() for line in text.split("\n", _MOST_LINES)[:_MOST_LINES])
    matches = (_LINE.fullmatch(line) for line in lines if len(line) < 200)
    return frozenset(_name(match.group(1)) for match in matches if match) - {""}


def _name(word: str, id_names: Sequence[str] | None = None) -> str:
    """The field of this name, or ``""``; without ``id_names`` none is an id's."""
    word = " ".join(word.lower().split())
    return FIELDS.get(word, "") or ("ids" if id_names is not None and is_name(word, id_names) else "")


def _put(values: Fields, name: str, value: str, label: str, lists: Choices) -> bool:
    """Store a value if it is in its list (in the list's spelling); False if it is not."""
    if name == "priority":
        chosen = level(value, lists)
        if chosen:
            values["priority"] = chosen
        return bool(chosen)
    if name == "ids":
        new = ids(f"{label} {value}", lists.id_names)
        values["ids"] = tuple(dict.fromkeys((*values.get("ids", ()), *new)))
        return bool(new)
    if name == "feature":
        chosen = next((feature for feature in lists.features if feature.casefold() == value.casefold()), "")
        if chosen:
            values["feature"] = chosen
        return bool(chosen)
    choices = (
        lists.types if name == "type" else [c for categories in lists.types.values() for c in categories]
    )
    chosen = next((choice for choice in choices if choice.casefold() == value.casefold()), "")
    if chosen and name == "type":
        values["type"] = chosen
    elif chosen:
        values["category"] = chosen
    return bool(chosen)


def _check_category(values: Fields, lists: Choices) -> None:
    """Complete or drop the category: it implies its type if only one has it; another type drops it."""
    category = values.get("category", "")
    homes = [kind for kind, categories in lists.types.items() if category in categories]
    if category and "type" not in values and len(homes) == 1:
        values["type"] = homes[0]
    if category and values.get("type") not in homes:
        del values["category"]


def level(word: str, lists: Choices) -> str:
    """A priority as the list spells it, from its own or a usual word (``high``, ``hoch``); or ``""``."""
    word = word.strip(" .!").casefold()
    own = next((p for p in lists.priorities if p.casefold() == word), "")
    usual = next((p for p, words in LEVELS.items() if word in words), "")
    return own or (usual if usual in lists.priorities else "")
