"""Config errors in words: which key, what is wrong with it, and what was perhaps meant."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from bot.config.lines import KeyPlaces
from bot.config.service_levels import mistakes as of_levels
from bot.model.channel_profile import ChannelProfile

PREFIX = "CASEBOT_"


class ConfigMistakes(Exception):
    """The config cannot be used; ``mistakes`` has a sentence for each reason, with its key."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


def of_tables(
    table: type[BaseModel],
    written: Mapping[str, Any],
    merged: Any,
    *,
    environment: Mapping[str, Any],
    places: KeyPlaces,
) -> Iterator[str]:
    """The mistakes in the file and in the environment.

    What the file says must be right as it is written there: a number is no string. The environment knows
    only strings, so numbers are read out of them; it may supply what the file lacks.
    """
    whole = _errors(lambda: table.model_validate(merged))
    open_ = {e["loc"] for e in whole}
    reported = set()
    for e in _errors(lambda: table.model_validate_json(json.dumps(written, default=str), strict=True)):
        if not _made_good(e, environment, open_):
            reported.add(e["loc"])
            yield f"{places.at(e['loc'])}: {key_name(e['loc'])}: {_why(table, e)}"
    for e in whole:
        here = value_at(environment, e["loc"])
        misnamed = e["type"] == "tuple_type" and isinstance(here, dict)  # bot/config/environment.py says so
        if not misnamed and (e["loc"] not in reported or isinstance(here, (str, list))):
            yield f"{variable(e['loc'])}: {_why(table, e)}"


def _errors(validate: Callable[[], object]) -> list[Any]:
    try:
        validate()
    except ValidationError as error:
        return list(error.errors())
    return []


def _made_good(error: Any, environment: Mapping[str, Any], still: Collection[Any]) -> bool:
    """Does the environment supply what the file lacks: the key itself, or one that its table requires?"""
    here = value_at(environment, error["loc"])
    return here is not None and (
        error["type"] == "missing" or (isinstance(here, dict) and error["loc"] not in still)
    )


def value_at(value: Any, loc: Iterable[int | str]) -> Any:
    """The environment's value there, or None."""
    for step in loc:
        if isinstance(value, list) and isinstance(step, int):
            value = value[step] if step < len(value) else None
        elif isinstance(value, dict):
            value = value.get(str(step))
        elif value is not None:
            return value
    return value


def variable(loc: Iterable[int | str]) -> str:
    """The variable of a key: ``("store", "url")`` → ``CASEBOT_STORE__URL``."""
    return f"{PREFIX}{'__'.join(map(str, loc)).upper()}"


def of_the_whole(
    merged: Mapping[str, Any],
    listed: Mapping[str, Collection[str]],
    *,
    profiles: Mapping[str, ChannelProfile],
) -> Iterator[str]:
    """Mistakes between values that are valid by themselves; ``merged`` is read as it was written.

    ``listed``: the ``types`` and ``priorities`` that can be chosen.
    """
    names = ("staff", "mailbox", "account", "calendar", "service_level", "turns")
    staff, boxes, accounts, calendars, levels, turns = (_rows(merged, name) for name in names)
    mails = {str(person.get("mail", "")).lower() for person in staff}
    for n, person in enumerate(staff, 1):
        if (boss := str(person.get("manager", "")).lower()) and boss not in mails:
            yield f"staff[{n}].manager: {boss} is nobody in [[staff]]"
    desk = merged.get("desk")
    if isinstance(desk, dict) and (duty := str(desk.get("duty_manager", "")).lower()) and duty not in mails:
        yield f"desk.duty_manager: {duty} is nobody in [[staff]]"
    for n, box in enumerate(boxes, 1):
        if (kind := str(box.get("default_type", ""))) and kind not in listed["types"]:
            yield f"mailbox[{n}].default_type: {kind} is not in lists.types"
    yield from _of_turns(turns, mails, listed["types"], channels=profiles)
    for name, profile in profiles.items():
        yield from _shared_places(merged, accounts, name, profile)
    yield from of_levels(calendars, levels, accounts, staff=staff, priorities=listed["priorities"])
    unique = (
        ("mailbox.address", boxes),
        ("staff.mail", staff),
        ("account.name", accounts),
        ("calendar.name", calendars),
        ("service_level.name", levels),
        ("turns.name", [{"name": "turns", **row} for row in turns]),
    )
    for name, rows in unique:
        values = [str(row.get(name.partition(".")[2], n)).lower() for n, row in enumerate(rows)]
        yield from (
            f"{name}: {value} is there twice" for value in sorted({*values}) if values.count(value) > 1
        )


