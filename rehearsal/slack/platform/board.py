"""The board: posts, edits, deletes and reactions, by anybody, each with its events."""

from __future__ import annotations

import time

from rehearsal.slack.platform.events import Events
from rehearsal.slack.wire.wire import Json, SlackError
from rehearsal.slack.workspace.conversation import Channel, File, Message
from rehearsal.slack.workspace.element import actions_of
from rehearsal.slack.workspace.workspace import Workspace


class Board:
    """Changes the workspace and emits its events.

    Both happen within one lock, so that events come in the order of what happened.
    """

    def __init__(self, workspace: Workspace, events: Events) -> None:
        self._workspace, self._events = workspace, events

    def post(self, channel: Channel, message: Message) -> Message:
        """Put a message up; its ``ts`` is given here. SlackError where the thread is not there."""
        with self._workspace.lock:
            message.thread_ts = self._root(channel, message.thread_ts)
            message.ts, message.channel = self._workspace.stamp(), channel.id
            channel.add(message)
            for file in message.files:
                file.channels.append(channel.id)
            self._events.posted(channel, message)
            self._workspace.changed("message", channel=channel.id, ts=message.ts)
        return message

    def whisper(self, channel: Channel, message: Message, to: str) -> Message:
        """An ephemeral message: one person sees it, nobody else and no event tells of it.

        In a thread without replies, and below a reply's ts, not even they do ("chat.postEphemeral", ``thread_ts``).
        """
        with self._workspace.lock:
            message.ts, message.channel, message.ephemeral_to = self._workspace.stamp(), channel.id, to
            if message.thread_ts and not channel.replies(message.thread_ts):
                return message
            self._workspace.ephemerals.append(message)
            self._workspace.changed("ephemeral", user=to, channel=channel.id, ts=message.ts)
        return message

    def edit(
        self,
        channel: Channel,
        message: Message,
        *,
        text: str,
        blocks: list[Json] | None,
        by: str,
        metadata: Json | None = None,
    ) -> None:
        """Replace a message's content; ``blocks`` None: keep the blocks."""
        with self._workspace.lock:
            before = self._workspace.wire(message)
            message.text = text
            message.blocks = message.blocks if blocks is None else blocks
            ids = {
                (block["block_id"], each["action_id"])
                for block in message.blocks
                for each in actions_of(block)
            }
            message.chosen = {key: held for key, held in message.chosen.items() if key[1:] in ids}
            message.metadata = metadata or message.metadata
            message.edited = {"user": by, "ts": self._workspace.stamp()}
            self._events.edited(channel, before, message)
            self._workspace.changed("edited", channel=channel.id, ts=message.ts)

    def delete(self, channel: Channel, message: Message) -> None:
        """Delete a message; one with replies leaves a tombstone ("message_changed", subtype tombstone)."""
        with self._workspace.lock:
            before = self._workspace.wire(message)
            if channel.replies(message.ts):
                message.subtype, message.text = "tombstone", "This message was deleted."
                message.blocks, message.files, message.attachments = [], [], []
                self._events.edited(channel, before, message)
            else:
                channel.remove(message)
                self._events.deleted(channel, before)
            self._workspace.changed("deleted", channel=channel.id, ts=message.ts)

    def react(self, channel: Channel, message: Message, *, user: str, name: str) -> None:
        """Add a reaction; SlackError ``already_reacted``."""
        with self._workspace.lock:
            users = message.reactions.setdefault(name, [])
            if user in users:
                raise SlackError("already_reacted")
            users.append(user)
            self._events.reacted(user, channel, message, name=name)
            self._workspace.changed("reaction", channel=channel.id, ts=message.ts)

    def unreact(self, channel: Channel, message: Message, *, user: str, name: str) -> None:
        """Take one's reaction off again; SlackError ``no_reaction``."""
        with self._workspace.lock:
            users = message.reactions.get(name, [])
            if user not in users:
                raise SlackError("no_reaction")
            users.remove(user)
            if not users:
                del message.reactions[name]
            self._events.reacted(user, channel, message, name=name, removed=True)
            self._workspace.changed("reaction", channel=channel.id, ts=message.ts)

    def join(self, channel: Channel, user: str) -> None:
        """Become a member."""
        with self._workspace.lock:
            if user not in channel.members:
                channel.members.append(user)
                self._events.joined(channel, user)
                self._workspace.changed("channel", channel=channel.id)

    def share(self, channel: Channel, team: str) -> None:
        """Share a channel with another team (Slack Connect)."""
        with self._workspace.lock:
            channel.shared.add(team)
            self._events.connected(channel, team)
            self._workspace.changed("channel", channel=channel.id)

    def unshare(self, channel: Channel, team: str) -> None:
        """End that, and the membership of its people."""
        with self._workspace.lock:
            channel.shared.discard(team)
            users = self._workspace.users
            channel.members = [user for user in channel.members if users[user].team != team]
            self._events.connected(channel, team)
            self._workspace.changed("channel", channel=channel.id)

    def add_file(self, file: File) -> File:
        """Keep a file's bytes; nobody sees it until a message has it."""
        file.created, file.length, file.complete = int(time.time()), len(file.data), True
        with self._workspace.lock:
            self._workspace.files[file.id] = file
            self._workspace.changed("file", file=file.id)
        return file

    def _root(self, channel: Channel, thread_ts: str) -> str:
        """The thread's first message, also where a reply's ts was given; "" outside threads."""
        if not thread_ts:
            return ""
        parent = channel.messages.get(thread_ts)
        if parent is None:
            raise SlackError("thread_not_found")
        return parent.thread_ts if parent.is_reply else parent.ts
