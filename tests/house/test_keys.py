"""Every setting is documented, and nothing else is: the settings, `config.example.toml` and the page of keys agree."""

from __future__ import annotations

import re
import runpy
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bot.channel.installed import sections
from bot.config.load import sources_of

HOME = Path(__file__).parents[2]
EXAMPLE = (HOME / "config.example.toml").read_text("utf-8")
HEADING = re.compile(r"(?m)^##+ `\[([\w.]+)\]`$")
ROW = re.compile(r"(?m)^\| `([^`]+)` \| `.*` \| (.*) \|$")


def models(of: Any) -> Iterator[type[BaseModel]]:
    """The models in a field's type: ``tuple[StaffSection, ...]``, ``Imap | None``."""
    if isinstance(of, type) and issubclass(of, BaseModel):
        yield of
    else:
        for part in get_args(of):
            yield from models(part)


def sections_of(table: type[BaseModel], name: str = "") -> Iterator[tuple[str, set[str]]]:
    """Each section with its keys; what is written within a line (``addresses = { slack = … }``) is a key."""
    keys = set()
    for key, field in table.model_fields.items():
        (inner,) = [*models(field.annotation)] or [None]
        if inner is None or inner.__name__ == "ByChannel" or not inner.model_fields:
            keys.add(key)
        else:
            yield from sections_of(inner, f"{name}.{key}".removeprefix("."))
    if name:
        yield name, keys


def written(text: str) -> dict[str, Any]:
    """The example with all that is a comment in it switched on."""
    return tomllib.loads(re.sub(r'^# (?=\[|(?:\w+|"[^"]+") = )', "", text, flags=re.MULTILINE))


def tables(values: Mapping[str, Any], name: str = "") -> Iterator[tuple[str, set[str]]]:
    """Each table of a TOML file with its keys."""
    rows = {key: value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
            for key, value in values.items()}  # fmt: skip
    for key, value in rows.items():
        if isinstance(value, dict):
            yield from tables(value, f"{name}.{key}".removeprefix("."))
    if name:
        yield name, set(rows)


def shown() -> dict[str, dict[str, str]]:
    """The page of keys: section → key → what is said of it."""
    page = runpy.run_path(str(HOME / "docs" / "conf.py"))["keys"]()
    _, *parts = HEADING.split(page)
    return {
        name: {key.strip('"'): words.strip() for key, words in ROW.findall(rows)}
        for name, rows in zip(parts[::2], parts[1::2], strict=True)
    }


SETTINGS = dict(sections_of(sources_of(None, sections()).table))
INLINE = ("staff.addresses", "account.places", "account.opens")
MAPS = {name for name, _ in tables(written(EXAMPLE))} - {*SETTINGS, *INLINE}
"""Tables whose keys are an operator's own words: types, reasons, emoji."""
PLAIN = {"calendar.hours"}
"""Of these the heading says all."""


def inner(name: str) -> set[str]:
    """The tables within a section."""
    names = (other.rpartition(".") for other in {*SETTINGS} | MAPS)
    return {key for outer, _, key in names if outer == name}


def test_there_are_settings() -> None:
    assert len(SETTINGS) > 20
    assert {"mailbox.imap", "email.sign_in", "slack", "concern", "turns"} <= {*SETTINGS}


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_the_example_has_each_setting_and_no_other(name: str) -> None:
    assert dict(tables(written(EXAMPLE)))[name] - inner(name) == SETTINGS[name] - inner(name)


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_the_page_of_keys_has_each_setting_and_says_what_it_is_for(name: str) -> None:
    assert {*shown()[name]} == SETTINGS[name] - inner(name)
    assert name in PLAIN or [key for key, words in shown()[name].items() if not words] == []


def test_what_is_an_operators_own_has_a_heading_of_its_own_on_the_page() -> None:
    assert {*shown()} == {*SETTINGS} | MAPS


def test_a_setting_that_the_example_lacks_would_be_missed() -> None:
    without = EXAMPLE.replace("gather = 120", "")
    assert SETTINGS["desk"] - dict(tables(written(without)))["desk"] == {"gather"}
