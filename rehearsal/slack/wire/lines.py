"""The TCP connections of the server: so that one can go dead without a word."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Iterable
from typing import Any

Client = tuple[str, int]


class Lines:
    """The connections of the server, over uvicorn's own set; all methods are for the loop's thread."""

    def __init__(self, connections: Iterable[Any]) -> None:
        self._connections = connections

    def drop(self, client: Client, *, reset: bool = False) -> None:
        """End the connection from ``client`` at once: FIN, or RST with ``reset``; no close frame, no answer."""
        for connection in list(self._connections):
            transport = connection.transport
            if transport and transport.get_extra_info("peername") == client:
                _end(transport, reset=reset)

    def drop_all(self) -> None:
        """End every connection."""
        for connection in list(self._connections):
            if connection.transport:
                _end(connection.transport, reset=False)


def _end(transport: asyncio.Transport, *, reset: bool) -> None:
    if reset:
        line: socket.socket = transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
