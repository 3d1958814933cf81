"""Addresses of both kinds: the desk's own mail addresses, and where on the network a door stands."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from bot.model.mail_address import without_plus_parts


def split_endpoint(endpoint: str) -> tuple[str, int]:
    """``127.0.0.1:8025``, ``[::1]:8025`` or ``:25`` (every address) → host, port; else ``ValueError``."""
    host, colon, port = endpoint.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise ValueError("must be host:port, as in 127.0.0.1:8025")
    return host.strip("[]"), int(port)


def nameserver(endpoint: str) -> tuple[str, int]:
    """Address and port of ``192.0.2.53``, ``192.0.2.53:5353``, ``2001:db8::53``, ``[2001:db8::53]:5353``."""
    try:
        return str(ipaddress.ip_address(endpoint.strip("[]"))), 53
    except ValueError:
        pass
    try:
        host, port = split_endpoint(endpoint)
        return str(ipaddress.ip_address(host)), port
    except ValueError:
        raise ValueError("must be an address, as 192.0.2.53 or 192.0.2.53:5353") from None


def is_loopback(host: str) -> bool:
    """Does this name or address stay on this machine?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Addressees:
    """Finds the desk's address that a recipient means."""

    def __init__(self, addresses: Iterable[str]) -> None:
        self._ours = {address.lower(): address.lower() for address in addresses}
        if not self._ours:
            raise ValueError("mail needs at least one [[mailbox]]")
        self.first = next(iter(self._ours))
        # RFC 5321, section 4.5.1: postmaster must be reachable, with or without a domain.
        for address in tuple(self._ours):
            self._ours.setdefault("postmaster@" + address.rpartition("@")[2], address)
        self._ours["postmaster"] = self.first

    def mailbox(self, recipient: str) -> str | None:
        """The mailbox's address, lower case, for itself and any plus-address of it; None: not ours."""
        ours = (self._ours[name] for name in without_plus_parts(recipient) if name in self._ours)
        return next(ours, None)
