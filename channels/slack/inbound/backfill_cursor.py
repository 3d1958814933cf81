"""The cursor of the backfill: from when Slack must be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

NAME = "slack-catch-up"


class BackfillCursor:
    """One moment under a name in the store; each change is durable when its call returns.

    Several processes share it: none takes away one that is earlier than what it has read itself.
    """

    def __init__(self, remember: Callable[[str, Mapping[str, Any] | None], Mapping[str, Any] | None]) -> None:
        """``remember``: ``bot.channel.protocols.ChannelContext[Settings].remember``."""
        self._remember = remember

    def since(self) -> datetime | None:
        """From when Slack must be read; None: nothing is left to read."""
        kept = (self._remember(NAME, None) or {}).get("since")
        return datetime.fromisoformat(kept) if kept else None

    def lower(self, since: datetime) -> None:
        """It must be read from this moment too; an earlier mark stays."""
        standing = self.since()
        if standing is None or since < standing:
            self._write(since)

    def move(self, was: datetime, to: datetime | None) -> None:
        """All from ``was`` on was read; what is to be read next begins at ``to``, None: nothing is."""
        standing = self.since()
        if standing is not None and standing >= was:
            self._write(to)

    def _write(self, since: datetime | None) -> None:
        self._remember(NAME, {"since": since.isoformat()} if since else {})
