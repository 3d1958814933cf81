"""``reactions.*``: the app puts an emoji on a message (docs.slack.dev: "reactions.add", "reactions.remove")."""

from __future__ import annotations

import re

from rehearsal.slack.methods.method import Caller, Method, channel_of, message_of
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire.arguments import Arguments
from rehearsal.slack.wire.wire import Json, SlackError
from rehearsal.slack.workspace.conversation import Channel, Message

_NAME = re.compile(r"[^\s:]{1,100}(?:::skin-tone-[2-6])?")


def add(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``reactions.add``: once for each emoji (``already_reacted``)."""
    channel, message, name = _item(scene, caller, args)
    if channel.archived:
        raise SlackError("is_archived")
    scene.board.react(channel, message, user=caller.app.bot_user, name=name)
    return {}


def remove(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``reactions.remove``: one's own (``no_reaction``)."""
    channel, message, name = _item(scene, caller, args)
    scene.board.unreact(channel, message, user=caller.app.bot_user, name=name)
    return {}


def _item(scene: Scene, caller: Caller, args: Arguments) -> tuple[Channel, Message, str]:
    channel, name = channel_of(scene, args), args.needed("name")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name")
    if caller.app.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    return channel, message_of(channel, args.needed("timestamp")), name


METHODS = {
    "reactions.add": Method(add, ("reactions:write",)),
    "reactions.remove": Method(remove, ("reactions:write",)),
}
