"""The cursor of the backfill: from when Slack must be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

NAME = "slack-catch-up"


class BackfillCursor:
    """The moment from which Slack must be read, in the store; each change is durable on return.

    Several processes share it: none removes one that is earlier than what it has read itself.
    """

    def __init__(self, remember: Callable[[str, Mapping[str, Any] | None], Mapping[str, Any] | None]) -> None:
        """``remember``: ``bot.channel.protocols.ChannelContext[Settings].remember``."""
        self._remember = remember

    def since(self) -> datetime | None:
        """The moment from which Slack must be read; None: nothing is left to read."""
        saved = (self._remember(NAME, None) or {}).get("since")
        return datetime.fromisoformat(saved) if saved else None

    def lower(self, since: datetime) -> None:
        """Make Slack be read from this moment too; an earlier cursor stays."""
        standing = self.since()
        if standing is None or since < standing:
            self._write(since)

    def move(self, was: datetime, to: datetime | None) -> None:
        """Note that everything from ``was`` on was read; reading goes on at ``to``, None: nowhere."""
        standing = self.since()
        if standing is not None and standing >= was:
            self._write(to)

    def _write(self, since: datetime | None) -> None:
        self._remember(NAME, {"since": since.isoformat()} if since else {})
