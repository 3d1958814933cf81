"""Channels whose ids changed: what config and store call by an old id, by its present one.

docs.slack.dev, "channel_id_changed event": Slack gives a channel another id when it is shared with another
organisation, or moves within one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

NAME = "slack-channel-ids"


class ChannelIds:
    """Present ids by older ones; what is learnt is durable."""

    def __init__(
        self,
        remember: Callable[[str, Mapping[str, Any] | None], Mapping[str, Any] | None] | None = None,
    ) -> None:
        """``remember``: ``ChannelContext.remember``."""
        self._remember = remember
        self._ids: dict[str, str] = dict((remember(NAME, None) or {}) if remember else {})

    def now(self, channel: str) -> str:
        """The present id of a channel."""
        seen: set[str] = set()
        while channel in self._ids and channel not in seen:
            seen.add(channel)
            channel = self._ids[channel]
        return channel

    def changed(self, old: str, new: str) -> None:
        """Note that a channel has another id now."""
        others = {key: value for key, value in self._ids.items() if key != new}
        self._ids = {**others, old: new}
        if self._remember:
            self._remember(NAME, self._ids)

    def known(self) -> bool:
        """Has any channel another id than it had?"""
        return bool(self._ids)
