"""Every view, card and list that Slack shows can be said in the reader's language: no English is left in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from bot.config import choices
from bot.model.translatable import saying
from bot.notices.catalogue import NOTICES
from bot.template_check.lint import TemplateLint
from channels.slack import samples
from channels.slack.samples import ViewSample, views
from channels.slack.text.i18n import translating
from channels.slack.text.message import ACCEPT
from channels.slack.workspace.settings import Settings
from tests.house.inventory import inventory
from tests.house.test_sayings import LANGUAGES, RENDERER
from tests.house.veil import bare, say

PROOFS = TemplateLint()
NAMED_BUTTONS = [
    ("unverified", (ACCEPT, "Spam")),
    ("concern raised", ("I take the concern",)),
    ("priority requested", ("Grant…", "Decline…")),
]
"""What notices in a chat name of the buttons that stand beside them."""
LISTS = choices.ListsSection(features=["Delivery"], types={"Reporting": ("Discrepancy",), "API": ()})
PEOPLE = (
    *LISTS.features,
    *LISTS.types,
    "Discrepancy",
    "CS Ana Lima Bea Ben Sam Acme Support Slack Order Late Cakes Conni One file Bo left was added",
    "Beta Friday 14:30, 3 days",
    *(str(value) for value in vars(samples).values() if not callable(value)),
    "It stopped. What was typed. It is closed. It is done. Please try again. A placeholder is unknown. It was",
    "It was the filter. It is solved. is yours 3 cases 1 case Order no. 4711 is late Order number 4711 a like subject",
)
"""What people and operators say in the samples, and what the desk has answered in them."""


def shown() -> list[ViewSample]:
    with translating(say):
        return list(views(LISTS))


def test_no_english_is_left_in_any_view() -> None:
    every = shown()
    assert len(every) > 60
    left = {view.name: bare(texts(json.loads(json.dumps(view.body))), PEOPLE) for view in every}
    assert {name: words for name, words in left.items() if words} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_cut_where_slack_lets_it_stand(language: str) -> None:
    """A title takes 24 characters, a label 75: what is longer would end in dots."""
    translate = partial(RENDERER.in_words, language=language)
    whole = "\n".join(translate(saying(sentence)) for sentence in inventory())
    with translating(translate):
        lines = {line for view in views(LISTS) for text in texts(view.body) for line in text.splitlines()}
    assert lines
    assert {line for line in lines if line.endswith("…") and line not in whole} == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "labels"), NAMED_BUTTONS)
def test_a_notice_calls_a_button_as_it_is_called(language: str, name: str, labels: tuple[str, ...]) -> None:
    marked = PROOFS.words(NOTICES[name], language, markup=Settings.PROFILE.markup).marked
    missing = [label for label in labels if f"*{RENDERER.in_words(saying(label), language)}*" not in marked]
    assert PROOFS.source(NOTICES[name], language) is None or missing == []


def texts(thing: Any) -> Iterator[str]:
    """All that is read in blocks, on screen or by a screen reader."""
    if isinstance(thing, dict):
        if thing.get("type") in ("plain_text", "mrkdwn"):
            yield thing["text"]
        yield from (thing[key] for key in ("accessibility_label", "alt_text") if key in thing)
        thing = list(thing.values())
    for part in thing if isinstance(thing, list) else ():
        yield from texts(part)
