"""The web door: the pages that signed links lead to, uploads, health and metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.channel.context import ChannelContext
from bot.channel.protocols import Door
from channels.web.http.settings import Settings

if TYPE_CHECKING:
    from bot.channel.setup import SetupStep

__all__ = ["Settings", "open_channel", "setup_steps"]


def setup_steps() -> Sequence[SetupStep]:
    """The address of the customers' pages."""
    from channels.web.http.setup import PagesStep

    return (PagesStep(),)


def open_channel(context: ChannelContext[Settings]) -> Door:
    """The web door."""
    from channels.web.server import WebDoor

    return WebDoor(context)
