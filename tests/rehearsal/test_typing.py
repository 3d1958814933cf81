"""Typing in the rehearsal workspace: the app hears of it only where its field says so."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient

from rehearsal.slack.server import Server
from tests.support.houses.slack_app import Heard, connected, field, modal

PRESSED, TYPED = "on_enter_pressed", "on_character_entered"


def text(*when: str) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": "typed"}
    return element | ({"dispatch_action_config": {"trigger_actions_on": list(when)}} if when else {})


@pytest.mark.parametrize(
    ("element", "told", "heard_of"),
    [
        (text(), False, 0),
        (text(), True, 0),
        (text(PRESSED), True, 0),
        (text(TYPED), False, 0),
        (text(TYPED), True, 1),
        (text(PRESSED, TYPED), True, 1),
    ],
)
def test_what_is_typed_is_told_by_the_character_or_not(
    element: dict[str, Any], told: bool, heard_of: int
) -> None:
    with Server() as server, connected(server, heard := Heard()):
        people, app = server.people, server.workspace.app
        people.slash("ana", "general", "/case new", wait=5)
        view = modal(field("subject", element, dispatch_action=told))
        client = WebClient(token=app.bot_token, base_url=server.url)
        form = people.modal("ana")
        assert form
        client.views_update(view_id=form.id, view=view)
        people.type_into("ana", "modal", "subject", "No delivery")
        actions = [body for body in heard.bodies if body.get("type") == "block_actions"]
        assert len(actions) == heard_of
        if actions:
            assert actions[0]["view"]["state"]["values"]["subject"]["typed"]["value"] == "No delivery"
