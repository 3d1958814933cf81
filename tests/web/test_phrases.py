"""What the pages say of the steps of a case."""

from __future__ import annotations

import pytest

from bot.render.environment import page_environment
from tests.house.catalogs import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_step_calls_a_priority_what_the_page_calls_it(language: str) -> None:
    say = page_environment("web").get_template("texts.j2").make_module({"language": language})
    for step in ("priority changed", "priority requested"):
        assert str(say.word("Critical")) in str(say.step(step, "Sam", "Critical"))
        assert "Urgent" in str(say.step(step, "Sam", "Urgent"))
