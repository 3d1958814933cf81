"""What somebody typed into a form is there again when it was closed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.slack.platform.interactions import Interactions, Place
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


def test_what_was_typed_last_is_kept_in_whatever_order_it_comes(office: Office) -> None:
    people, scene = office.slack.people, office.slack._scene
    form(office)
    people.type_into("sam", "modal", "text", "Please lo", wait=5)
    view = people.modal("sam")
    assert view
    block, element = find(view.body["blocks"], action_id="typed") or ({}, {})
    held = view.state["text", "typed"]
    earlier = Interactions(scene.workspace, scene.response_urls).click(
        view.user, Place(view=view), block, element, value=held
    )
    people.type_into("sam", "modal", "text", "Please look at the tag.", wait=5)
    people.close_view("sam", "modal", all=True)
    assert until(lambda: form(office) == "Please look at the tag.")
    assert scene.delivery.ask("interactive", earlier).acked
    people.close_view("sam", "modal", all=True)
    people.slash("sam", "triage", "/case note CS-000001", wait=5)
    people.type_into("sam", "modal", "text", "Among us.", wait=5)
    people.close_view("sam", "modal", all=True)
    assert until(lambda: _note(office) == "Among us."), "what came before it is written by now"
    assert form(office) == "Please look at the tag."


def _note(office: Office) -> str:
    office.slack.people.slash("sam", "triage", "/case note CS-000001", wait=5)
    note = starts(office, "sam").get("text", "")
    office.slack.people.close_view("sam", "modal", all=True)
    return note


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


def starts(office: Office, user: str) -> dict[str, str]:
    """What the open form begins with, by field."""
    view = office.slack.people.modal(user)
    assert view
    return {
        block["block_id"]: element["initial_value"]
        for block, element in view.fields()
        if "initial_value" in element
    }


def opened(office: Office, command: str = "/case new") -> dict[str, str]:
    """Ana's form for a new case, opened anew: what it begins with."""
    assert office.slack.people.slash("ana", "general", command, wait=5).modal
    return starts(office, "ana")


def test_a_customers_new_case_survives_closing_the_form_whatever_was_chosen_in_it(office: Office) -> None:
    people = office.slack.people
    assert opened(office) == {}
    people.type_into("ana", "modal", "text", "Nothing is delivered since noon.", wait=5)
    people.type_into("ana", "modal", "subject", "Deal 4711 stopped", wait=5)
    people.close_view("ana", "modal", all=True)
    kept = {"subject": "Deal 4711 stopped", "text": "Nothing is delivered since noon."}
    assert until(lambda: opened(office) == kept)
    people.choose("ana", "modal", "priority", "Blocker", wait=5)
    assert not people.submit("ana", "modal", wait=5).errors
    office.in_thread("Nothing is delivered since noon.", 2)
    people.close_view("ana", "modal", all=True)
    assert opened(office) == {}


def test_a_form_that_is_emptied_keeps_what_is_typed_then_through_another_choice(office: Office) -> None:
    people = office.slack.people
    opened(office)
    people.type_into("ana", "modal", "text", "Forget this.", wait=5)
    people.close_view("ana", "modal", all=True)
    assert until(lambda: opened(office) == {"text": "Forget this."})
    assert people.click("ana", "draft_discard", view="modal", wait=5).acked
    people.type_into("ana", "modal", "subject:1", "Another matter", wait=5)
    people.type_into("ana", "modal", "text:1", "The export is empty.", wait=5)
    people.choose("ana", "modal", "priority", "Blocker", wait=5)
    assert not people.submit("ana", "modal", wait=5).errors
    office.in_thread("The export is empty.", 2)
    assert office.case(2).line.subject == "Another matter"


def test_words_of_the_command_come_before_a_draft(office: Office) -> None:
    people = office.slack.people
    opened(office)
    people.type_into("ana", "modal", "text", "Nothing is delivered.", wait=5)
    people.close_view("ana", "modal", all=True)
    assert opened(office, "/case new Cannot log in") == {"subject": "Cannot log in"}
    people.close_view("ana", "modal", all=True)
    assert opened(office) == {"text": "Nothing is delivered."}


def test_each_form_of_each_case_has_a_draft_of_its_own(office: Office) -> None:
    people = office.slack.people
    form(office)
    people.type_into("sam", "modal", "text", "To the customer.", wait=5)
    people.close_view("sam", "modal", all=True)
    assert office.click("sam", "case_note", wait=5).modal
    assert starts(office, "sam") == {}
    people.type_into("sam", "modal", "text", "Among us.", wait=5)
    people.close_view("sam", "modal", all=True)
    assert office.click("sam", "case_note", wait=5).modal
    assert until(lambda: starts(office, "sam") == {"text": "Among us."})
    assert not people.submit("sam", "modal", wait=5).errors
    assert until(lambda: "noted" in office.history())
    people.close_view("sam", "modal", all=True)
    assert form(office) == "To the customer."
    office.click("mia", "case_reply", wait=5)
    assert starts(office, "mia") == {}
