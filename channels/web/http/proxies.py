"""Reverse proxies of the operator's (``X-Forwarded-For``)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

LONGEST = 1000
"""Characters of the header that are looked at, from its end."""


class Proxies:
    """The networks of ``[web] proxies``: only these may say whose requests they forward."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = [ipaddress.ip_network(network) for network in networks]
        self.has = lru_cache(maxsize=1024)(self._has)

    def _has(self, host: str) -> bool:
        """Is it a proxy of ours, or a socket of this machine (``""``)?"""
        address = _address(host)
        return not host or (address is not None and any(address in network for network in self._networks))

    def client(self, host: str, forwarded: str) -> str:
        """The client of a request: the nearest address that is no proxy of ours.

        Anybody may have written the addresses before it.
        """
        if not self.has(host):
            return host
        for address in reversed(forwarded[-LONGEST:].split(",")):
            if _address(address.strip()) is None:
                return host
            if not self.has(address.strip()):
                return address.strip()
        return host


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address
