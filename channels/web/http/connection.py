"""One connection to the web door, with time limits."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import struct
import termios
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

from channels.connections import SHORT, Connections, network
from channels.web.http.body_stream import SILENCE, BodyPace

if TYPE_CHECKING:
    from starlette.requests import Request as HttpRequest

    from channels.web.http.proxies import Proxies

HEAD = 15.0
"""Seconds from a connection's beginning, or from a later request's first byte, to the end of the request's head."""
AHEAD = 4 << 20
"""Bytes that are read of all connections before anybody asks for them: each has its share."""
LEAST_AHEAD, MOST_AHEAD = 8 << 10, 256 << 10
AGAIN = 10
"""Seconds after which whoever found no place may try again (``Retry-After``)."""
MOST_LINGERING = 64
"""Refused clients whose connection stays open for a second: closed at once, they would not read the answer."""


class HttpConnection(H11Protocol):
    """uvicorn's protocol with limits."""

    def __init__(self, connections: WebConnections, **uvicorn: Any) -> None:
        state = {**uvicorn.pop("app_state"), "connection": self}
        super().__init__(**uvicorn, app_state=state)
        self._connections = connections
        self._since = self.loop.time()
        """When it began to wait for a head."""
        self._some = False
        """Some of a head has come."""
        self._stalled: tuple[int, float] = (0, 0.0)
        """Bytes that wait to be read by the client, and since when not one was."""
        self._lingers = False
        self.network = ""
        """Where the request in progress comes from; empty: from a proxy that does not say it."""
        self.pace: BodyPace | None = None
        """Of the body that is arriving."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept, or refuse with 503."""
        host = _host(transport)
        if self._connections.places.full(host):
            self._turn_away(transport)
            return
        super().connection_made(transport)
        self._connections.places.add(self, host)
        transport.max_size = LEAST_AHEAD  # type: ignore[attr-defined]  # asyncio would read 256 KiB at once

    def _turn_away(self, transport: asyncio.Transport) -> None:
        transport.write(_answer(503, "Service Unavailable", BUSY, f"Retry-After: {AGAIN}\r\n"))
        if self._connections.lingering >= MOST_LINGERING or not transport.can_write_eof():
            transport.close()
            return
        self._connections.lingering += 1
        self._lingers = True
        transport.write_eof()
        self.loop.call_later(1.0, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Start the clock of a request head with its first byte, not with each."""
        if self._lingers:
            return
        if self._waits and not self._some:
            self._some, self._since = True, self._since if self.cycle is None else self.loop.time()
        ahead = self._connections.ahead
        self.transport.max_size = ahead  # type: ignore[attr-defined]  # of the next read
        super().data_received(data)
        if not self._waits:
            self._some = False
            if len(self.cycle.body) >= ahead:
                self.flow.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Free its place."""
        if self._lingers:
            self._connections.lingering -= 1
            return
        self._connections.places.remove(self)
        if self.transport is not None:  # it was let in
            super().connection_lost(exc)
        self.app_state = {}

    def on_response_complete(self) -> None:
        """Wait for the next request head."""
        self._since, self._some, self.pace = self.loop.time(), False, None
        self._connections.places.move(self, _host(self.transport))
        super().on_response_complete()

    @property
    def _waits(self) -> bool:
        """Is no request in progress?"""
        return self.cycle is None or self.cycle.response_complete

    def asked_for(self, forwarded: str) -> bool:
        """Count the request for the client behind our proxy; False if they have too many in progress."""
        client = self._connections.proxies.client(_host(self.transport), forwarded)
        self.network = "" if self._connections.proxies.has(client) else network(client)
        return self._connections.places.move(self, client)

    def idle(self) -> float | None:
        """Seconds without a request head, or by which a body or the reader of our answer is behind."""
        now = self.loop.time()
        if self._stalled[0] and now - self._stalled[1] >= SHORT:
            return now - self._stalled[1]
        if self._waits:
            return None if self._stalled[0] else now - self._since
        behind = self.pace.behind() if self.pace else 0.0
        return behind if behind >= SHORT else None

    def tidy(self, now: float) -> None:
        """Disconnect, once a second, clients that do not finish a head or do not read."""
        unread = _unread(self.transport)
        if not unread or unread != self._stalled[0]:
            self._stalled = (unread, now)
        if unread and now - self._stalled[1] > SILENCE:
            self.transport.abort()
        elif self._waits and not unread and now - self._since > HEAD:
            self.let_go()

    def let_go(self) -> None:
        """Answer 408: to a body in its page's words, to half a head here; silent clients get no answer."""
        if self._stalled[0]:
            self.transport.abort()
        elif not self._waits:
            if self.pace:
                self.pace.stop()
        else:
            if self._some:
                self.transport.write(_answer(408, "Request Timeout", SILENT))
            self.transport.close()


def network_of(request: HttpRequest) -> str:
    """The network of the client whose request this is (``HttpConnection.network``)."""
    connection: HttpConnection | None = request.scope.get("state", {}).get("connection")
    return connection.network if connection else ""


class WebConnections:
    """All connections of the web door."""

    def __init__(
        self, most: int, most_per_host: int, proxies: Proxies, *, scarce: Callable[[], bool] = lambda: False
    ) -> None:
        """``scarce``: does memory run short, so that slow clients must give back theirs?"""
        self.proxies, self._scarce = proxies, scarce
        self.places: Connections[HttpConnection] = Connections(most, most_per_host, shared=proxies.has)
        self.lingering = 0

    @property
    def ahead(self) -> int:
        """Bytes that are read of one connection before anybody asks for them."""
        return min(MOST_AHEAD, max(LEAST_AHEAD, AHEAD // max(1, len(self.places))))

    def tidy(self, now: float) -> None:
        """Tidy all connections, once a second."""
        self.places.each(lambda connection: connection.tidy(now))
        self.places.tidy(scarce=self._scarce())


BUSY = "We are serving as many people as we can just now. Please try again in a minute.\n"
SILENT = "The request did not come to its end in time. Please try again.\n"


def _answer(status: int, phrase: str, words: str, headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status} {phrase}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    return f"{head}{headers}Content-Length: {len(words)}\r\n\r\n{words}".encode("ascii")


def _unread(transport: asyncio.Transport) -> int:
    """Bytes that the client has not read yet; 0: all are in the kernel's hands.

    The kernel takes megabytes from us at once, which a slow line takes minutes for: what it holds counts,
    too.
    """
    unread = transport.get_write_buffer_size()
    if unread:
        with contextlib.suppress(OSError):  # not every kernel tells
            queued = fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4))
            unread += int(struct.unpack("i", queued)[0])
    return unread


def _host(transport: asyncio.Transport) -> str:
    peer = cast("Any", transport.get_extra_info("peername"))
    return str(peer[0]) if isinstance(peer, tuple) else ""
