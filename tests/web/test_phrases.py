"""What the pages say: each language says all of it, and none of it in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jinja2.runtime import Macro

from bot.render.page_environment import page_environment
from bot.render.renderer import SHIPPED

LANGUAGES = sorted(path.parent.name for path in (SHIPPED / "web").glob("*/phrases.j2"))
OTHERS = pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])


def phrases(language: str) -> dict[str, Any]:
    said = vars(page_environment("web").get_template(f"{language}/phrases.j2").module)
    return {name: value for name, value in said.items() if name != "known" and not name.startswith("_")}


def shape(value: Any) -> Any:
    """What has to be the same in every language: a mapping's keys, a list's length, a macro's arguments."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    if isinstance(value, Macro):
        return value.arguments
    return [shape(one) for one in value] if isinstance(value, list) else ""


def sentences(value: Any) -> Iterator[str]:
    """All that is said with three words or more."""
    if isinstance(value, str):
        yield from (value,) * (len(re.findall(r"[^\W\d_]+", value)) >= 3)
    elif not isinstance(value, Macro):
        for one in value.values() if isinstance(value, dict) else value:
            yield from sentences(one)


@OTHERS
def test_a_language_has_every_phrase_and_every_key_of_every_mapping(language: str) -> None:
    assert shape(phrases(language)) == shape(phrases("en"))


@OTHERS
def test_no_english_is_left_over(language: str) -> None:
    assert set(sentences(phrases(language))) & set(sentences(phrases("en"))) == set()


@OTHERS
def test_a_step_calls_a_priority_what_the_page_calls_it(language: str) -> None:
    say = phrases(language)
    for step in ("priority changed", "priority requested"):
        assert say["word"]("Critical") in say["step"](step, "Sam", "Critical")
        assert "Urgent" in say["step"](step, "Sam", "Urgent")


@OTHERS
def test_no_phrase_is_empty_but_what_ends_a_sentence(language: str) -> None:
    for name, value in phrases(language).items():
        for one in value.values() if isinstance(value, dict) else [value]:
            assert one or name == "write_end", name
