"""Open connections of a door: limits in all and by address, and who is closed first."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Generic, Literal, Protocol, TypeVar
from urllib.request import HTTPRedirectHandler

log = logging.getLogger("connections")

SHORT = 10.0
"""Seconds that a client may keep a place without using it while places run short."""
SCARCE = 0.75
"""The share of all places from which on they run short."""

Full = Literal["", "all", "host"]
"""Why nobody is let in: every place is taken, or those of one address; empty: there is a place."""


class NoRedirect(HTTPRedirectHandler):
    """Follows no redirect: secrets go to the server that the config names, and no other one is believed."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


class OpenConnection(Protocol):
    """One connection, as far as its place is concerned."""

    def idle(self) -> float | None:
        """Seconds for which its place was not used; None: do not interrupt it."""

    def let_go(self) -> None:
        """Send a reason, and disconnect."""


C = TypeVar("C", bound=OpenConnection)


class Connections(Generic[C]):
    """All clients of one door, used in its event loop only.

    ``shared``: an address from which many people's connections come (a proxy): only ``most`` holds for it.
    """

    def __init__(
        self, most: int, most_per_host: int, *, shared: Callable[[str], bool] = lambda host: not host
    ) -> None:
        self.most, self._most_per_host = most, most_per_host
        self._shared = shared
        self._hosts: dict[C, str] = {}
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._hosts)

    def __iter__(self) -> Iterator[C]:
        return iter(tuple(self._hosts))

    def full(self, host: str) -> Full:
        """Why there is no place for one more from ``host``, or ``""``.

        If all are taken, an address that has more of them than ``host`` loses its longest unused one.
        """
        shared, mine = self._shared(host), self._of[network(host)]
        if not shared and mine >= self._most_per_host:
            return "host"
        if len(self._hosts) < self.most:
            return ""
        client = self._longest_idle(0 if shared else mine)
        if client is None:
            return "all"
        self._let_go(client)
        return ""

    def _longest_idle(self, share: int) -> C | None:
        candidates = [
            (self._of[host], idle, client)
            for client, host in self._hosts.items()
            if self._of[host] > share and (idle := client.idle()) is not None
        ]
        return max(candidates, key=lambda candidate: candidate[:2])[2] if candidates else None

    def tidy(self, *, scarce: bool = False) -> None:
        """Disconnect idle clients, once a second, while places (or something else ``scarce``) run short.

        Idle are those that have not used their place for ``SHORT`` seconds.
        """
        if not scarce and len(self._hosts) < self.most * SCARCE:
            return
        self.each(self._let_go_idle)

    def each(self, do: Callable[[C], None]) -> None:
        """Do something with every client; an error is logged, and the others follow."""
        for client in self:
            try:
                do(client)
            except Exception as error:
                log.error("error in a connection", exc_info=error)

    def _let_go_idle(self, client: C) -> None:
        if (client.idle() or 0.0) >= SHORT:
            self._let_go(client)

    def _let_go(self, client: C) -> None:
        self.remove(client)
        client.let_go()

    def add(self, client: C, host: str) -> None:
        """Count a client in."""
        host = network(host)
        self._hosts[client] = host
        self._of[host] += 1

    def remove(self, client: C) -> None:
        """Count a client out, once."""
        host = self._hosts.pop(client, None)
        if host is not None:
            self._of[host] -= 1
            if not self._of[host]:
                del self._of[host]

    def move(self, client: C, host: str) -> bool:
        """Count a client for ``host``, behind a proxy; False if that has as many places as it may."""
        if client not in self._hosts or self._hosts[client] == network(host):
            return True
        if not self._shared(host) and self._of[network(host)] >= self._most_per_host:
            return False
        self.remove(client)
        self.add(client, host)
        return True


@lru_cache(maxsize=4096)
def network(host: str) -> str:
    """The network that counts as one address: of IPv6 the first 64 bits.

    Anybody who has one such address has all that begin so.
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv4Address):
        return host
    return str(address.ipv4_mapped or ip_network((int(address) >> 64 << 64, 64)))


SHARES = {"web": 40, "smtp": 20, "lmtp": 20}
"""Percent of all descriptors of the process. What is left is for the store, files, the relay and children."""
BURST = 32
"""Clients that are accepted in one turn of an event loop, before any of them can be refused."""
QUEUE = 1024
"""Clients that the system lets wait until they are accepted."""


def at_most(wanted: int, door: str) -> int:
    """``wanted`` connections, or as many as this door may have."""
    return min(wanted, max(1, _limit() * SHARES[door] // 100))


def lengthen_queue(server: asyncio.Server) -> None:
    """Let ``QUEUE`` clients wait while ``BURST`` are accepted at a time: asyncio has one number for both."""
    for listening in server.sockets:
        with socket.socket(fileno=os.dup(listening.fileno())) as same:
            same.listen(QUEUE)


def shortage(key: str, wanted: int, door: str) -> str:
    """A sentence if there are too few file descriptors for the configured connections, or ``""``."""
    allowed = at_most(wanted, door)
    return (
        f"{key}: {allowed} connections are let in, not {wanted}: this process may open {_limit()} files at once "
        f"(`ulimit -Hn`; LimitNOFILE= of a systemd unit), and the rest of the house needs some"
        if allowed < wanted
        else ""
    )


def _limit() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft if soft != resource.RLIM_INFINITY else 1 << 20
