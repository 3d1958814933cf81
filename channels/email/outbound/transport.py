"""Where mail leaves: one door out, chosen by ``email.relay``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from bot.channel.outbound import Parcel
from channels.email.config.settings import Settings
from channels.email.outbound.maildir import Maildir
from channels.email.outbound.smtp_relay import Relay


class Transport(Protocol):
    """A way to send mail."""

    def deliver(self, parcel: Parcel) -> None:
        """Send a parcel or raise ``DeliveryFailed``; from several threads."""

    def interrupt(self) -> None:
        """Make every delivery in progress, or begun from now on, fail at once."""

    def problems(self) -> Iterable[str]:
        """One sentence for each thing that prevents sending."""

    def close(self) -> None:
        """Close connections."""


def open_delivery(settings: Settings, *, hostname: str) -> Transport:
    """The transport that the settings name; connects to nothing yet."""
    scheme, _, folder = settings.relay.partition(":")
    if scheme == "maildir":
        return Maildir(folder)
    return Relay(settings.relay, connections=settings.relay_connections, hostname=hostname)
