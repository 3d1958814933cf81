"""What became of one try to deliver something to the app."""

from __future__ import annotations

from dataclasses import dataclass, field

from rehearsal.slack.wire.wire import Json

PATIENCE = 3.0
"""Seconds the app has for its ack (docs.slack.dev: "Events API", "Handling user interaction")."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one delivery to the app.

    ``body``: what came with the ack. ``reason``: why there was no ack, in the words of X-Slack-Retry-Reason.
    """

    acked: bool
    reason: str = ""
    body: Json = field(default_factory=dict)
    ms: float = 0.0
    stop: bool = False
    """The app asked for no retries (X-Slack-No-Retry)."""

    @property
    def error(self) -> str:
        """The word in the error that a person sees (docs.slack.dev: "Slash commands")."""
        if self.acked:
            return ""
        return "operation_timeout" if self.reason == "http_timeout" else "dispatch_failed"
