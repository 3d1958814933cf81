"""Payloads of commands, clicks, submissions and shortcuts (docs.slack.dev: "Interaction payloads")."""

from __future__ import annotations

import time
from dataclasses import dataclass

from rehearsal.slack.platform.response_urls import ResponseUrls
from rehearsal.slack.wire.wire import Json
from rehearsal.slack.workspace.conversation import Channel, Message
from rehearsal.slack.workspace.element import HELD
from rehearsal.slack.workspace.view import View
from rehearsal.slack.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Place:
    """Where an interaction happens: at a message, or in a view."""

    channel: Channel | None = None
    message: Message | None = None
    view: View | None = None

    @property
    def blocks(self) -> list[Json]:
        """What can be clicked there."""
        if self.view:
            blocks: list[Json] = self.view.body["blocks"]
            return blocks
        return self.message.blocks if self.message else []


class Interactions:
    """One method for each kind of payload."""

    def __init__(self, workspace: Workspace, response_urls: ResponseUrls) -> None:
        self._workspace, self._response_urls = workspace, response_urls

    def command(self, user: str, channel: Channel, command: str, *, text: str) -> Json:
        """A slash command's form fields."""
        names = {"im": "directmessage", "private": "privategroup"}
        return {
            "token": "rehearsal",
            "team_id": self._workspace.home.id,
            "team_domain": self._workspace.home.domain,
            "channel_id": channel.id,
            "channel_name": names.get(channel.kind, channel.name),
            "user_id": user,
            "user_name": self._workspace.users[user].name,
            "command": command,
            "text": text,
            "api_app_id": self._workspace.app.id,
            "is_enterprise_install": "false",
            "response_url": self._response_urls.issue(user, channel),
            "trigger_id": self._workspace.triggers.issue(user),
        }

    def click(self, user: str, place: Place, block: Json, element: Json, *, value: Json) -> Json:
        """``block_actions``; ``value`` as in ``state.values``, empty for buttons."""
        action = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "action_ts": self._workspace.stamp(),
        }
        action |= {key: element[key] for key in ("text", "value", "style") if key in element}
        body = self._common("block_actions", user) | self._at(user, place) | {"actions": [action | value]}
        if place.message:
            held = {block["block_id"]: {element["action_id"]: value}} if element["type"] in HELD else {}
            body["state"] = {"values": held}
        return body | {"trigger_id": self._workspace.triggers.issue(user)}

    def submission(self, user: str, view: View) -> Json:
        """Build a ``view_submission``.

        Its ``team`` is the person's; the app's is the view's ``app_installed_team_id``. A click has the app's
        own team, whoever clicks (bolt-js, issue 1614).
        """
        body = self._common("view_submission", user) | {"view": view.wire(), "response_urls": []}
        theirs = self._workspace.users[user].team
        team = self._workspace.teams.get(theirs)
        body["team"] = {"id": theirs, "domain": team.domain if team else ""}
        return body | {"trigger_id": self._workspace.triggers.issue(user)}

    def suggestion(self, user: str, place: Place, block: Json, element: Json, *, text: str) -> Json:
        """``block_suggestion``."""
        body = self._common("block_suggestion", user) | self._at(user, place)
        body.pop("response_url", None)
        return body | {"action_id": element["action_id"], "block_id": block["block_id"], "value": text}

    def shortcut(self, user: str, callback_id: str) -> Json:
        """``shortcut``: a global one."""
        body = self._common("shortcut", user)
        body |= {"callback_id": callback_id, "action_ts": f"{time.time():.6f}"}
        return body | {"trigger_id": self._workspace.triggers.issue(user)}

    def message_shortcut(self, user: str, place: Place, callback_id: str) -> Json:
        """``message_action``: a shortcut of a message, which is sent along in full ("Shortcuts payloads")."""
        assert place.message
        body = self._common("message_action", user) | self._at(user, place)
        body.pop("container")
        body |= {"callback_id": callback_id, "action_ts": f"{time.time():.6f}"}
        return body | {"message_ts": place.message.ts, "trigger_id": self._workspace.triggers.issue(user)}

    def _common(self, kind: str, user: str) -> Json:
        person = self._workspace.users[user]
        return {
            "type": kind,
            "user": {"id": user, "username": person.name, "name": person.name, "team_id": person.team},
            "api_app_id": self._workspace.app.id,
            "token": "rehearsal",
            "team": {"id": self._workspace.home.id, "domain": self._workspace.home.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _at(self, user: str, place: Place) -> Json:
        if place.view:
            return {"container": {"type": "view", "view_id": place.view.id}, "view": place.view.wire()}
        channel, message = place.channel, place.message
        assert channel
        assert message
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": bool(message.ephemeral_to),
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        name = "directmessage" if channel.kind == "im" else channel.name
        body = {"container": container, "channel": {"id": channel.id, "name": name}}
        if not message.ephemeral_to:  # an ephemeral message is not sent along
            body["message"] = self._workspace.wire(message)
        return body | {"response_url": self._response_urls.issue(user, channel, message)}
