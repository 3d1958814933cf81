"""``conversations.*``: channels, and what was said in them."""

from __future__ import annotations

from collections.abc import Iterable

from rehearsal.slack.methods.method import Caller, Method, channel_of, family, may_direct, person_of
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire.arguments import Arguments
from rehearsal.slack.wire.wire import Json, SlackError
from rehearsal.slack.workspace.conversation import Message


def open_direct(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``conversations.open`` with one user (``im:write``)."""
    users = [each for each in args.needed("users").split(",") if each]
    if len(users) != 1:
        raise SlackError("not_enough_users" if not users else "method_not_supported_for_channel_type")
    person = person_of(scene, users[0])
    if person == caller.app.bot_user:
        raise SlackError("cannot_dm_bot")
    if scene.workspace.users[person].deleted:
        raise SlackError("user_disabled")
    may_direct(scene, person)
    channel = scene.workspace.direct(caller.app.bot_user, person)
    return {"channel": {"id": channel.id}}


def info(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``conversations.info``."""
    channel = channel_of(scene, args)
    caller.need(family(channel, "read"))
    body = channel.wire() | {"is_member": caller.app.bot_user in channel.members}
    if channel.kind == "im":
        body["user"] = next(each for each in channel.members if each != caller.app.bot_user)
    return {"channel": body}


def history(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``conversations.history``: newest first, without replies; the bot must be in (``not_in_channel``)."""
    channel = channel_of(scene, args)
    caller.need(family(channel, "history"))
    if caller.app.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    messages = [each for each in channel.messages.values() if not each.is_reply]
    return _page(scene, caller, args, reversed(list(_between(messages, args))))


def replies(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``conversations.replies``: the parent, then its replies, oldest first."""
    channel = channel_of(scene, args)
    caller.need(family(channel, "history"))
    parent = channel.messages.get(args.needed("ts"))
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        return _page(scene, caller, args, [parent])
    return _page(scene, caller, args, [parent, *_between(channel.replies(parent.ts), args)])


def _between(messages: list[Message], args: Arguments) -> Iterable[Message]:
    """``oldest`` and ``latest``; their own messages with ``inclusive``."""
    oldest, latest = args.text("oldest") or "0", args.text("latest") or "9" * 10
    edges = {oldest, latest} if args.flag("inclusive") else set()
    return [m for m in messages if float(oldest) < float(m.ts) < float(latest) or m.ts in edges]


def _page(scene: Scene, caller: Caller, args: Arguments, messages: Iterable[Message]) -> Json:
    all_messages = list(messages)
    start, limit = args.number("cursor", 0), args.number("limit", 100)
    metadata = args.flag("include_all_metadata") and "metadata.message:read" in caller.scopes
    more = len(all_messages) > start + limit
    return {
        "messages": [
            scene.workspace.wire(each, metadata=metadata) for each in all_messages[start : start + limit]
        ],
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + limit) if more else ""},
    }


METHODS = {
    "conversations.open": Method(open_direct, ("im:write",)),
    "conversations.info": Method(info),
    "conversations.history": Method(history),
    "conversations.replies": Method(replies),
}
