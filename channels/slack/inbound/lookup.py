"""Looking a message up in Slack, as it is now (docs.slack.dev: "conversations.replies")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.channel.outbound import DeliveryFailed
from channels.slack.inbound.read_later import ReadLater
from channels.slack.workspace.web_api import Calls

Json = Mapping[str, Any]
MOST = 100
"""Replies of a thread that go along with its first message."""


class MessageLookup:
    """Asks Slack for single messages and their threads."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def message(self, channel: str, ts: str) -> Json | None:
        """One message, also of a thread; None if it is gone, or not ours to see.

        Raises ``ReadLater`` while Slack does not answer.
        """
        return next((message for message in self._thread(channel, ts) if message.get("ts") == ts), None)

    def replies(self, channel: str, root: str) -> Sequence[Json]:
        """What stands below a message, oldest first."""
        return [message for message in self._thread(channel, root) if message.get("ts") != root][:MOST]

    def _thread(self, channel: str, ts: str) -> list[Json]:
        try:
            return self._calls.thread(channel, ts, most=MOST + 1)
        except DeliveryFailed as failure:
            if failure.permanent:
                return []
            raise ReadLater(str(failure), failure.after or 5.0) from None
