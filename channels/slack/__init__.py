"""Slack: what people type, click and say there, and what they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from click import Command

    from bot.channel.capabilities import Welcome
    from bot.channel.context import ChannelContext
    from bot.channel.protocols import Door, Worker
    from bot.channel.setup import SetupStep
    from channels.slack.workspace.settings import Settings

__all__ = ["Settings", "commands", "open_channel", "previews", "setup_steps"]


def commands() -> Command:
    """``casebot slack``."""
    from channels.slack.cli import slack

    return slack


def setup_steps() -> Sequence[SetupStep]:
    """Slack's app, and the desk's channel there."""
    from channels.slack.workspace.setup import SlackStep

    return (SlackStep(),)


def previews(lists: Any, say: Callable[[str], str]) -> Iterable[tuple[str, str]]:
    """Every view and message as HTML."""
    from channels.slack.preview import previews as shown

    return shown(lists, say)


def open_channel(context: ChannelContext[Settings]) -> Door:
    """The channel, not yet connected; without a bot token, a door that is never opened."""
    if not context.settings.on:
        return ClosedDoor()
    from channels.slack.channel import SlackChannel

    return SlackChannel(context)


class ClosedDoor:
    """A ``bot.channel.protocols.Door`` without workers: Slack where no token is configured."""

    name = "slack"
    workers: Sequence[Worker] = ()

    def problems(self) -> Iterable[str]:
        """No problems: there is nothing to connect to."""
        return ()

    def greeting(self) -> Welcome:
        """How it is opened."""
        from bot.channel.capabilities import Welcome

        return Welcome((("Slack", "off; `casebot setup slack` leads to it"),))

    def close(self) -> None:
        """Nothing to close."""


def __getattr__(name: str) -> Any:
    """``Settings``, loaded when it is asked for: help needs no pydantic."""
    if name != "Settings":
        raise AttributeError(name)
    from channels.slack.workspace.settings import Settings

    return Settings
