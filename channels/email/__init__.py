"""Mail: SMTP, LMTP and IMAP in, an SMTP relay or a Maildir out, and the reading of what came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channel.context import ChannelContext
    from bot.channel.protocols import Channel
    from bot.channel.setup import SetupStep
    from channels.email.config.settings import Settings

__all__ = ["ROLES", "Settings", "open_channel", "setup_steps"]

ROLES = ("smtp", "imap")
"""What a process may take on of it (``bot.channel.roles``): the listeners, and the mailboxes."""


def open_channel(context: ChannelContext[Settings]) -> Channel:
    """The channel; its doors are not open yet. ``context.settings`` is a ``Settings``."""
    from channels.email.channel import EmailChannel

    return EmailChannel(context)


def setup_steps() -> Sequence[SetupStep]:
    """How mail comes and goes."""
    from channels.email.setup.mail_step import MailStep

    return (MailStep(),)


def __getattr__(name: str) -> Any:
    """``Settings``, loaded when it is asked for: the child that reads mail needs no pydantic."""
    if name != "Settings":
        raise AttributeError(name)
    from channels.email.config.settings import Settings

    return Settings
