"""What Slack shows customers is there in every language, and fits where Slack lets it stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from bot.config import choices
from bot.render.translations import SHIPPED, Translations
from channels.slack.text.i18n import translating
from channels.slack.text.states import state_name
from channels.slack.views import (
    case_forms,
    case_opened,
    confirmation,
    new_case_form,
    reply_form,
    simple_forms,
)
from channels.slack.views.blocks import LABEL
from channels.slack.views.new_case_form import FormDraft
from tests.house.test_sayings import LANGUAGES, RENDERER

NUMBER = "CS-000123"


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_a_state_is_called_the_same_in_slack_in_mails_and_on_pages(language: str) -> None:
    words = Translations().words(language)
    for template in ("notices/common.j2", "web/texts.j2"):
        text = (SHIPPED / template).read_text("utf-8").split("set states = ", 1)[1].split(" %}", 1)[0]
        said = dict(re.findall(r'"(\w+)": _\("([^"]+)"\)', text))
        for state in ("new", "open", "resolved", "closed"):
            name = state_name(state)
            assert words.get(name, name) == words.get(said[state], said[state]), (template, state)


def test_what_stands_in_the_menu_of_priorities_is_not_said_again_below_it() -> None:
    blocks = new_case_form.new_case(LISTS, FormDraft(priority="Blocker"))["blocks"]
    (place,) = (number for number, block in enumerate(blocks) if block.get("block_id") == "priority")
    first, rest = LISTS.meanings["Blocker"].split(". ", 1)
    assert first in str(blocks[place])
    assert first not in str(blocks[place + 1])
    assert rest in str(blocks[place + 1])


@pytest.mark.parametrize(
    "meaning",
    [
        "Platform-wide or large-scale outage, essential functions unusable, no workaround. One user is no Blocker.",
        "word " * 40,
        "x" * 200,
        "サービス全体が停止しており、" * 9,
        *choices.MEANINGS.values(),
    ],
)
def test_a_meaning_is_divided_between_the_menu_and_what_stands_below_it(meaning: str) -> None:
    menu, below = new_case_form.brief(meaning), new_case_form.beyond(meaning)
    assert len(menu) <= LABEL
    joined = f"{menu.removesuffix(' …')}{below.removeprefix('…')}"
    assert re.sub(r"[\s,;:、]", "", joined) == re.sub(r"[\s,;:、]", "", meaning), (
        "nothing is lost or said twice"
    )


def views() -> Iterator[dict[str, Any]]:
    lists = LISTS
    for priority in lists.priorities:
        yield new_case_form.new_case(lists, FormDraft(priority=priority, type="Reporting"))
    yield case_opened.opened(NUMBER, "No delivery", meta="")
    yield reply_form.reply(NUMBER, meta="", preview=False)
    yield simple_forms.close(NUMBER, lists.close_reasons, meta="")
    yield from (form(NUMBER, meta="") for form in (simple_forms.reopen, simple_forms.attach))
    yield case_forms.concern(NUMBER, lists.concern_categories, meta="")
    yield from (
        case_forms.form(name, NUMBER, meta="", priorities=lists.meanings) for name in ("priority", "contact")
    )
    yield from (
        confirmation.done("It is done.", repeated=True),
        confirmation.not_done("No.", text="My words"),
    )


LISTS = choices.ListsSection(features=["Delivery"], types={"Reporting": ("Discrepancy",), "API": ()})
OPERATORS = {
    *LISTS.features,
    *LISTS.types,
    *(category for categories in LISTS.types.values() for category in categories),
    "+49 30 123456",
    "My words",
    "✅ It is done.",
    "🚫 No.",
}
"""What is an operator's own, or was said by people and the desk."""


def texts(thing: Any) -> Iterator[str]:
    if isinstance(thing, dict):
        if thing.get("type") in ("plain_text", "mrkdwn"):
            yield thing["text"]
        thing = list(thing.values())
    for one in thing if isinstance(thing, list) else ():
        yield from texts(one)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_cut_where_slack_lets_it_stand(language: str) -> None:
    english = {text for view in views() for text in texts(view)}
    with translating(partial(RENDERER.in_words, language=language)):
        said = [text for view in views() for text in texts(view)]
    assert [text for text in said if text.endswith("…")] == []
    assert english & set(said) - OPERATORS <= {"Name", "Type", "Description"}


def fields_of(view: dict[str, Any]) -> dict[str, Any]:
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


def test_what_people_say_may_have_several_lines_and_everything_else_has_one() -> None:
    desks = [simple_forms.note(NUMBER, meta="")]
    desks += [
        case_forms.form(name, NUMBER, meta="")
        for name in case_forms.NAMES
        if name not in ("priority", "contact")
    ]
    inputs = [
        (name, element["multiline"])
        for view in (*views(), *desks)
        for name, element in fields_of(view).items()
        if element["type"] == "plain_text_input"
    ]
    assert {name for name, lines in inputs if lines} & {name for name, lines in inputs if not lines} == set()
    assert {name for name, lines in inputs if lines} == {"text"}
