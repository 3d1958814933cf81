"""The connection limit of a door: file descriptors stay free for the store and other doors."""

from __future__ import annotations

import asyncio
import os
import resource
import socket

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
