"""One message on its way out, through the delivery that a setting of ``email.relay`` opens."""

from __future__ import annotations

import pytest

from bot.channel.outbound import DeliveryFailed, Parcel
from channels.email import Settings
from channels.email.channel import Transport, open_delivery

PAYLOAD = (
    b"From: Support <support@example.com>\r\nMessage-ID: <one@example.com>\r\n"
    b"Subject: Hello\r\n\r\nHello.\r\n.\r\n..two\r\nBye.\r\n"
)
PARCEL = Parcel(7, "ana@acme.com", "support+b-7@example.com", PAYLOAD)


def relay(url: str, *, connections: int = 4) -> Transport:
    """Return a transport to this relay."""
    return open_delivery(Settings(relay=url, relay_connections=connections), hostname="example.com")


def failure(out: Transport, parcel: Parcel = PARCEL) -> DeliveryFailed:
    """Return the error of a delivery that fails."""
    with pytest.raises(DeliveryFailed) as failed:
        out.deliver(parcel)
    return failed.value
