"""``reactions.*``: emoji on messages."""

from __future__ import annotations

import re

from rehearsal.slack.methods.method import Caller, Method, channel_of, message_of
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire.arguments import Arguments
from rehearsal.slack.wire.wire import Json, SlackError
from rehearsal.slack.workspace.conversation import Channel, Message

_NAME = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


def add(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``reactions.add``: ``already_reacted``, ``invalid_name``, ``message_not_found``."""
    channel, message, name = _what(scene, args)
    scene.board.react(channel, message, user=caller.app.bot_user, name=name)
    return {}


def remove(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``reactions.remove``: ``no_reaction``."""
    channel, message, name = _what(scene, args)
    scene.board.unreact(channel, message, user=caller.app.bot_user, name=name)
    return {}


def _what(scene: Scene, args: Arguments) -> tuple[Channel, Message, str]:
    name = args.needed("name")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name")
    channel = channel_of(scene, args)
    if scene.workspace.app.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    return channel, message_of(channel, args.needed("timestamp")), name


METHODS = {
    "reactions.add": Method(add, ("reactions:write",)),
    "reactions.remove": Method(remove, ("reactions:write",)),
}