def _of_turns(
    turns: list[Mapping[str, Any]],
    mails: Collection[str],
    types: Collection[str],
    *,
    channels: Collection[str],
) -> Iterator[str]:
    for n, row in enumerate(turns, 1):
        people = (str(mail).lower() for mail in _listed(row.get("people")))
        yield from (
            f"turns[{n}].people: {mail} is nobody in [[staff]]" for mail in people if mail not in mails
        )
        doors = (door for door in map(str, _listed(row.get("channels"))) if "/" not in door)
        strange = [door for door in doors if door not in channels]
        names = ", ".join(channels)
        yield from (f"turns[{n}].channels: {door} is no place, and none of {names}" for door in strange)
        kinds = map(str, _listed(row.get("types")))
        yield from (f"turns[{n}].types: {kind} is not in lists.types" for kind in kinds if kind not in types)


def _shared_places(
    merged: Mapping[str, Any], accounts: list[Mapping[str, Any]], channel: str, profile: ChannelProfile
) -> Iterator[str]:
    """What the desk says among itself must not be said where customers read."""
    theirs = {
        str(place).rpartition("/")[2].upper(): account.get("name", "")
        for account in accounts
        for place in _listed(_table(account, "places").get(channel))
    }
    for key, place in profile.desk_places(_table(merged, channel)).items():
        if place and (name := theirs.get(place.upper())):
            yield f"{channel}.{key}: {place} is a place of {name}'s (account.places): customers would read along"


def _table(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = of.get(name)
    return table if isinstance(table, dict) else {}


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _rows(merged: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = merged.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _why(table: type[BaseModel], error: Any) -> str:
    """A mistake in words; never with the value, which may be a secret."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        *above, last = error["loc"]
        return no_such(str(last), keys_at(table, above))
    if kind == "string_pattern_mismatch" and (examples := _at(table, error["loc"])[1]):
        return f"must look like {' or '.join(examples)}"
    words = {
        "missing": "is needed",
        **dict.fromkeys(
            ("int_type", "int_parsing", "int_parsing_size", "int_from_float"), "must be a whole number"
        ),
        "string_type": "must be text, in quotes",
        **dict.fromkeys(("bool_type", "bool_parsing"), "must be true or false"),
        **dict.fromkeys(("tuple_type", "list_type"), "must be a list, in square brackets"),
        **dict.fromkeys(
            ("model_type", "model_attributes_type", "dict_type", "mapping_type"),
            "must be a table of keys and values, as [store] is one",
        ),
        "literal_error": f"must be one of {context.get('expected', '')}",
        "greater_than_equal": f"must be {context.get('ge')} or more",
        "less_than_equal": f"must be {context.get('le')} or less",
        "string_too_short": "must not be empty",
        "too_short": f"must have {context.get('min_length')} or more in it",
        "too_long": f"must have {context.get('max_length')} or fewer in it",
        **dict.fromkeys(
            ("date_parsing", "date_from_datetime_parsing", "date_type"), "must be a day, as 2026-12-24"
        ),
    }
    return words.get(kind) or str(error["msg"]).removeprefix("Value error, ")


def no_such(key: str, keys: Iterable[str]) -> str:
    """The message about an unknown key, with the nearest of the known ones."""
    near = get_close_matches(key, list(keys), 1, 0.5)
    return f"there is no such key; did you mean {near[0]}?" if near else "there is no such key"


def keys_at(table: type[BaseModel], steps: Iterable[int | str]) -> Iterable[str]:
    """The keys of the model that ``steps`` lead to."""
    kind = _at(table, steps)[0]
    return kind.model_fields if isinstance(kind, type) and issubclass(kind, BaseModel) else ()


def _at(table: type[BaseModel], steps: Iterable[int | str]) -> tuple[Any, list[str]]:
    """The type of the value that ``steps`` lead to, and examples of it."""
    kind: Any = table
    examples: list[str] = []
    for step in steps:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            field = kind.model_fields.get(str(step))
            kind, examples = (field.annotation, field.examples or []) if field else (None, [])
        elif get_origin(kind) in (tuple, list):
            kind = get_args(kind)[0]
        elif get_origin(kind) is Mapping:
            kind = get_args(kind)[1]
        if get_origin(kind) is Annotated:
            kind, *more = get_args(kind)
            examples = [example for field in more for example in getattr(field, "examples", None) or []]
        if get_origin(kind) in (Union, UnionType):
            kind = next((k for k in get_args(kind) if isinstance(k, type) and issubclass(k, BaseModel)), None)
    return kind, examples


def key_name(loc: Iterable[int | str]) -> str:
    """A key as people write it: ``("staff", 0, "mail")`` → ``staff[1].mail``; they count from one."""
    return "".join(f"[{s + 1}]" if isinstance(s, int) else f".{s}" for s in loc).lstrip(".")
