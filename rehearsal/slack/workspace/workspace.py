"""The workspace: who and what there is, in memory, behind one lock."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeVar

from rehearsal.slack.wire.wire import Json, new_id
from rehearsal.slack.workspace.app import App
from rehearsal.slack.workspace.conversation import Channel, File, Kind, Message
from rehearsal.slack.workspace.faults import Faults
from rehearsal.slack.workspace.team import Team, User
from rehearsal.slack.workspace.transcript import Transcript, newest
from rehearsal.slack.workspace.triggers import Triggers
from rehearsal.slack.workspace.view import View

T = TypeVar("T")


SLACKBOT = "USLACKBOT"
"""Who says "This message was deleted." where a message with replies was taken back."""
TEAMLESS = ("file_share", "thread_broadcast", "tombstone")
"""Messages that name no team (java-slack-sdk, ``json-logs/samples/events``)."""


class Unknown(LookupError):
    """Nothing has that name."""


class Workspace:
    """The teams, people, channels, files and views. Hold ``lock`` to read or change more than one thing.

    ``teams``: the first is home to the app; by default there is one, and the app's bot is in it.
    """

    def __init__(self, teams: Iterable[Team] = (), *, app: App | None = None) -> None:
        self.lock = threading.RLock()
        self.app = app or App()
        self.teams = {team.id: team for team in teams} or {"T0HOME": Team("T0HOME", "Home", "home")}
        self.home = next(iter(self.teams.values()))
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[View]] = {}
        """Each person's open modals, the root first."""
        self.homes: dict[str, View] = {}
        self.ephemerals: list[Message] = []
        self.faults = Faults()
        self.triggers = Triggers()
        self.transcript = Transcript(self._noted)
        self.site = ""
        """The server's URL without a final slash, once it runs."""
        self._news = threading.Condition(self.lock)
        self._changes: deque[Json] = deque(maxlen=20_000)
        self._seq = 0
        self._last = 0
        self.ahead = 0.0
        """Seconds by which its clock is ahead of this machine's."""
        bot = self.app
        self.add_user(bot.name.lower(), id=bot.bot_user, real_name=bot.name, is_bot=True)

    def add_user(self, name: str, *, id: str = "", team: str = "", **facts: object) -> User:
        """A new user (or another one of that id); see `User` for the facts."""
        user = User(id or new_id("U"), team or self.home.id, name, **facts)  # type: ignore[arg-type]
        with self.lock:
            self.users[user.id] = user
            self.changed("user", user=user.id)
        return user

    def add_channel(
        self,
        name: str,
        *,
        members: Iterable[str] = (),
        kind: Kind = "public",
        id: str = "",
        shared: Iterable[str] = (),
    ) -> Channel:
        """A new channel (or another one of that id); ``members``: ids, names, or ``@app`` for the bot."""
        with self.lock:
            ids = list(dict.fromkeys(self.user(member).id for member in members))
            channel = Channel(id or new_id("D" if kind == "im" else "C"), name, kind, ids, set(shared))
            channel.shared |= {self.users[each].team for each in ids} - {self.home.id}
            self.channels[channel.id] = channel
            self.changed("channel", channel=channel.id)
        return channel

    def user(self, key: str) -> User:
        """By id or name (``@app`` is the bot); raises `Unknown`."""
        if key == "@app":
            key = self.app.bot_user
        with self.lock:
            user = self.users.get(key) or next((u for u in self.users.values() if u.name == key), None)
        if user is None:
            raise Unknown(f"no user {key}")
        return user

    def channel(self, key: str) -> Channel:
        """By id or name (with or without ``#``); raises `Unknown`."""
        with self.lock:
            name = key.removeprefix("#")
            channel = self.channels.get(key) or next(
                (c for c in self.channels.values() if c.name == name), None
            )
        if channel is None:
            raise Unknown(f"no channel {key}")
        return channel

    def direct(self, user: str, other: str) -> Channel:
        """The direct-message channel of two users; made if there is none yet."""
        with self.lock:
            for channel in self.channels.values():
                if channel.kind == "im" and set(channel.members) == {user, other}:
                    return channel
            return self.add_channel("", members=(user, other), kind="im")

    def message(self, channel: str, ts: str) -> Message:
        """By channel (id or name) and ts; raises `Unknown`."""
        message = self.channel(channel).messages.get(ts)
        if message is None:
            raise Unknown(f"no message {ts} in {channel}")
        return message

    def stamp(self) -> str:
        """A new ``ts``: seconds with six places, never twice, ascending."""
        with self.lock:
            self._last = max(self._last + 1, int((time.time() + self.ahead) * 1_000_000))
            return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def wire(self, message: Message, *, metadata: bool = False) -> Json:
        """A message as the Web API and the events give it (docs.slack.dev: "message event")."""
        body: Json = {"type": "message", "text": message.text, "ts": message.ts}
        if message.subtype not in TEAMLESS:
            body["team"] = message.team
        for name in (
            "user",
            "subtype",
            "bot_id",
            "app_id",
            "username",
            "client_msg_id",
            "edited",
            "thread_ts",
            "blocks",
            "attachments",
        ):
            if getattr(message, name):
                body[name] = getattr(message, name)
        if message.subtype == "bot_message":
            del body["user"]  # a message under a custom name has no author but its bot
        if message.subtype == "tombstone":
            body |= {"user": SLACKBOT, "hidden": True}
        if message.bot_id:
            body["bot_profile"] = {"id": message.bot_id, "app_id": message.app_id, "name": message.username}
        if message.icon_url:
            body["icons"] = {"image_48": message.icon_url}
        if message.files:
            body |= {"files": [file.wire(self.site) for file in message.files], "upload": False}
        if message.reactions:
            body["reactions"] = [
                {"name": name, "users": list(users), "count": len(users)}
                for name, users in message.reactions.items()
            ]
        if metadata and message.metadata:
            body["metadata"] = message.metadata
        return body | self._thread(message)

    def _thread(self, message: Message) -> Json:
        if not message.channel or message.channel not in self.channels:
            return {}
        messages = self.channels[message.channel].messages
        if message.is_reply:
            parent = messages.get(message.thread_ts)
            gone = parent is not None and parent.subtype == "tombstone"
            return {"parent_user_id": SLACKBOT if gone else parent.user} if parent else {}
        replies = self.channels[message.channel].replies(message.ts)
        if not replies:
            return {}
        return {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users": list(dict.fromkeys(reply.user for reply in replies)),
            "latest_reply": replies[-1].ts,
        }

    def changed(self, what: str, **facts: object) -> None:
        """Notify those who watch for changes."""
        with self._news:
            self._seq += 1
            self._changes.append({"seq": self._seq, "what": what, **facts})
            self._news.notify_all()

    @property
    def seq(self) -> int:
        """The number of the newest change."""
        return self._seq

    def changes(self, since: int) -> list[Json]:
        """What changed after ``since``, oldest first."""
        with self.lock:
            return newest(self._changes, self._seq - since)

    def wait_for(self, found: Callable[[], T], *, seconds: float = 10.0) -> T:
        """What ``found`` returns as soon as it is true; tried at each change. Else ``TimeoutError``."""
        end = time.monotonic() + seconds
        with self._news:
            while not (result := found()):
                if time.monotonic() > end:
                    raise TimeoutError(f"it did not happen within {seconds} s")
                self._news.wait(0.05)
        return result

    def _noted(self, kind: str) -> None:
        if kind != "act":
            self.changed(kind)
