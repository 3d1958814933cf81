"""The web door: the pages that signed links lead to, uploads, health and metrics."""

from __future__ import annotations

from bot.channel.context import ChannelContext
from bot.channel.protocols import Door
from channels.web.http.settings import Settings

__all__ = ["Settings", "open_channel"]


def open_channel(context: ChannelContext[Settings]) -> Door:
    """The web door."""
    from channels.web.server import WebDoor

    return WebDoor(context)
