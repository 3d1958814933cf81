"""A specialist's words stand in a customer's channel under their own name and picture, where the app may use them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.slack.workspace.conversation import Message
from tests.support.houses.house import until
from tests.support.houses.office import Office, said

PICTURE = "https://avatars.example.com/sam_192.png"


@pytest.fixture
def office(url: str, tmp_path: Path) -> Iterator[Office]:
    with Office(url, tmp_path) as standing:
        standing.slack.workspace.users["U0SAM"].image = PICTURE
        yield standing


def answered(office: Office, words: str) -> list[Message]:
    """What stands below the customer's thread with these words, once something does."""
    people = office.slack.people
    people.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
    (home,) = until(lambda: [m for m in office.messages("acme") if "CS-000001" in said(m)])
    people.post("sam", "triage", f"!reply {words}", thread_ts=office.card().ts)
    assert until(lambda: [m for m in office.replies(home) if words in said(m)])
    office.settled()
    return [m for m in office.replies(home) if words in said(m)]


def test_an_answer_stands_under_the_specialists_name_and_picture(office: Office) -> None:
    (answer,) = answered(office, "It is the tag.")
    assert (answer.username, answer.icon_url) == ("Sam Specialist", PICTURE)
    assert office.history().count("answered") == 1, "what we said ourselves is not heard as somebody's words"


def test_without_the_scope_it_stands_once_under_the_apps_name_with_theirs_in_the_words(
    office: Office,
) -> None:
    office.slack.workspace.app.scopes.discard("chat:write.customize")
    (answer,) = answered(office, "It is the tag.")
    assert (answer.username, answer.icon_url) == ("", "")
    assert "Sam Specialist" in said(answer)
