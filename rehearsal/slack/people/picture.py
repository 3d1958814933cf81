"""The picture: the whole workspace as the control API shows it (shapes: `rehearsal/slack/control.py`)."""

from __future__ import annotations

from rehearsal.slack.people.seen import Seen
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire.wire import Json
from rehearsal.slack.workspace.conversation import Channel, Message
from rehearsal.slack.workspace.team import User
from rehearsal.slack.workspace.view import View


class Picture:
    """Draws it, for everybody or as one person sees it."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self._workspace = scene, scene.workspace

    def state(self, *, user: str = "", messages: int = 200) -> Json:
        """``GET /rehearsal/state``."""
        with self._workspace.lock:
            person = self._workspace.user(user).id if user else ""
            return {
                "seq": self._workspace.seq,
                "team": {
                    "id": self._workspace.home.id,
                    "name": self._workspace.home.name,
                    "domain": self._workspace.home.domain,
                },
                "app": self.app(),
                "users": [self._user(each) for each in self._workspace.users.values()],
                "channels": [
                    self._channel(each, messages)
                    for each in self._workspace.channels.values()
                    if not person or person in each.members
                ],
                "ephemerals": self._ephemerals(person),
                "modals": {
                    who: self.view(stack[-1])
                    for who, stack in self._workspace.stacks.items()
                    if person in ("", who)
                },
                "homes": {
                    who: self.view(home) for who, home in self._workspace.homes.items() if person in ("", who)
                },
            }

    def app(self) -> Json:
        """The app, and how many sockets it has open."""
        app = self._workspace.app
        return {
            "id": app.id,
            "name": app.name,
            "bot_user": app.bot_user,
            "bot_id": app.bot_id,
            "commands": sorted(app.commands),
            "request_url": app.request_url,
            "connected": self._scene.sockets.count,
        }

    def message(self, message: Message) -> Json:
        """MESSAGE."""
        author = self._workspace.users.get(message.user)
        wire = self._workspace.wire(message)
        body = {
            "ts": message.ts,
            "user": "" if message.username and message.subtype == "bot_message" else message.user,
            "name": message.username or (author.shown if author else ""),
            "image": author.image if author else "",
            "bot": bool(message.bot_id),
            "text": message.text,
            "blocks": message.blocks,
            "thread_ts": wire.get("thread_ts", ""),
            "reply_count": wire.get("reply_count", 0),
            "edited": bool(message.edited),
            "subtype": message.subtype,
            "files": [self._file(each.wire(self._workspace.site)) for each in message.files],
            "reactions": wire.get("reactions", []),
            "metadata": message.metadata,
        }
        return body | ({"ephemeral": True, "channel": message.channel} if message.ephemeral_to else {})

    def view(self, view: View) -> Json:
        """VIEW."""
        stack = self._workspace.stacks.get(view.user, [])
        depth = stack.index(view) + 1 if view in stack else 1
        return view.wire() | {"depth": depth, "errors": view.errors, "user": view.user}

    def seen(self, seen: Seen) -> Json:
        """SEEN."""
        return {
            "acked": seen.acked,
            "ack_ms": seen.ack_ms,
            "error": seen.error,
            "ephemerals": [self.message(each) for each in seen.ephemerals],
            "modal": self.view(seen.modal) if seen.modal else None,
            "errors": seen.errors,
        }

    def _channel(self, channel: Channel, messages: int) -> Json:
        newest = list(channel.messages.values())[-messages:] if messages else []
        return {
            "id": channel.id,
            "name": channel.name,
            "kind": channel.kind,
            "shared": bool(channel.shared),
            "members": channel.members,
            "messages": [self.message(each) for each in newest],
        }

    def _ephemerals(self, person: str) -> Json:
        shown: dict[str, list[Json]] = {}
        for each in self._workspace.ephemerals:
            if person in ("", each.ephemeral_to):
                shown.setdefault(each.ephemeral_to, []).append(self.message(each))
        return shown

    def _user(self, user: User) -> Json:
        names = ("id", "team", "name", "email", "is_bot", "is_stranger", "image", "phone")
        return {name: getattr(user, name) for name in names} | {"real_name": user.shown}

    def _file(self, file: Json) -> Json:
        names = ("id", "name", "mimetype", "size")
        return {name: file[name] for name in names} | {"url": f"/rehearsal/files/{file['id']}"}
