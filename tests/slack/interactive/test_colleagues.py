"""Collaborators in Slack's form: a customer of an account chooses among the people of that account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
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


def test_a_customer_of_an_account_is_offered_its_people_and_nobody_else(office: Office) -> None:
    people = office.slack.people
    people.slash("ana", "acme", "/case new Deal ID 12333: no delivery", wait=5)
    assert menu(office, "ana") == "multi_external_select"
    bea = {"email:bea@acme.example": "Bea Muster"}
    assert offered(office, "ana", "MUSTER") == bea
    assert offered(office, "ana", "bea@") == bea
    for nobody in ("zoe", "sam", "kim", "noa", "%%", "__", "elsewhere"):
        assert offered(office, "ana", nobody) == {}, nobody
    offered(office, "ana", "muster")
    people.choose("ana", "modal", "people", list(bea))
    people.choose("ana", "modal", "priority", "Blocker", wait=3)
    assert menu(office, "ana") == "multi_external_select", "drawn anew, it is the same"
    people.type_into("ana", "modal", "text", "Since this morning.")
    assert not people.submit("ana", "modal").errors
    parts = {part.address: part.role for part in office.case(3).participants}
    assert parts == {"t0home/u0ana": "requester", "bea@acme.example": "collaborator"}
    told = until(lambda: [one for one in office.messages("acme") if "CS-000003" in said(one)])
    assert "Bea Muster" in said(told[0])


def test_whoever_has_no_account_and_the_desk_choose_among_the_people_of_the_workspace(office: Office) -> None:
    people = office.slack.people
    for user in ("noa", "sam"):
        people.slash(user, "general", "/case new Deal ID 12333: no delivery", wait=5)
        assert menu(office, user) == "multi_users_select"
        people.close_view(user, "modal")
    people.slash("sam", "acme", "/case new Deal ID 12333: no delivery", wait=5)
    assert menu(office, "sam") == "multi_users_select"


def test_a_choice_that_was_not_offered_is_proposed_and_told_nothing(office: Office) -> None:
    """As somebody might send it with a program of their own."""
    people = office.slack.people
    people.slash("ana", "acme", "/case new Deal ID 12333: no delivery", wait=5)
    view = people.modal("ana")
    assert view
    chosen = [{"text": {"type": "plain_text", "text": "Zoe"}, "value": "email:zoe@elsewhere.example"}]
    view.state["people", "colleagues"] = {"type": "multi_external_select", "selected_options": chosen}
    people.type_into("ana", "modal", "text", "CANARY since this morning.")
    assert not people.submit("ana", "modal").errors
    assert sorted(part.role for part in office.case(3).participants) == ["proposed", "requester"]
    office.settled()
    assert not [one for one in office.mails("zoe@") if "CANARY" in words(one)]
    assert "Not told yet: zoe@elsewhere.example" in "\n".join(map(said, office.messages("acme")))
