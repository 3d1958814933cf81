"""What a method of the Web API is: a function, and what a caller needs for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire.arguments import Arguments
from rehearsal.slack.wire.wire import Json, SlackError
from rehearsal.slack.workspace.app import App
from rehearsal.slack.workspace.conversation import FAMILIES, Channel, Message


@dataclass(frozen=True, slots=True)
class Caller:
    """The app, and the scopes of the token it calls with."""

    app: App
    scopes: set[str]

    def need(self, scope: str) -> None:
        """Raises SlackError ``missing_scope`` unless the token has the scope."""
        if scope not in self.scopes:
            raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))


Do = Callable[[Scene, Caller, Arguments], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """A Web API method; ``do`` returns what stands beside ``"ok": true``; ``scopes`` are checked first."""

    do: Do
    scopes: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ("bot",)


def channel_of(scene: Scene, args: Arguments) -> Channel:
    """The channel that is named, by id; private ones only where the bot is in (``channel_not_found``)."""
    bot = scene.workspace.app.bot_user
    found = scene.workspace.channels.get(args.needed("channel"))
    if found is None or (found.kind != "public" and bot not in found.members):
        raise SlackError("channel_not_found")
    return found


def postable(scene: Scene, args: Arguments) -> Channel:
    """The channel that a message may be posted to.

    The bot must be in it (``not_in_channel``), and it must not be archived (``is_archived``). A person's id
    stands for the app's own direct messages with them.
    """
    name = args.needed("channel")
    if name in scene.workspace.users and name != scene.workspace.app.bot_user:
        may_direct(scene, name)
        return scene.workspace.direct(scene.workspace.app.bot_user, name)
    channel = channel_of(scene, args)
    if scene.workspace.app.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    if channel.archived:
        raise SlackError("is_archived")
    if channel.kind == "im":
        for member in channel.members:
            may_direct(scene, member)
    return channel


def may_direct(scene: Scene, user: str) -> None:
    """Raises why the app may not write to this person directly, if it may not."""
    if error := scene.workspace.users[user].undirected:
        raise SlackError(error)


def message_of(channel: Channel, ts: str) -> Message:
    """A message by its ts (``message_not_found``)."""
    if ts not in channel.messages:
        raise SlackError("message_not_found")
    return channel.messages[ts]


def person_of(scene: Scene, key: str) -> str:
    """A user's id (``user_not_found``)."""
    try:
        user = scene.workspace.users[key]
    except KeyError:
        raise SlackError("user_not_found") from None
    return user.id


def family(channel: Channel, right: str) -> str:
    """``channels:history``, ``im:read`` and so on."""
    return f"{FAMILIES[channel.kind]}:{right}"
