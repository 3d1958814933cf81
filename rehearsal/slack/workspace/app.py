"""The app under rehearsal: its installation, tokens, scopes, subscriptions and where Slack reaches it."""

from __future__ import annotations

from dataclasses import dataclass, field

from rehearsal.slack.wire.wire import PATIENCE, Json

SCOPES = [
    "commands",
    "chat:write",
    "chat:write.customize",
    "app_mentions:read",
    "channels:history",
    "groups:history",
    "im:history",
    "im:write",
    "channels:read",
    "groups:read",
    "users:read",
    "users:read.email",
    "reactions:read",
    "reactions:write",
    "files:read",
    "files:write",
    "metadata.message:read",
]
"""What the manifest asks for (docs.slack.dev: "App manifest reference")."""
EVENTS = [
    "app_home_opened",
    "app_mention",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "reaction_removed",
    "file_shared",
    "app_uninstalled",
    "tokens_revoked",
    "user_change",
    "channel_id_changed",
    "channel_shared",
    "channel_unshared",
    "channel_archive",
    "channel_unarchive",
    "group_archive",
    "group_unarchive",
    "member_joined_channel",
]


@dataclass(slots=True)
class App:
    """One app, installed in the first team."""

    id: str = "A0CASE"
    name: str = "Case"
    bot_user: str = "U0CASE"
    bot_id: str = "B0CASE"
    bot_token: str = "xoxb-rehearsal-bot"
    app_token: str = "xapp-1-A0CASE-rehearsal"
    signing_secret: str = "rehearsal-signing-secret"
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    app_scopes: set[str] = field(default_factory=lambda: {"connections:write"})
    events: set[str] = field(default_factory=lambda: set(EVENTS))
    commands: set[str] = field(default_factory=lambda: {"/case"})
    should_escape: bool = True
    """``slash_commands[].should_escape``: ``@ana`` arrives as ``<@U1|ana>``."""
    home_tab: bool = True
    request_url: str = ""
    """Deliver here, signed; empty: Socket Mode."""
    retry_scale: float = 1.0
    """Factor on the waits between an event's retries."""
    patience: float = PATIENCE
    """Seconds it has for its ack; fewer where a test waits for one that will not come."""
    limits: bool = False
    """Enforce the rate tiers."""
    installed: bool = True
    """False: an administrator has removed it, and its bot token is worth nothing."""

    def wire(self) -> Json:
        """What the control API tells of it, secrets included: they open nothing but this rehearsal."""
        return {
            "id": self.id,
            "name": self.name,
            "bot_user": self.bot_user,
            "bot_id": self.bot_id,
            "bot_token": self.bot_token,
            "app_token": self.app_token,
            "signing_secret": self.signing_secret,
            "scopes": sorted(self.scopes),
            "events": sorted(self.events),
            "commands": sorted(self.commands),
            "request_url": self.request_url,
            "retry_scale": self.retry_scale,
            "limits": self.limits,
        }
