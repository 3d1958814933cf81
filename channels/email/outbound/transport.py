"""Where mail leaves: one door out, chosen by ``email.relay``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from bot.channel.outbound import Parcel
from channels.email.config.settings import Settings
from channels.email.outbound.maildir import Maildir
from channels.email.outbound.smtp_relay import Relay


class Transport(Protocol):
    """A way out."""

    def deliver(self, parcel: Parcel) -> None:
        """Hand it over or raise ``DeliveryFailed``; from several threads."""

    def interrupt(self) -> None:
        """Let every delivery that is under way, or begun from now on, fail at once."""

    def problems(self) -> Iterable[str]:
        """One sentence for each thing that stands in the way."""

    def close(self) -> None:
        """Give back connections."""


def open_delivery(settings: Settings, *, hostname: str) -> Transport:
    """The delivery that the settings name; connects to nothing yet."""
    scheme, _, rest = settings.relay.partition(":")
    if scheme == "maildir":
        return Maildir(rest)
    return Relay(settings.relay, connections=settings.relay_connections, hostname=hostname)
