"""One conversation of the sink: the server's half of SMTP, as far as a relay's clients need it."""

from __future__ import annotations

import asyncio
import base64
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.mail.sink import Sink

_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)
_PATH = re.compile(r"<([^>]*)>")


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that was taken (250), in the order of taking."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    at: float
    """``time.time()`` of its end, before any delay of the 250."""
    client: str = ""
    """The name that its sender greeted with (RFC 5321, section 4.1.1.1)."""


class Talk:
    """One SMTP session: it accepts everything, unless the sink's script says otherwise."""

    def __init__(self, sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._sink, self._reader, self._writer = sink, reader, writer
        self._client = self._sender = ""
        self._recipients: list[str] = []
        self._secure = self._begun = False
        self._known = not sink.users
        self._open = True

    async def run(self) -> None:
        """Serve until the client quits or the script hangs up."""
        self._say("greeting", "220 sink ready")
        while self._open:
            line = (await self._reader.readuntil(b"\r\n"))[:-2].decode("utf-8", "replace")
            verb, _, argument = line.partition(" ")
            verb = verb.upper()
            self._sink.commands.append(verb)
            await self._do(verb, argument)

    async def _do(self, verb: str, argument: str) -> None:
        match verb:
            case "EHLO" | "HELO":
                self._client = argument
                self._say("EHLO", self._offers())
            case "STARTTLS" if self._sink.tls:
                await self._start_tls()
            case "AUTH":
                self._log_in(argument)
            case "MAIL" if not self._known:
                self._say("MAIL", "530 5.7.0 Authentication required")
            case "MAIL":
                self._begin(argument)
            case "RCPT":
                self._address(argument)
            case "DATA":
                await self._data()
            case "RSET" | "NOOP":
                self._say(verb, "250 2.0.0 OK")
            case "QUIT":
                self._say("QUIT", "221 2.0.0 Bye")
                self._open = False
            case _:
                self._say(verb, "500 5.5.1 What?")

    def _say(self, phase: str, usual: str) -> bool:
        """Send this reply, or the script's instead; True if the reply was positive."""
        return self._utter(self._sink.script.reply(phase, usual))

    def _utter(self, reply: str) -> bool:
        if reply == "HANG UP":
            self._open = False
            self._writer.close()
            return False
        self._writer.write(reply.encode() + b"\r\n")
        if reply.startswith("421"):
            self._open = False
        return reply[0] in "23"

    def _offers(self) -> str:
        offers = ["sink", "8BITMIME", "SMTPUTF8", "SIZE 104857600", "PIPELINING"]
        if self._sink.tls and not self._secure:
            offers.append("STARTTLS")
        if self._sink.users:
            offers.append("AUTH PLAIN")
        return "\r\n".join(["250-" + offer for offer in offers[:-1]] + ["250 " + offers[-1]])

    async def _start_tls(self) -> None:
        if self._say("STARTTLS", "220 2.0.0 Go ahead"):
            assert self._sink.tls
            await self._writer.start_tls(self._sink.tls)
            self._secure = True

    def _log_in(self, argument: str) -> None:
        _, _, initial = argument.partition(" ")
        _, user, password = base64.b64decode(initial).decode().split("\0")
        right = self._sink.users.get(user) == password
        self._known = (
            self._say("AUTH", "235 2.7.0 Welcome" if right else "535 5.7.8 Wrong password") or self._known
        )

    def _begin(self, argument: str) -> None:
        self._recipients = []
        path = _PATH.search(argument)
        self._sender = path[1] if path else ""
        self._begun = self._say("MAIL", "250 2.1.0 OK")

    def _address(self, argument: str) -> None:
        path = _PATH.search(argument)
        if not self._begun:
            self._utter("503 5.5.1 MAIL first")
        elif self._say("RCPT", "250 2.1.5 OK"):
            self._recipients.append(path[1] if path else "")

    async def _data(self) -> None:
        if not self._recipients:
            if self._sink.script.anyway:
                self._utter("354 Go ahead")
                await self._reader.readuntil(b".\r\n")
            self._utter("554 5.5.1 No valid recipients")
            return
        script = self._sink.script
        await asyncio.sleep(script.before_data)
        if not self._say("DATA", "354 Go ahead"):
            return
        raw = await self._reader.readuntil(b"\r\n.\r\n")
        message = self._read(raw[:-3].replace(b"\r\n.", b"\r\n"))
        if script.delay:
            await asyncio.sleep(script.delay)
        if script.losses:
            script.losses -= 1
            self._sink.take(message)
            self._open = False
            return
        reply = script.reply("message", "250 2.0.0 Taken")
        if reply.startswith("2"):
            self._sink.take(message)  # before the reply: whoever hears it may count on us
        self._utter(reply)

    def _read(self, raw: bytes) -> Taken:
        header = raw[: raw.find(b"\r\n\r\n") + 2 or None]
        match = _MESSAGE_ID.search(header)
        return Taken(
            match[1].decode("ascii", "replace") if match else "",
            self._sender,
            tuple(self._recipients),
            raw,
            time.time(),
            self._client,
        )
