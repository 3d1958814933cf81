"""Stories of what waits to be sent while somebody else does something: a colleague, or the customer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.slack.workspace.conversation import Message
from tests.stories.test_undo import ANA, LONG, UNDONE, WAITS, marked, opened, undo, whispered
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said


@pytest.fixture
def office(url: str, tmp_path: Path) -> Iterator[Office]:
    with Office(url, tmp_path, undo=LONG) as standing:
        yield standing


def below(office: Office, user: str, text: str) -> Message:
    """What somebody of the desk types below the card."""
    return office.slack.people.post(user, "triage", text, thread_ts=office.card().ts)


def test_undo_takes_back_ones_own_words_first_and_then_a_colleagues(office: Office) -> None:
    opened(office)
    own = below(office, "sam", "!reply Sam's words.")
    whispered(office, "sam", "in 30 seconds.")
    other = below(office, "mia", "!reply Mia's words.")
    whispered(office, "mia", "in 30 seconds.")
    below(office, "sam", "!undo")
    whispered(office, "sam", "Taken back: nothing was sent.")
    assert marked(office, own, UNDONE)
    assert marked(office, other, WAITS)
    below(office, "sam", "!undo")
    whispered(office, "sam", "Taken back: nothing of what Max Manager wrote was sent.")
    assert marked(office, other, UNDONE)
    assert "that Max Manager wrote" in said(office.in_thread("to be sent that"))
    assert office.nothing("ana@")
