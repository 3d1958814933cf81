"""The step after the form for a new case: a customer of an account chooses among the people of that account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.slack.platform.interactions import Interactions
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.houses.slack_house import words_of
from tests.support.setup import databases

DESK = "support@example.com"


@pytest.fixture(params=["socket", "http"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    with Office(databases.sqlite(tmp_path), tmp_path, mode=request.param) as standing:
        for who in ("Bea Muster <bea@acme.example>", "Zoe Muster <zoe@elsewhere.example>"):
            standing.send(who, DESK, "Deal ID 4711: a question", "How?")
        assert until(lambda: len(standing.cases()) == 2)
        standing.mails("bea@")
        yield standing


def opened(office: Office, user: str, channel: str, *, wait: float = 5) -> None:
    """Somebody's form for a new case, filled in and sent."""
    people = office.slack.people
    people.slash(user, channel, "/case new Deal ID 12333: no delivery", wait=wait)
    people.type_into(user, "modal", "text", "CANARY since this morning.")
    assert not people.submit(user, "modal").errors


def title(office: Office, user: str) -> str:
    """The title of the view that somebody sees on top, or ``""``."""
    view = office.slack.people.modal(user)
    return str(view.body["title"]["text"]) if view else ""


def offered(office: Office, user: str, typed: str) -> dict[str, str]:
    """What the menu shows somebody who types this: value → words."""
    found = office.slack.people.suggest(user, "colleagues", typed, view="modal")
    return {one["value"]: one["text"]["text"] for one in found}


def menu(office: Office, user: str) -> str:
    """The kind of the menu in which somebody chooses collaborators."""
    view = office.slack.people.modal(user)
    assert view
    block = next(one for one in view.body["blocks"] if one["block_id"] == "people")
    return str(block["element"]["type"])


def test_whoever_opened_a_case_is_offered_their_colleagues_and_nobody_else_and_adds_one(
    office: Office,
) -> None:
    people = office.slack.people
    opened(office, "ana", "acme")
    assert title(office, "ana") == "Add collaborators"
    assert "CS-000003 is open" in shown(office, "ana")
    assert menu(office, "ana") == "multi_external_select"
    bea = {"email:bea@acme.example": "Bea Muster"}
    assert offered(office, "ana", "MUSTER") == bea
    assert offered(office, "ana", "bea@") == bea
    for nobody in ("zoe", "sam", "kim", "noa", "%%", "__", "elsewhere"):
        assert offered(office, "ana", nobody) == {}, nobody
    offered(office, "ana", "muster")
    people.choose("ana", "modal", "people", list(bea))
    assert not people.submit("ana", "modal").errors
    assert title(office, "ana") == "Case opened"
    assert "CS-000003 is open" in shown(office, "ana")
    assert "Bea Muster was added to CS-000003 and told." in shown(office, "ana")
    parts = {part.address: part.role for part in office.case(3).participants}
    assert parts == {"t0home/u0ana": "requester", "bea@acme.example": "collaborator"}
    people.click("ana", "case_show", view="modal", wait=5)
    assert until(lambda: "CANARY since this morning." in shown(office, "ana"))
    people.close_view("ana", "modal")
    assert title(office, "ana") == "", "the form below it has done its work"
    (told,) = office.mails("bea@")
    assert "Ana Acme has added you to CS-000003" in words(told)
    assert "CANARY since this morning." in words(told), "what it is about"


def test_the_case_is_open_whatever_becomes_of_the_next_step(office: Office) -> None:
    people = office.slack.people
    opened(office, "ana", "acme")
    people.close_view("ana", "modal")
    assert title(office, "ana") == "", "the form below it has done its work"
    opened(office, "ana", "acme")
    assert not people.submit("ana", "modal").errors
    assert title(office, "ana") == "", "nobody was chosen"
    assert until(lambda: office.cases() == ["CS-000001", "CS-000002", "CS-000003", "CS-000004"])
    assert [part.role for part in office.case(4).participants] == ["requester"]


def test_a_case_that_is_opened_from_a_list_leads_back_to_it(office: Office) -> None:
    """A stack has three views ("Modals"): the list, the case seen from the step, and its form for files."""
    people = office.slack.people
    people.shortcut("ana", "my_cases", wait=5)
    assert until(lambda: title(office, "ana") == "Your cases")
    people.click("ana", "new_case", view="modal", wait=5)
    people.type_into("ana", "modal", "subject", "Deal ID 12333: no delivery")
    people.type_into("ana", "modal", "text", "Since this morning.")
    assert not people.submit("ana", "modal").errors
    assert title(office, "ana") == "Add collaborators"
    people.click("ana", "case_show", view="modal", wait=5)
    assert until(lambda: "Since this morning." in shown(office, "ana"))
    people.click("ana", "case_attach", view="modal", wait=5)
    people.close_view("ana", "modal")
    people.close_view("ana", "modal")
    assert title(office, "ana") == "Your cases"


def test_people_are_added_once_however_often_the_button_is_pressed(office: Office) -> None:
    people = office.slack.people
    opened(office, "ana", "acme")
    offered(office, "ana", "muster")
    people.choose("ana", "modal", "people", ["email:bea@acme.example"])
    view = people.modal("ana")
    assert view
    scene = office.slack._scene
    again = Interactions(scene.workspace, scene.response_urls).submission(view.user, view)
    assert not people.submit("ana", "modal").errors
    assert scene.delivery.ask("interactive", again).acked
    office.settled()
    assert len(office.mails("bea@")) == 1
    assert [step.name for step in office.case(3).history].count("participant added") == 1


def shown(office: Office, user: str) -> str:
    """The words of the view on top."""
    view = office.slack.people.modal(user)
    return words_of(view.body["blocks"]) if view else ""


def test_whoever_has_no_account_and_the_desk_choose_among_the_people_of_the_workspace(office: Office) -> None:
    for user, channel in (("noa", "general"), ("sam", "general"), ("sam", "acme")):
        opened(office, user, channel)
        assert menu(office, user) == "multi_users_select"
        office.slack.people.close_view(user, "modal")


def test_a_choice_that_was_not_offered_is_proposed_and_told_nothing(office: Office) -> None:
    """As somebody might send it with a program of their own."""
    people = office.slack.people
    opened(office, "ana", "acme")
    view = people.modal("ana")
    assert view
    chosen = [{"text": {"type": "plain_text", "text": "Zoe"}, "value": "email:zoe@elsewhere.example"}]
    view.state["people", "colleagues"] = {"type": "multi_external_select", "selected_options": chosen}
    assert not people.submit("ana", "modal").errors
    assert "The support team decides whether" in shown(office, "ana")
    assert sorted(part.role for part in office.case(3).participants) == ["proposed", "requester"]
    office.settled()
    assert not [one for one in office.mails("zoe@") if "CANARY" in words(one)]
    assert "asks to add" in said(office.in_thread("asks to add", 3))
