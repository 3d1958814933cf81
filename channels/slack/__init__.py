"""Slack: what people type, click and say there, and what they are told."""

from __future__ import annotations

from bot.channel.context import ChannelContext
from bot.channel.protocols import Door
from channels.slack.workspace.settings import Settings

__all__ = ["Settings", "open_channel"]


def open_channel(context: ChannelContext[Settings]) -> Door:
    """The channel, not yet connected; without a bot token, a door that is never opened."""
    if not context.settings.on:
        from channels.slack.disabled import ClosedDoor

        return ClosedDoor()
    from channels.slack.channel import SlackChannel

    return SlackChannel(context)
