"""What a specialist typed into the reply form is there again when it was closed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.slack.workspace.element import find
from tests.support.houses.house import until
from tests.support.houses.office import Office
from tests.support.setup import databases


@pytest.fixture(params=["socket", "http"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    with Office(databases.sqlite(tmp_path), tmp_path, mode=request.param) as standing:
        standing.send("Ana <ana@acme.example>", "support@example.com", "Deal", "It stopped delivering.")
        standing.card()
        yield standing


def form(office: Office) -> Any:
    """The reply form, opened anew: the text in it, or None."""
    assert office.click("sam", "case_reply", wait=5).modal
    view = office.slack.people.modal("sam")
    assert view
    found = find(view.body["blocks"], action_id="typed")
    assert found
    return found[1].get("initial_value")


def test_a_closed_form_comes_back_with_what_was_typed_until_it_is_sent(office: Office) -> None:
    people = office.slack.people
    assert form(office) is None
    people.type_into("sam", "modal", "text", "Please look at the tag.", wait=5)
    people.close_view("sam", "modal", all=True)
    assert until(lambda: form(office) == "Please look at the tag.")
    assert not people.submit("sam", "modal", wait=5).errors
    assert people.submit("sam", "modal", wait=5).acked
    assert office.mails("ana@", count=2)
    assert form(office) is None


def test_a_draft_is_discarded(office: Office) -> None:
    people = office.slack.people
    form(office)
    people.type_into("sam", "modal", "text", "Never mind.", wait=5)
    people.close_view("sam", "modal", all=True)
    assert until(lambda: form(office) == "Never mind.")
    assert people.click("sam", "draft_discard", view="modal", wait=5).acked
    people.type_into("sam", "modal", "text:1", "Look here.", wait=5)
    people.submit("sam", "modal", wait=5)
    assert people.submit("sam", "modal", wait=5).acked
    assert "Look here." in str(office.mails("ana@", count=2)[-1])
    assert form(office) is None
