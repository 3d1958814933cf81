"""Channels and the messages in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from rehearsal.slack.wire.wire import Json
from rehearsal.slack.workspace.file import File

Kind = Literal["public", "private", "im", "mpim"]
TYPES: dict[Kind, str] = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
"""``channel_type`` of a message event (docs.slack.dev: "message event")."""
FAMILIES: dict[Kind, str] = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}
"""The first word of the scopes and subscriptions that concern such a channel."""


@dataclass(slots=True)
class Message:
    """What somebody said; ``ts`` is its name within the channel."""

    ts: str
    user: str
    text: str
    team: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    subtype: str = ""
    bot_id: str = ""
    app_id: str = ""
    username: str = ""
    icon: str = ""
    files: list[File] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    """Messages that were forwarded with it (``is_share``), or what an app put there."""
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: Json | None = None
    metadata: Json | None = None
    client_msg_id: str = ""
    channel: str = ""
    ephemeral_to: str = ""

    @property
    def is_reply(self) -> bool:
        """In a thread, and not the message that began it."""
        return bool(self.thread_ts) and self.thread_ts != self.ts


@dataclass(slots=True)
class Channel:
    """A place to talk: public, private, or a direct message (``im``)."""

    id: str
    name: str
    kind: Kind = "public"
    members: list[str] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)
    """The other teams it is shared with (Slack Connect)."""
    archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    threads: dict[str, list[Message]] = field(default_factory=dict)
    """A thread's first ts → its replies."""

    def add(self, message: Message) -> None:
        """Add a message as the newest."""
        self.messages[message.ts] = message
        if message.is_reply:
            self.threads.setdefault(message.thread_ts, []).append(message)

    def remove(self, message: Message) -> None:
        """Remove a message for good."""
        del self.messages[message.ts]
        if message.is_reply:
            self.threads[message.thread_ts].remove(message)

    def replies(self, ts: str) -> list[Message]:
        """A thread's replies, oldest first."""
        return self.threads.get(ts, [])

    def wire(self) -> Json:
        """A conversation object (docs.slack.dev: "Conversation object")."""
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": self.kind == "public",
            "is_group": self.kind == "private",
            "is_im": self.kind == "im",
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "public",
            "is_archived": self.archived,
            "is_shared": bool(self.shared),
            "is_ext_shared": bool(self.shared),
            "is_member": True,
            "connected_team_ids": sorted(self.shared),
        }
