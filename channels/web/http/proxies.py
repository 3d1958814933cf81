"""Reverse proxies of the operator's (``X-Forwarded-For``)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

LONGEST = 1000
"""Characters of the header that are looked at, from its end."""


class Proxies:
    """The networks of ``[web] proxies``: many people's requests come from there, and only these say whose."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = [ipaddress.ip_network(one) for one in networks]
        self.has = lru_cache(maxsize=1024)(self._has)

    def _has(self, host: str) -> bool:
        """Is it a proxy of ours, or a socket of this machine (``""``)?"""
        address = _address(host)
        return not host or (address is not None and any(address in network for network in self._networks))

    def client(self, host: str, forwarded: str) -> str:
        """Whom a request is for: the nearest address that is no proxy of ours. What stands before it, anybody wrote."""
        if not self.has(host):
            return host
        for one in reversed(forwarded[-LONGEST:].split(",")):
            if _address(one.strip()) is None:
                return host
            if not self.has(one.strip()):
                return one.strip()
        return host


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address
