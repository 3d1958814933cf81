"""Mail: SMTP, LMTP and IMAP in, an SMTP relay or a Maildir out, and the reading of what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.email.settings import Settings

if TYPE_CHECKING:
    from bot.channel import Channel, House

__all__ = ["Settings", "open_channel"]


def open_channel(house: House) -> Channel:
    """The channel, its doors not yet open; ``house.settings`` is a ``Settings``."""
    from channels.email.channel import EmailChannel

    return EmailChannel(house)
