"""Channels and the messages in them."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field
from typing import Literal

from rehearsal.slack.wire.wire import Json


@dataclass(slots=True)
class File:
    """A file; it belongs to whoever uploaded it, and is seen in the channels it was shared in."""

    id: str
    name: str
    user: str
    data: bytes = b""
    mimetype: str = ""
    title: str = ""
    length: int = 0
    """As announced to ``files.getUploadURLExternal``; the bytes must be as many."""
    complete: bool = False
    created: int = 0
    channels: list[str] = field(default_factory=list)
    described: Json = field(default_factory=dict)
    """Facts by which Slack describes it differently: an external file, a canvas, a deleted file."""

    def __post_init__(self) -> None:
        self.mimetype = self.mimetype or mimetypes.guess_type(self.name)[0] or "application/octet-stream"
        self.title = self.title or self.name

    def wire(self, site: str) -> Json:
        """A file object (docs.slack.dev: "File object"); ``site``: this server's URL without a final slash."""
        url = f"{site}/files-pri/{self.id}/download/{self.name}"
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title,
            "mimetype": self.mimetype,
            "filetype": self.name.rpartition(".")[2].lower() if "." in self.name else "binary",
            "user": self.user,
            "size": len(self.data),
            "mode": "hosted",
            "is_external": False,
            "file_access": "visible",
            "url_private": url.replace("/download/", "/"),
            "url_private_download": url,
            "permalink": f"{site}/files/{self.id}",
            "channels": list(self.channels),
            **self.described,
        }


Kind = Literal["public", "private", "im"]
TYPES: dict[Kind, str] = {"public": "channel", "private": "group", "im": "im"}
"""``channel_type`` of a message event (docs.slack.dev: "message event")."""
FAMILIES: dict[Kind, str] = {"public": "channels", "private": "groups", "im": "im"}
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
    icon_url: str = ""
    """The picture that an app posts under ("chat.postMessage", section "Authorship")."""
    files: list[File] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    """Messages that were forwarded with it (``is_share``), or what an app put there."""
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: Json | None = None
    metadata: Json | None = None
    client_msg_id: str = ""
    chosen: dict[tuple[str, str, str], Json] = field(default_factory=dict)
    """(who, block_id, action_id) → the option that a menu shows them since they chose it (bolt-python, issue 629)."""
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
            "is_mpim": False,
            "is_private": self.kind != "public",
            "is_archived": self.archived,
            "is_shared": bool(self.shared),
            "is_ext_shared": bool(self.shared),
            "is_member": True,
            "connected_team_ids": sorted(self.shared),
        }
