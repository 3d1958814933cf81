"""Environment variables that begin as ours do and set nothing: misspelt ones are reported."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import get_origin

from pydantic import BaseModel

from bot.config.errors import PREFIX, keys_at, no_such, variable

_NUMBERED = re.compile(r"(\d{1,4})_+(.+)", re.ASCII)
"""``0_address``: what follows the name of a list of tables."""


def of_names(table: type[BaseModel]) -> Iterator[str]:
    """A sentence for each misspelt ``CASEBOT_…`` variable, which would be ignored."""
    for name in os.environ:
        if name.upper().startswith(PREFIX) and (why := _why(table, name)):
            yield f"{name}: {why}"


def _why(table: type[BaseModel], name: str) -> str:
    section, *keys = name.upper().removeprefix(PREFIX).lower().split("__")
    if section not in table.model_fields:
        if keys:
            return no_such(section, table.model_fields)
        key_path = _meant(table, section)
        return (
            f"is not read, because its parts need two underscores: {variable(key_path)}" if key_path else ""
        )
    if keys and not keys[0].isdigit() and get_origin(table.model_fields[section].annotation) is tuple:
        return f"there are several of these, counted from 0: {variable((section, 0, keys[-1]))} is the first one's"
    return ""


def _meant(table: type[BaseModel], key_name: str, steps: tuple[int | str, ...] = ()) -> tuple[int | str, ...]:
    """The key that a name with too few underscores means: ``store_url`` → ``("store", "url")``."""
    if numbered := _NUMBERED.fullmatch(key_name):
        return _meant(table, numbered[2], (*steps, int(numbered[1])))
    for key in keys_at(table, steps):
        if key_name == key:
            return (*steps, key) if steps else ()
        if key_name.startswith(f"{key}_") and (
            key_path := _meant(table, key_name[len(key) + 1 :], (*steps, key))
        ):
            return key_path
    return ()
