"""Every view, card and list that Slack shows can be said in the reader's language: no English is left in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.config import choices
from channels.slack import samples
from channels.slack.samples import ViewSample, views
from channels.slack.text.i18n import translating
from tests.house.veil import bare, say

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


def texts(thing: Any) -> Iterator[str]:
    """All that is read in blocks, on screen or by a screen reader."""
    if isinstance(thing, dict):
        if thing.get("type") in ("plain_text", "mrkdwn"):
            yield thing["text"]
        yield from (thing[key] for key in ("accessibility_label", "alt_text") if key in thing)
        thing = list(thing.values())
    for part in thing if isinstance(thing, list) else ():
        yield from texts(part)
