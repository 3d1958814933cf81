"""The app under rehearsal: its installation, tokens, scopes, subscriptions and where Slack reaches it."""

from __future__ import annotations

from dataclasses import dataclass, field

from channels.slack.workspace.manifest import EVENTS, MESSAGE_SHORTCUTS, SCOPES, SHORTCUTS
from rehearsal.slack.wire.wire import PATIENCE


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
    shortcuts: set[str] = field(default_factory=lambda: {name for _, name, _ in SHORTCUTS})
    message_shortcuts: set[str] = field(default_factory=lambda: {name for _, name, _ in MESSAGE_SHORTCUTS})
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
    revoked: bool = False
    """Its bot token was revoked."""

    def section(self, url: str, *, mode: str) -> str:
        """The section ``[slack]`` of a config by which casebot works in this workspace.

        ``url``: of the Web API; ``mode``: ``socket`` or ``http``.
        """
        return (
            f'[slack]\nbot_token = "{self.bot_token}"\napp_token = "{self.app_token}"\n'
            f'signing_secret = "{self.signing_secret}"\napi_url = "{url}"\ntriage = "C0TRIAGE"\nmode = "{mode}"\n'
        )
