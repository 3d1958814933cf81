"""The web door: the pages that signed links lead to, uploads, health and metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channel.context import ChannelContext
    from bot.channel.protocols import Door
    from bot.channel.setup import SetupStep
    from channels.web.http.settings import Settings

__all__ = ["Settings", "open_channel", "setup_steps"]


def setup_steps() -> Sequence[SetupStep]:
    """The address of the customers' pages."""
    from channels.web.http.setup import PagesStep

    return (PagesStep(),)


def open_channel(context: ChannelContext[Settings]) -> Door:
    """The web door."""
    from channels.web.server import WebDoor

    return WebDoor(context)


def __getattr__(name: str) -> Any:
    """``Settings``, loaded when it is asked for: help needs no pydantic."""
    if name != "Settings":
        raise AttributeError(name)
    from channels.web.http.settings import Settings

    return Settings
