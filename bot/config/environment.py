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
    """A sentence for each ``CASEBOT_…`` that was meant for ``table``, and would be passed over."""
    for name in os.environ:
        if name.upper().startswith(PREFIX) and (why := _why(table, name)):
            yield f"{name}: {why}"


def _why(table: type[BaseModel], name: str) -> str:
    section, *keys = name.upper().removeprefix(PREFIX).lower().split("__")
    if section not in table.model_fields:
        if keys:
            return no_such(section, table.model_fields)
        meant = _meant(table, section)
        return f"is not read, because its parts need two underscores: {variable(meant)}" if meant else ""
    if keys and not keys[0].isdigit() and get_origin(table.model_fields[section].annotation) is tuple:
        return f"there are several of these, counted from 0: {variable((section, 0, keys[-1]))} is the first one's"
    return ""


def _meant(table: type[BaseModel], rest: str, steps: tuple[int | str, ...] = ()) -> tuple[int | str, ...]:
    """``store_url`` → ``("store", "url")``: the key that one underscore for two leads to, if it is one."""
    if numbered := _NUMBERED.fullmatch(rest):
        return _meant(table, numbered[2], (*steps, int(numbered[1])))
    for key in keys_at(table, steps):
        if rest == key:
            return (*steps, key) if steps else ()
        if rest.startswith(f"{key}_") and (found := _meant(table, rest[len(key) + 1 :], (*steps, key))):
            return found
    return ()
