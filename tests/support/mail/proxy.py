"""A line between a client and a server that can be cut, delayed, reset or go dead."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import Literal, Self

END_OF_DATA = b"\r\n.\r\n"
DELAY = 0.3
"""Seconds that each piece waits during the fault ``delay``."""
Fault = Literal["", "cut", "reset", "delay", "black hole"]


class Proxy:
    """``with Proxy(server_port) as line:`` connect to ``line.port`` instead of the server.

    ``cut_after_data()``: the next message reaches the server whole, its answer reaches nobody.
    ``freeze()``: nothing passes any more, and nobody is told.
    ``cut()``: every connection is closed now.
    ``fault(kind)``: a fault of all connections, old and new, within the block.
    """

    def __init__(self, server: int | str) -> None:
        """``server``: a port, or the path of a Unix socket."""
        self._server = server
        self.state: Fault = ""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cuts = 0
        """Answers withheld so far."""
        self._to_cut = 0
        self._lines: list[Line] = []

    @property
    def connections(self) -> int:
        """Connections made so far."""
        return len(self._lines)

    def cut_after_data(self, times: int = 1) -> None:
        """Withhold the answer to so many messages to come, and hang up on their senders."""
        self._to_cut += times

    def freeze(self) -> None:
        """Let the connections that exist go silent, both ways."""
        for line in self._lines:
            line.frozen = True

    def cut(self, *, reset: bool = False) -> None:
        """Close every connection, or ``reset`` it."""
        for line in self._lines:
            line.close(reset=reset)

    @contextlib.contextmanager
    def fault(self, kind: Fault) -> Iterator[None]:
        """Cut or reset all connections at once, delay every piece, or drop all that is sent.

        What was connected to a black hole is reset in the end, as by a firewall that has forgotten it.
        """
        self.state = kind
        if kind in ("cut", "reset"):
            self.cut(reset=kind == "reset")
        try:
            yield
        finally:
            self.state = ""
            if kind == "black hole":
                self.cut(reset=True)

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                line = Line(self, client, self._dial())
                self._lines.append(line)  # before anything passes
                line.start()
                if self.state in ("cut", "reset"):
                    line.close(reset=self.state == "reset")

    def _dial(self) -> socket.socket:
        if isinstance(self._server, int):
            return socket.create_connection(("127.0.0.1", self._server))
        line = socket.socket(socket.AF_UNIX)
        line.connect(self._server)
        return line

    def take_cut(self) -> bool:
        """Is this message's answer to be withheld?"""
        if not self._to_cut:
            return False
        self._to_cut -= 1
        self.cuts += 1
        return True


class Line:
    """One connection through the proxy: two threads, one for each direction."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self.frozen = False
        self._cutting = False

    def start(self) -> None:
        """Let data pass."""
        for way in ((self._client, self._server), (self._server, self._client)):
            threading.Thread(target=self._pump, args=way, name="proxy", daemon=True).start()

    def close(self, *, reset: bool = False) -> None:
        """Close both ends; ``reset``: with a RST instead of an orderly end."""
        self.frozen = self.frozen or reset  # the threads that wake up must not end it in an orderly way
        for end in (self._client, self._server):
            with contextlib.suppress(OSError):
                if reset:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.shutdown(socket.SHUT_RD if reset else socket.SHUT_RDWR)
            end.close()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        upward, tail = source is self._client, b""
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self.frozen or self._proxy.state == "black hole":
                    continue
                if self._proxy.state == "delay":
                    time.sleep(DELAY)
                if upward:
                    tail = (tail + data)[-len(END_OF_DATA) :] if len(data) < 5 else data[-5:]
                    self._cutting = self._cutting or (tail == END_OF_DATA and self._proxy.take_cut())
                elif self._cutting:
                    break
                target.sendall(data)
        if not self.frozen:
            self.close()
