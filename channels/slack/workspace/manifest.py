"""The app's manifest, and the link that opens Slack's form with it: ``casebot slack manifest``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

SCOPES = (
    "commands", "chat:write", "chat:write.customize", "app_mentions:read", "channels:history", "groups:history",
    "im:history", "im:write", "channels:read", "groups:read", "users:read", "users:read.email", "reactions:read",
    "reactions:write", "files:read", "files:write", "metadata.message:read",
)  # fmt: skip
NEEDED = (
    "commands", "chat:write", "app_mentions:read", "channels:history", "groups:history", "im:history", "im:write",
    "channels:read", "groups:read", "users:read", "reactions:read", "reactions:write", "files:read", "files:write",
    "metadata.message:read",
)  # fmt: skip
"""Scopes without which something does not work (``casebot check``)."""
LIFECYCLE = (
    "app_uninstalled", "tokens_revoked", "channel_archive", "channel_unarchive", "channel_rename", "channel_deleted",
    "channel_left", "channel_id_changed", "channel_shared", "channel_unshared", "group_archive", "group_unarchive",
    "group_rename", "group_deleted", "group_left", "member_joined_channel", "member_left_channel", "user_change",
)  # fmt: skip
"""Events of the workspace: what becomes of the app, of channels and of people."""
EVENTS = (
    "app_home_opened", "app_mention", "message.channels", "message.groups", "message.im", "reaction_added",
    "reaction_removed", *LIFECYCLE,
)  # fmt: skip
SHORTCUTS = (
    ("New case", "new_case", "Open a support case"),
    ("My cases", "my_cases", "See your support cases"),
)
MESSAGE_SHORTCUTS = (
    ("Create case", "message_case", "Open a support case from this message"),
    ("Add to case…", "message_add", "Put this message and its files on a case"),
    ("Send to customer", "message_send", "Answer the customer with this message"),
)


def manifest(*, name: str = "Case", command: str = "/case", request_url: str = "") -> dict[str, Any]:
    """The app's manifest.

    ``request_url``: where Slack posts to (``https://support.acme.com/slack/events``); empty: Socket Mode.
    """
    url = {"request_url": request_url} if request_url else {}
    menu = {"message_menu_options_url": request_url} if request_url else {}
    slash = {
        "command": command,
        "description": "Support cases",
        "usage_hint": "new | my | show | reply | help",
    }
    return {
        "display_information": {"name": name, "description": "Support cases, in Slack and by mail"},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "slash_commands": [
                {**slash, "should_escape": True, **({"url": request_url} if request_url else {})}
            ],
            "shortcuts": [
                {"name": title, "type": kind, "callback_id": callback_id, "description": description}
                for kind, shortcuts in (("global", SHORTCUTS), ("message", MESSAGE_SHORTCUTS))
                for title, callback_id, description in shortcuts
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**url, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **url, **menu},
            "socket_mode_enabled": not request_url,
            "org_deploy_enabled": False,
            "token_rotation_enabled": False,
        },
    }


def link(made: Mapping[str, Any]) -> str:
    """The address that opens Slack's form for a new app, filled in with a manifest.

    docs.slack.dev, "Configuring apps with app manifests", section "Sharing manifests".
    """
    query = {"new_app": "1", "manifest_json": json.dumps(made, separators=(",", ":"))}
    return f"https://api.slack.com/apps?{urlencode(query, quote_via=quote)}"
