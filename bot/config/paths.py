"""Paths in a section of the config: a relative one starts from the config file's folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

M = TypeVar("M", bound=BaseModel)
_START = re.compile(r"(maildir:|sqlite(?:\+\w+)?:///)(?!/|:memory:)(?=.)|(?=\.\.?/)", re.IGNORECASE)
_KEYS = ("_folder", "certificate", "private_key", "service_account", "logo")
"""How a key ends whose value is a path, whatever that begins with."""


def placed(section: M, folder: Path) -> M:
    """The section with paths relative to the config's folder made absolute.

    ``./x``, ``maildir:x``, ``sqlite:///x``, any Path, and the values of keys for files and folders.
    """
    values = {name: getattr(section, name) for name in type(section).model_fields}
    return section.model_copy(update={name: _there(name, value, folder) for name, value in values.items()})


def _there(name: str, value: Any, folder: Path) -> Any:
    if isinstance(value, Path):
        return folder / value
    if isinstance(value, str) and (start := _START.match(value)):
        return value[: start.end()] + os.path.normpath(folder / value[start.end() :])
    if isinstance(value, str) and value and name.endswith(_KEYS):
        return str(folder / value)
    if isinstance(value, BaseModel):
        return placed(value, folder)
    if isinstance(value, list):
        return [placed(item, folder) if isinstance(item, BaseModel) else item for item in value]
    if isinstance(value, dict):
        return {key: _there(key, item, folder) for key, item in value.items()}
    return value


def paths(value: Any) -> Iterator[Path]:
    """All absolute paths in a placed section, of files and folders that are there or not."""
    if isinstance(value, Path) or (isinstance(value, str) and value.startswith("/")):
        yield Path(value)
    elif isinstance(value, BaseModel):
        yield from paths(dict(value))
    elif isinstance(value, Mapping):
        yield from paths([*value.values()])
    elif isinstance(value, list | tuple):
        for item in value:
            yield from paths(item)
