"""A channel that stands outside casebot: pagers of a town, one to one and in groups, as files in two folders."""

from __future__ import annotations

from bot.channel.context import ChannelContext
from bot.channel.protocols import Door
from tests.support.pager.settings import Settings

__all__ = ["Settings", "open_channel"]


def open_channel(context: ChannelContext[Settings]) -> Door:
    """The channel; nothing is read before its room runs."""
    from tests.support.pager.channel import PagerChannel

    return PagerChannel(context)
