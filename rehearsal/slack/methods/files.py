"""``files.*``: the three steps of an upload, and file objects (docs.slack.dev: "Working with files")."""

from __future__ import annotations

from typing import Any

from rehearsal.slack.methods.method import Caller, Method, postable
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire.arguments import Arguments
from rehearsal.slack.wire.wire import Json, SlackError, new_id
from rehearsal.slack.workspace.conversation import Channel, File, Message

LARGEST = 1_000_000_000


def upload_url(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``files.getUploadURLExternal``: where the bytes go."""
    length = args.number("length", 0)
    if not 0 < length <= LARGEST:
        raise SlackError("invalid_arguments", messages=["length must be positive"])
    file = File(new_id("F"), args.needed("filename"), caller.app.bot_user, length=length)
    scene.workspace.files[file.id] = file
    return {"upload_url": f"{scene.workspace.site}/upload/v1/{file.id}", "file_id": file.id}


def complete(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``files.completeUploadExternal``: given a channel, post a message with the files there.

    The answer does not have the message's ts.
    """
    files = [_uploaded(scene, each) for each in _list(args)]
    channel = _place(scene, args) if args.text("channel_id") else None
    for file in files:
        file.complete = True
    if channel:
        scene.board.post(channel, _message(scene, caller, args, files))
    return {"files": [file.wire(scene.workspace.site) for file in files]}


def info(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``files.info``; only files in channels the bot is in, and its own (``file_not_found``)."""
    file = scene.workspace.files.get(args.needed("file"))
    if file is None or not readable(scene, file):
        raise SlackError("file_not_found")
    return {"file": file.wire(scene.workspace.site), "comments": [], "response_metadata": {"next_cursor": ""}}


def delete(scene: Scene, caller: Caller, args: Arguments) -> Json:
    """``files.delete``: a bot deletes its own files (``cant_delete_file``); they go from every message."""
    file = scene.workspace.files.get(args.needed("file"))
    if file is None:
        raise SlackError("file_not_found")
    if file.user != caller.app.bot_user:
        raise SlackError("cant_delete_file")
    del scene.workspace.files[file.id]
    for channel in scene.workspace.channels.values():
        for message in channel.messages.values():
            message.files = [each for each in message.files if each.id != file.id]
    return {}


def readable(scene: Scene, file: File) -> bool:
    """May the bot read this file?

    It may read its own, those in channels it is a member of, and those put into one of its modals.
    """
    bot = scene.workspace.app.bot_user
    places = [scene.workspace.channels[each] for each in file.channels]
    return file.complete and (file.user == bot or not places or any(bot in each.members for each in places))


def _list(args: Arguments) -> list[Json]:
    files: Any = args.json("files")
    if not isinstance(files, list) or not files or not all(isinstance(each, dict) for each in files):
        raise SlackError("invalid_arguments", messages=["missing required field: files"])
    return files


def _uploaded(scene: Scene, given: Json) -> File:
    file = scene.workspace.files.get(str(given.get("id")))
    if file is None or file.complete:
        raise SlackError("file_not_found")
    if len(file.data) != file.length:
        raise SlackError("file_update_failed")
    file.title = str(given.get("title") or file.name)
    return file


def _place(scene: Scene, args: Arguments) -> Channel:
    """The channel of an upload; ``thread_ts`` must be a parent's ("never use a reply's ts")."""
    channel = postable(scene, Arguments({"channel": args.text("channel_id")}))
    parent = channel.messages.get(args.text("thread_ts"))
    if args.text("thread_ts") and (parent is None or parent.is_reply):
        raise SlackError("invalid_thread_ts")
    return channel


def _message(scene: Scene, caller: Caller, args: Arguments, files: list[File]) -> Message:
    return Message(
        "",
        caller.app.bot_user,
        args.text("initial_comment"),
        scene.workspace.home.id,
        thread_ts=args.text("thread_ts"),
        subtype="file_share",
        bot_id=caller.app.bot_id,
        app_id=caller.app.id,
        files=files,
    )


METHODS = {
    "files.getUploadURLExternal": Method(upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(complete, ("files:write",)),
    "files.delete": Method(delete, ("files:write",)),
    "files.info": Method(info, ("files:read",)),
}
