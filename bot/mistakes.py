"""Mistakes in the config, in words that say which key, what is wrong with it, and what was perhaps meant."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from bot.levels import mistakes as of_levels

PREFIX = "CASEBOT_"


class ConfigMistakes(Exception):
    """The config cannot be used; ``mistakes`` has a sentence for each reason, with its key."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


def of_file(table: type[BaseModel], written: Mapping[str, Any], file: Path | None) -> Iterator[str]:
    """What the file says must be right as it is written there: a number is no string."""
    try:
        table.model_validate_json(json.dumps(written, default=str), strict=True)
    except ValidationError as error:
        yield from (f"{file}: {_key(e['loc'])}: {_why(table, e)}" for e in error.errors())


def of_environment(table: type[BaseModel], merged: Any, told: Mapping[str, Any]) -> Iterator[str]:
    """The environment knows only strings, so numbers are read out of them here."""
    for variable in os.environ:
        section = variable.upper().removeprefix(PREFIX).split("__")[0].lower()
        if variable.upper().startswith(PREFIX) and "__" in variable and section not in table.model_fields:
            yield f"{variable}: {_no_such(section, table.model_fields)}"
    try:
        table.model_validate(merged)
    except ValidationError as error:
        for e in error.errors():
            if _told(told, e["loc"]):
                yield f"{PREFIX}{'__'.join(map(str, e['loc'])).upper()}: {_why(table, e)}"


def _told(told: Any, loc: tuple[int | str, ...]) -> bool:
    for step in loc:
        if not isinstance(told, dict):
            return True
        if str(step) not in told:
            return False
        told = told[str(step)]
    return True


def of_the_whole(merged: Mapping[str, Any], listed: Mapping[str, Collection[str]]) -> Iterator[str]:
    """What is right by itself, and wrong beside the rest; ``merged`` is looked at as it was written.

    ``listed``: the ``types`` and ``priorities`` that can be chosen.
    """
    names = ("staff", "mailbox", "account", "calendar", "service_level")
    staff, boxes, accounts, calendars, levels = (_rows(merged, name) for name in names)
    known = {str(person.get("mail", "")).lower() for person in staff}
    for n, person in enumerate(staff, 1):
        if (boss := str(person.get("manager", "")).lower()) and boss not in known:
            yield f"staff[{n}].manager: {boss} is nobody in [[staff]]"
    desk = merged.get("desk")
    if isinstance(desk, dict) and (duty := str(desk.get("duty_manager", "")).lower()) and duty not in known:
        yield f"desk.duty_manager: {duty} is nobody in [[staff]]"
    for n, box in enumerate(boxes, 1):
        if (kind := str(box.get("default_type", ""))) and kind not in listed["types"]:
            yield f"mailbox[{n}].default_type: {kind} is not in lists.types"
    yield from _shared_boards(merged, accounts)
    yield from of_levels(calendars, levels, accounts, priorities=listed["priorities"])
    unique = (
        ("mailbox.address", boxes),
        ("staff.mail", staff),
        ("account.name", accounts),
        ("calendar.name", calendars),
        ("service_level.name", levels),
    )
    for name, rows in unique:
        values = [str(row.get(name.partition(".")[2], n)).lower() for n, row in enumerate(rows)]
        yield from (
            f"{name}: {value} is there twice" for value in sorted({*values}) if values.count(value) > 1
        )


def _shared_boards(merged: Mapping[str, Any], accounts: list[Mapping[str, Any]]) -> Iterator[str]:
    """What the desk says among itself must not be said where customers read."""
    slack = merged.get("slack")
    slack = slack if isinstance(slack, dict) else {}
    routes = slack.get("routes")
    desk = {"triage": slack.get("triage"), **(routes if isinstance(routes, dict) else {})}
    theirs = {
        str(place).rpartition("/")[2].upper(): account.get("name", "")
        for account in accounts
        for place in _listed(account.get("slack_channels"))
    }
    for key, channel in desk.items():
        if channel and (name := theirs.get(str(channel).upper())):
            where = "slack.triage" if key == "triage" else f"slack.routes.{key}"
            yield f"{where}: {channel} is a channel of {name}'s (account.slack_channels): customers would read along"


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _rows(merged: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = merged.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _why(table: type[BaseModel], error: Any) -> str:
    """One mistake in words; never with the value, which may be a secret."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        *above, last = error["loc"]
        return _no_such(str(last), _keys_at(table, above))
    words = {
        "missing": "is needed",
        "int_type": "must be a whole number",
        "int_parsing": "must be a whole number",
        "int_from_float": "must be a whole number",
        "string_type": "must be text, in quotes",
        "bool_type": "must be true or false",
        "tuple_type": "must be a list, in square brackets",
        "literal_error": f"must be one of {context.get('expected', '')}",
        "greater_than_equal": f"must be {context.get('ge')} or more",
        "less_than_equal": f"must be {context.get('le')} or less",
        "string_too_short": "must not be empty",
        **dict.fromkeys(
            ("date_parsing", "date_from_datetime_parsing", "date_type"), "must be a day, as 2026-12-24"
        ),
    }
    return words.get(kind) or str(error["msg"]).removeprefix("Value error, ")


def _no_such(key: str, known: Iterable[str]) -> str:
    near = get_close_matches(key, list(known), 1, 0.5)
    return f"there is no such key; did you mean {near[0]}?" if near else "there is no such key"


def _keys_at(kind: Any, steps: Iterable[int | str]) -> Iterable[str]:
    """The keys of the model that ``steps`` lead to."""
    for step in steps:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = kind.model_fields[str(step)].annotation if str(step) in kind.model_fields else None
        elif get_origin(kind) in (tuple, list):
            kind = get_args(kind)[0]
        if get_origin(kind) in (Union, UnionType):
            kind = next((k for k in get_args(kind) if isinstance(k, type) and issubclass(k, BaseModel)), None)
    return kind.model_fields if isinstance(kind, type) and issubclass(kind, BaseModel) else ()


def _key(loc: Iterable[int | str]) -> str:
    """``("staff", 0, "mail")`` → ``staff[1].mail``: people count from one."""
    return "".join(f"[{s + 1}]" if isinstance(s, int) else f".{s}" for s in loc).lstrip(".")
