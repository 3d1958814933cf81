"""Events: what happens in the workspace, told to the app if it subscribed, may read it and is there.

docs.slack.dev: "Events API", section "Event payload".
"""

from __future__ import annotations

import time

from rehearsal.slack.platform.delivery import Delivery
from rehearsal.slack.wire.capture import capture
from rehearsal.slack.wire.wire import Json, new_id
from rehearsal.slack.workspace.conversation import FAMILIES, TYPES, Channel, Message
from rehearsal.slack.workspace.workspace import TEAMLESS, Workspace


class Events:
    """Emits an event for each thing that happens; the workspace has already changed."""

    def __init__(self, workspace: Workspace, delivery: Delivery) -> None:
        self._workspace, self._delivery = workspace, delivery

    def posted(self, channel: Channel, message: Message) -> None:
        """``message``, and ``app_mention`` besides where the bot is mentioned by somebody else."""
        body = self._message(message) | self._place(channel, message.ts)
        self._to_readers(channel, body)
        bot = self._workspace.app.bot_user
        if f"<@{bot}" in message.text and message.user != bot and message.subtype != "bot_message":
            mention = {key: value for key, value in body.items() if key != "channel_type"}
            mention |= {"type": "app_mention", "team": self._workspace.home.id}
            self._tell("app_mention", mention, channel, scope="app_mentions:read")

    def edited(self, channel: Channel, before: Json, message: Message) -> None:
        """``message_changed``, hidden, with both versions."""
        body = {"subtype": "message_changed", "message": self._message(message), "previous_message": before}
        self._to_readers(channel, self._hidden(channel, body))

    def deleted(self, channel: Channel, before: Json) -> None:
        """``message_deleted``, hidden."""
        body = {"subtype": "message_deleted", "deleted_ts": before["ts"], "previous_message": before}
        self._to_readers(channel, self._hidden(channel, body))

    def reacted(
        self, user: str, channel: Channel, message: Message, *, name: str, removed: bool = False
    ) -> None:
        """``reaction_added``, or ``reaction_removed``: the message's channel and ts, not its thread.

        docs.slack.dev: "reaction_added event", "reaction_removed event".
        """
        kind = "reaction_removed" if removed else "reaction_added"
        body = {
            "type": kind,
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": channel.id, "ts": message.ts},
            "item_user": message.user,
            "event_ts": self._workspace.stamp(),
        }
        self._tell(kind, body, channel, scope="reactions:read")

    def joined(self, channel: Channel, user: str) -> None:
        """``member_joined_channel``."""
        body = {"type": "member_joined_channel", "user": user, "channel": channel.id}
        body |= {"channel_type": TYPES[channel.kind][0].upper(), "team": self._workspace.users[user].team}
        body["event_ts"] = self._workspace.stamp()
        self._tell("member_joined_channel", body, channel, scope=f"{FAMILIES[channel.kind]}:read")

    def connected(self, channel: Channel, team: str) -> None:
        """Emit ``channel_shared`` or ``channel_unshared``, for another team (docs: "channel_shared event")."""
        shared = team in channel.shared
        body: Json = {"type": "channel_shared" if shared else "channel_unshared", "channel": channel.id}
        body |= {"connected_team_id": team} if shared else {"previously_connected_team_id": team}
        body |= {} if shared else {"is_ext_shared": bool(channel.shared)}
        body["event_ts"] = self._workspace.stamp()
        self._tell(str(body["type"]), body, channel, scope=f"{FAMILIES[channel.kind]}:read")

    def home_opened(self, user: str, tab: str, view: Json | None) -> None:
        """``app_home_opened``."""
        bot = self._workspace.app.bot_user
        body = {"type": "app_home_opened", "user": user, "tab": tab, "event_ts": self._workspace.stamp()}
        body |= {"channel": self._workspace.direct(bot, user).id}
        self._tell("app_home_opened", body | ({"view": view} if view else {}), None, scope="")

    def happened(self, name: str, body: Json, *, scope: str) -> None:
        """Emit an event of the workspace, which is told wherever the app is."""
        bare = name in ("tokens_revoked", "app_uninstalled")
        stamp = {} if bare else {"event_ts": self._workspace.stamp()}
        self._tell(name, {"type": name, **body, **stamp}, None, scope=scope)

    def _message(self, message: Message) -> Json:
        app = self._workspace.app
        body = self._workspace.wire(message, metadata="metadata.message:read" in app.scopes)
        author = self._workspace.users.get(message.user)
        if author and author.team != self._workspace.home.id and message.subtype not in TEAMLESS:
            organisation = self._workspace.teams[author.team].organisation
            body |= {"user_team": organisation, "source_team": organisation}
        if author and author.team != self._workspace.home.id and "files" in body:
            # docs.slack.dev, "Slack Connect", section "Files": files.info has the rest
            body["files"] = [
                {"id": file.id, "mode": "file_access", "file_access": "check_file_info"}
                for file in message.files
            ]
        return body

    def _place(self, channel: Channel, ts: str) -> Json:
        return {"channel": channel.id, "channel_type": TYPES[channel.kind], "event_ts": ts}

    def _hidden(self, channel: Channel, body: Json) -> Json:
        ts = self._workspace.stamp()
        return {"type": "message", "hidden": True, "ts": ts, **body, **self._place(channel, ts)}

    def _to_readers(self, channel: Channel, body: Json) -> None:
        family = FAMILIES[channel.kind]
        self._tell(f"message.{family}", body, channel, scope=f"{family}:history")

    def _tell(self, subscription: str, event: Json, channel: Channel | None, *, scope: str) -> None:
        app = self._workspace.app
        if subscription not in app.events or (scope and scope not in app.scopes):
            return
        if channel and app.bot_user not in channel.members:
            return
        payload = self._callback(event, channel)
        capture("event", payload)
        self._delivery.event(payload)

    def _outer_team(self, event: Json) -> str:
        """The envelope's ``team_id``: of a ``message`` the author's team, whatever it is; else the app's own.

        Where the app is installed, ``authorizations`` and ``context_team_id`` say (docs.slack.dev: "Events
        API", section "Authorizations"; the payloads in bolt-python,
        ``tests/slack_bolt/request/test_internals.py``).
        """
        message = event.get("message") or event.get("previous_message") or event
        author = self._workspace.users.get(message.get("user", "")) if event["type"] == "message" else None
        return author.team if author else self._workspace.home.id

    def _callback(self, event: Json, channel: Channel | None) -> Json:
        app, home = self._workspace.app, self._workspace.home.id
        return {
            "token": "rehearsal",
            "team_id": self._outer_team(event),
            "context_team_id": home,
            "context_enterprise_id": None,
            "api_app_id": app.id,
            "event": event,
            "type": "event_callback",
            "event_id": new_id("Ev"),
            "event_time": int(time.time() + self._workspace.ahead),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": home,
                    "user_id": app.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": bool(channel and channel.shared),
            "event_context": "4-rehearsal",
        }
