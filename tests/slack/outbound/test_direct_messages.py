"""What one person is told in a direct message: moments in their own zone, and what they can do at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.slack.workspace.conversation import Message
from tests.support.houses.house import until
from tests.support.houses.office import Office, said

ANA, DESK = "Ana <ana@acme.example>", "support@example.com"


@pytest.fixture
def office(url: str, mode: str, tmp_path: Path) -> Iterator[Office]:
    with Office(url, tmp_path, mode=mode) as standing:
        standing.send(ANA, DESK, "No delivery", "It stopped.")
        standing.card()
        yield standing


def told(office: Office, words: str) -> Message:
    """What the manager was told in person with these words, once it is there."""
    talk = office.slack.people.open_dm("mia").id
    found = until(lambda: [message for message in office.messages(talk) if words in said(message)])
    assert found, f"nobody told the manager {words!r}"
    message: Message = found[0]
    return message


def labels(message: Message) -> list[str]:
    elements = [each for block in message.blocks if block["type"] == "actions" for each in block["elements"]]
    return [each["text"]["text"] for each in elements if each["type"] == "button"]


def concern(office: Office) -> Message:
    people = office.slack.people
    office.click("sam", "case_take", wait=5)
    people.slash("sam", "triage", "/case concern CS-000001 Nobody calls them.", wait=5)
    return told(office, "has raised a concern")


def test_a_manager_takes_a_concern_where_they_read_of_it(office: Office) -> None:
    message = concern(office)
    assert labels(message) == ["I take the concern", "Show the case"]
    people = office.slack.people
    people.click("mia", "case_acknowledge", channel=message.channel, ts=message.ts, wait=5)
    assert until(lambda: people.modal("mia")), "the form opens"
    people.submit("mia", "modal", wait=5)
    assert until(lambda: "concern taken" in office.history())


def test_below_the_card_nothing_repeats_its_buttons(office: Office) -> None:
    concern(office)
    assert until(lambda: "I take the concern" in labels(office.card()))
    below = office.in_thread("has raised a concern")
    assert not {"I take the concern", "Show the case"} & set(labels(below))


def test_a_moment_is_shown_in_each_readers_own_zone(office: Office) -> None:
    words = said(concern(office))
    assert "<!date^" in words
    assert "UTC>" in words, "for clients that cannot show it otherwise"
    assert "UTC" not in words.replace("UTC>", "")
