"""``chat.*``: the app says something, or says it otherwise."""

from __future__ import annotations

import re

from rehearsal.slack.methods.method import Caller, Method, channel_of, message_of, person_of, postable
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.rules import blocks
from rehearsal.slack.wire.arguments import Arguments
from rehearsal.slack.wire.wire import Json, SlackError
from rehearsal.slack.workspace.conversation import Message

LONGEST = 40_000
"""Characters of a message's text ("chat.postMessage", section "Truncating content": refused here, cut by Slack)."""
METADATA = 16_000
_TS = re.compile(r"\d{10}\.\d{6}")


def post(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``chat.postMessage``."""
    channel = postable(scene, args)
    message = _message(scene, caller, args)
    scene.board.post(channel, message)
    body = scene.workspace.wire(message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": body}


def whisper(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``chat.postEphemeral``."""
    channel = postable(scene, args)
    user = person_of(scene, args.needed("user"))
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    message = _message(scene, caller, args)
    if message.thread_ts and message.thread_ts not in channel.messages:
        raise SlackError("cannot_reply_to_message")
    return {"message_ts": scene.board.whisper(channel, message, user).ts}


def update(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``chat.update``: change one of the app's own messages.

    Blocks that are not given stay; ``[]`` removes them.
    """
    channel = channel_of(scene, args)
    message = message_of(channel, args.needed("ts"))
    if message.bot_id != caller.app.bot_id:
        raise SlackError("cant_update_message")
    if channel.archived:
        raise SlackError("is_archived")
    given = args.json("blocks")
    checked = None if given is None else blocks.message_blocks(given)
    text = _text(args, blocks=checked)
    scene.board.edit(
        channel, message, text=text, blocks=checked, by=caller.app.bot_user, metadata=_metadata(args)
    )
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": scene.workspace.wire(message, metadata=True),
    }


def delete(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``chat.delete``: with a bot's token, one of the app's own messages."""
    channel = channel_of(scene, args)
    message = message_of(channel, args.needed("ts"))
    if message.bot_id != caller.app.bot_id:
        raise SlackError("cant_delete_message")
    scene.board.delete(channel, message)
    return {"channel": channel.id, "ts": message.ts}


def permalink(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``chat.getPermalink`` ("chat.getPermalink", section "Example response"): of a reply, with its thread."""
    channel = channel_of(scene, args)
    message = message_of(channel, args.needed("message_ts"))
    url = f"https://{scene.workspace.home.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        url += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": url}


def _message(scene: Scene, caller: Caller, args: Arguments) -> Message:
    checked = blocks.message_blocks(args.json("blocks") or [])
    thread = args.text("thread_ts")
    if thread and not _TS.fullmatch(thread):
        raise SlackError("invalid_thread_ts")
    name, image = args.text("username"), args.text("icon_url")
    if name or image:
        caller.need("chat:write.customize")  # "chat.postMessage", section "Authorship"
    return Message(
        "",
        caller.app.bot_user,
        _text(args, blocks=checked),
        scene.workspace.home.id,
        checked,
        thread_ts=thread,
        bot_id=caller.app.bot_id,
        app_id=caller.app.id,
        subtype="bot_message" if name else "",
        username=name,
        icon_url=image,
        metadata=_metadata(args),
    )


def _text(args: Arguments, *, blocks: object) -> str:
    text = args.text("text")
    if not text and not blocks:
        raise SlackError("no_text")
    if len(text) > LONGEST:
        raise SlackError("msg_too_long")
    return text


def _metadata(args: Arguments) -> Json | None:
    """ "Message metadata": an event_type and a flat payload."""
    metadata = args.json("metadata")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not metadata.get("event_type") or "event_payload" not in metadata:
        raise SlackError("invalid_metadata_format")
    if len(str(metadata)) > METADATA:
        raise SlackError("metadata_too_large")
    return metadata


_WRITE = ("chat:write",)
METHODS = {
    "chat.postMessage": Method(post, _WRITE),
    "chat.postEphemeral": Method(whisper, _WRITE),
    "chat.update": Method(update, _WRITE),
    "chat.delete": Method(delete, _WRITE),
    "chat.getPermalink": Method(permalink),
}
