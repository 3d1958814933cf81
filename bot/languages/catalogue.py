"""All languages, read once from the files of this folder; a key that is not known is an error."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar, cast

from bot.languages.language import Entries, Language, Writing

FOLDER = Path(__file__).parent
_EMPTY = Language(formats=Writing())
"""Its sections say which keys there are, and of which type."""
_Record = TypeVar("_Record", bound=NamedTuple)
_Kind = TypeVar("_Kind")


class WrongLanguageFile(ValueError):
    """An invalid language file; the message says what is wrong, and where."""


@cache
def languages() -> Mapping[str, Language]:
    """Code → language, in the order of the codes."""
    return {
        file.stem: read(file.read_text(encoding="utf-8"), file.name) for file in sorted(FOLDER.glob("*.toml"))
    }


@cache
def mail_languages() -> Entries:
    """The codes of the languages in which people are written to."""
    return tuple(code for code, language in languages().items() if language.templates)


def every(part: Callable[[Language], Iterable[str]]) -> Entries:
    """The entries of all languages for this part, each once."""
    return tuple(dict.fromkeys(entry for language in languages().values() for entry in part(language)))


def longest_first(part: Callable[[Language], Iterable[str]]) -> Entries:
    """The entries of all languages, longest first, so that no phrase hides a longer one."""
    return tuple(sorted(every(part), key=lambda entry: (-len(entry), entry)))


def every_of(part: Callable[[Language], Mapping[str, Iterable[str]]], key: str) -> Entries:
    """The entries of all languages for this part under a key."""
    return every(lambda language: part(language).get(key, ()))


def read(text: str, name: str) -> Language:
    """A language from the text of its file; ``name`` is for the message. Raises ``WrongLanguageFile``."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongLanguageFile(f"{name}: {error}") from error
    language = _filled(_EMPTY, table, name)
    return language if "formats" in table else language._replace(formats=None)


def _filled(record: _Record, table: object, where: str) -> _Record:
    """The record with the values of a table."""
    fields = record._asdict()
    if unknown := [key for key in _table(table, where) if key not in fields]:
        raise WrongLanguageFile(f"{where} has no {', '.join(unknown)}. There are: {', '.join(fields)}")
    values = {
        key: _value(fields[key], value, f"{where}: {key}") for key, value in _table(table, where).items()
    }
    return record._replace(**values)


def _value(empty: object, value: object, where: str) -> object:
    """A value of the same type as the empty one."""
    if isinstance(empty, tuple):
        return _filled(cast(NamedTuple, empty), value, where) if empty else _entries(value, where)
    if isinstance(empty, dict):
        return {key: _entries(entries, f"{where}: {key}") for key, entries in _table(value, where).items()}
    if isinstance(empty, bool):
        return _typed(bool, value, f"{where} must be true or false")
    text = _typed(str, value, f"{where} must be a text")
    return frozenset(text.split()) if isinstance(empty, frozenset) else text


def _typed(kind: type[_Kind], value: object, why_not: str) -> _Kind:
    if not isinstance(value, kind):
        raise WrongLanguageFile(why_not)
    return value


def _table(value: object, where: str) -> Mapping[str, object]:
    return _typed(dict, value, f"{where} must be a section")


def _entries(value: object, where: str) -> Entries:
    """A list of texts, or a text with an entry on each line."""
    if isinstance(value, str):
        return tuple(line for line in value.splitlines() if line)
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise WrongLanguageFile(f"{where} must be a list of texts, or a text with one on each line")
    return tuple(value)
