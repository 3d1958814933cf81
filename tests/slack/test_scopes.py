"""Scopes that the app asks for are scopes that it uses: by the methods it calls and the events it hears.

docs.slack.dev: "Required scopes" of each method and event.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from channels.slack.workspace.manifest import EVENTS, NEEDED, SCOPES

ROOT = Path(__file__).parents[2] / "channels/slack"
BY_METHOD = {
    "auth_test": (), "apps_connections_open": (), "blocks_validate": (), "views_open": (), "views_push": (),
    "views_update": (), "views_publish": (), "chat_getPermalink": (), "chat_postMessage": ("chat:write",),
    "chat_update": ("chat:write",), "chat_delete": ("chat:write",), "chat_postEphemeral": ("chat:write",),
    "conversations_open": ("im:write",), "conversations_info": ("channels:read", "groups:read"),
    "conversations_history": ("channels:history", "groups:history", "im:history", "metadata.message:read"),
    "conversations_replies": ("channels:history", "groups:history", "im:history", "metadata.message:read"),
    "users_info": ("users:read",), "users_lookupByEmail": ("users:read.email",),
    "files_info": ("files:read",), "files_getUploadURLExternal": ("files:write",),
    "files_completeUploadExternal": ("files:write",), "files_upload_v2": ("files:read", "files:write"),
    "reactions_add": ("reactions:write",), "reactions_remove": ("reactions:write",),
    "reactions_get": ("reactions:read",), "usergroups_users_list": ("usergroups:read",),
}  # fmt: skip
"""By slack_sdk's name of a method, what it needs."""
FAMILIES = (
    "apps_",
    "auth_",
    "blocks_",
    "chat_",
    "conversations_",
    "files_",
    "reactions_",
    "usergroups_",
    "users_",
    "views_",
)
BY_EVENT = {
    "app_home_opened": (), "app_uninstalled": (), "tokens_revoked": (), "app_mention": ("app_mentions:read",),
    "message.channels": ("channels:history",), "message.groups": ("groups:history",),
    "message.im": ("im:history",), "message.mpim": ("mpim:history",), "user_change": ("users:read",),
    "reaction_added": ("reactions:read",), "reaction_removed": ("reactions:read",),
}  # fmt: skip
ALWAYS = {"commands", "files:read", "users:read.email"}
"""For the slash command, for the bytes of files (``url_private_download``, "Working with files"), and for the address
in a user's profile ("users.info")."""
KEYWORDS = {"username": "chat:write.customize", "icon_url": "chat:write.customize"}
"""Arguments of a call that need a scope of their own."""


def calls() -> Iterator[ast.Call]:
    for file in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield node


def methods() -> set[str]:
    """The methods of the Web API that are named anywhere: called, or passed on."""
    return {
        node.attr
        for file in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr.startswith(FAMILIES) and not node.attr.islower())
        or (isinstance(node, ast.Attribute) and node.attr in BY_METHOD)
    }


def used() -> set[str]:
    named = {KEYWORDS[each.arg] for call in calls() for each in call.keywords if each.arg in KEYWORDS}
    by_event = {scope for event in EVENTS for scope in _of_event(event)}
    return ALWAYS | named | by_event | {scope for method in methods() for scope in BY_METHOD[method]}


def _of_event(event: str) -> tuple[str, ...]:
    if event.startswith(("channel_", "member_")):
        return ("channels:read",)
    return ("groups:read",) if event.startswith("group_") else BY_EVENT[event]


def test_every_scope_that_is_asked_for_is_used_and_none_that_is_used_is_missing() -> None:
    assert len(methods()) > 10
    assert set(SCOPES) == used()
    assert set(NEEDED) <= used()
