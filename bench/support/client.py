"""A cheap sender: one persistent connection, plain lock-step SMTP over a raw socket."""

from __future__ import annotations

import socket
from types import TracebackType
from typing import Self

from bench.support.mails import DESK, Mail


class Client:
    """``with Client(port) as client: client.send(mail)``; ``OSError`` where the server has gone."""

    def __init__(self, port: int, *, seconds: float = 60) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), seconds)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""
        try:
            self._reply()
            self._ask(b"EHLO client.example\r\n")
        except BaseException:
            self.close()
            raise

    def send(self, mail: Mail) -> int:
        """The code that settled it: of the first refusal, or of the reply to the message."""
        for command in (f"MAIL FROM:<{mail.sender}>", f"RCPT TO:<{DESK}>", "DATA"):
            code = self._ask(command.encode() + b"\r\n")
            if code >= 400:
                self._ask(b"RSET\r\n")
                return code
        return self._ask(mail.data)

    def _ask(self, data: bytes) -> int:
        self._socket.sendall(data)
        return self._reply()

    def _reply(self) -> int:
        while True:
            line = self._line()
            if line[3:4] != b"-":
                return int(line[:3])

    def _line(self) -> bytes:
        while (end := self._rest.find(b"\r\n")) < 0:
            data = self._socket.recv(4096)
            if not data:
                raise ConnectionError("the server hung up")
            self._rest += data
        line, self._rest = self._rest[:end], self._rest[end + 2 :]
        return line

    def close(self) -> None:
        """Hang up without a word."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
