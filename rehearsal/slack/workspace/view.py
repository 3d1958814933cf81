"""A view: a modal on somebody's screen, or somebody's App Home, with what was typed into it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from rehearsal.slack.wire.wire import Json, secret
from rehearsal.slack.workspace.element import INPUTS, actions_of, empty, first_value


@dataclass(slots=True)
class View:
    """An open view; ``body``: as the app sent it; ``state``: (block_id, action_id) → value.

    The ids in ``body`` are filled in.
    """

    id: str
    user: str
    team: str
    app_id: str
    bot_id: str
    body: Json
    root_id: str = ""
    previous_id: str = ""
    hash: str = ""
    state: dict[tuple[str, str], Json] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root_id = self.root_id or self.id
        self.show(self.body)

    def show(self, body: Json) -> None:
        """Replace the content. Typed values stay where block_id, action_id and type are the same.

        docs.slack.dev: "Modals", section "Updating views": "Preserving input entry data".
        """
        self.body = body
        self.hash = f"{time.time_ns() // 1_000_000_000}.{secret(8)}"
        self.errors = {}
        before = self.state
        self.state = {}
        for block, element in self.fields():
            key = (block["block_id"], element["action_id"])
            old = before.get(key)
            self.state[key] = old if old and old["type"] == element["type"] else first_value(element)

    def fields(self) -> list[tuple[Json, Json]]:
        """Every (block, element) that holds a value."""
        return [
            (block, element)
            for block in self.body["blocks"]
            for element in actions_of(block)
            if element["type"] in INPUTS
        ]

    def missing(self) -> dict[str, str]:
        """The complaints of Slack's own client before it submits: block_id → words."""
        wrong = {}
        for block, element in self.fields():
            if block["type"] == "input":
                value = self.state[block["block_id"], element["action_id"]]
                if complaint := _complaint(block, element, value):
                    wrong[block["block_id"]] = complaint
        return wrong

    def values(self) -> Json:
        """``state.values``: block_id → action_id → value."""
        values: Json = {}
        for (block_id, action_id), value in self.state.items():
            values.setdefault(block_id, {})[action_id] = value
        return values

    def wire(self) -> Json:
        """A view object (docs.slack.dev: "View interaction payloads")."""
        body: dict[str, Any] = {
            "private_metadata": "",
            "callback_id": "",
            "submit": None,
            "close": None,
            **self.body,
        }
        return body | {
            "id": self.id,
            "team_id": self.team,
            "app_id": self.app_id,
            "bot_id": self.bot_id,
            "app_installed_team_id": self.team,
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id or None,
            "state": {"values": self.values()},
        }


def _complaint(block: Json, element: Json, value: Json) -> str:
    if empty(value):
        return "" if block.get("optional") else "Please complete this required field."
    text = value.get("value")
    if isinstance(text, str) and len(text) > element.get("max_length", 3000):
        return f"Please enter at most {element['max_length']} characters."
    return ""
