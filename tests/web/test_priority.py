"""Another priority on the web: one that there is, and why it is needed."""

from __future__ import annotations

import pytest

from tests.support.houses.browser import WebHouse, get
from tests.web.test_case import opened


@pytest.mark.parametrize(
    ("priority", "text", "wrong"),
    [
        ("Critical", "", {"why-wrong"}),
        ("Urgent", "It is the launch.", {"priority-wrong"}),
        ("Urgent", "", {"why-wrong", "priority-wrong"}),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_asked_of_the_desk(
    house: WebHouse, priority: str, text: str, wrong: set[str]
) -> None:
    link, _ = opened(house)
    page = get(link).send("priority", priority=priority, text=text)
    assert page.status == 422
    assert {have["id"] for _, have in page.tags if have.get("id", "").endswith("-wrong")} == wrong
    assert page.forms["priority"]["text"] == text
    assert house.history() == ["opened"]
    assert page.send("priority", priority="Critical", text="It is the launch.").status == 200
    assert house.history() == ["opened", "priority requested"]
