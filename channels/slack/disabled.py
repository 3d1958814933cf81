"""Slack where no token is configured: a door that stays closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.channel.protocols import Worker


class ClosedDoor:
    """A ``bot.channel.protocols.Door`` without workers."""

    name = "slack"
    workers: Sequence[Worker] = ()

    def problems(self) -> Iterable[str]:
        """No problems: there is nothing to connect to."""
        return ()

    def close(self) -> None:
        """Nothing to close."""
