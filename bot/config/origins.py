"""The config as it is in force: each key, its value, and where that comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from bot.config.errors import key_name, value_at, variable
from bot.config.lines import KeyPath
from bot.config.literals import literal
from bot.config.load import Sources, sources_of

DEFAULT, HIDDEN = "default", "(hidden)"
_PASSWORD = re.compile(r"(?<=://)([^\s/:@]*):[^\s/@]*(?=@)")


@dataclass(frozen=True, slots=True)
class Setting:
    """One key. ``origin``: ``default``, ``config.toml:12``, or the environment variable."""

    key: str
    value: Any
    """As JSON knows it; a secret is hidden."""
    origin: str


def settings(path: Path | None, sections: Mapping[str, type[BaseModel]]) -> Iterator[Setting]:
    """Every key of a config that has no mistakes (``bot.config.load.read``), section by section."""
    sources = sources_of(path, sections)
    yield from _of(sources.table.model_validate(sources.merged), (), sources)


def _of(value: Any, path: KeyPath, sources: Sources) -> Iterator[Setting]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _of(getattr(value, name), (*path, name), sources)
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        for number, row in enumerate(value):
            yield from _of(row, (*path, number), sources)
    else:
        yield Setting(key_name(path), _plain(value), _origin(path, sources))


def _origin(path: KeyPath, sources: Sources) -> str:
    if value_at(sources.environment, path) is not None:
        return variable(path)
    return sources.places.of(path) or DEFAULT


def _plain(value: Any) -> Any:
    """A value without secrets, as JSON knows it."""
    if isinstance(value, SecretStr):
        return HIDDEN if value.get_secret_value() else ""
    if isinstance(value, str):
        return _PASSWORD.sub(r"\1:***", value)
    if isinstance(value, BaseModel):
        return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool | int | float | None) else str(value)


def shown(value: Any) -> str:
    """A value as a line of TOML has it."""
    if value is None:
        return "(not set)"
    if isinstance(value, dict):
        pairs = (
            f"{key if key.isidentifier() else literal(key)} = {shown(item)}" for key, item in value.items()
        )
        return f"{{ {', '.join(pairs)} }}" if value else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    return value if value == HIDDEN else literal(value)
