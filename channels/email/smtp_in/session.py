"""The SMTP conversation: what a client may say to us, and that 250 follows the durable commit."""

# ruff: noqa: N802 (aiosmtpd finds commands and hooks by their upper-case names)
from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import structlog
from aiosmtpd.smtp import SMTP, TLSSetupException, syntax

from channels.connections import SHORT
from channels.email.smtp_in.data_reader import END_OF_DATA, message
from channels.email.smtp_in.handler import SmtpHooks, Verbs
from channels.email.smtp_in.large_message_slots import LargeMessageSlots, NoSlot, Slot

if TYPE_CHECKING:
    from channels.email.config.addresses import Addressees
    from channels.email.config.settings import Settings

log = structlog.get_logger("email.smtp")
MAX_ERRORS = 10
LEAST = 1000
"""Bytes of a message a second that a client must come to while others wait for a place."""
MAX_REFUSED = 50
"""Recipients that one connection may name in vain: a list of a mail server's holds some that are gone."""
IN_TROUBLE = "451 4.3.0 Something went wrong on our side; please try again in a few minutes"
CLOSING = "421 4.3.2 We are restarting; please try again in a minute"
TOO_MANY_ERRORS = "421 4.7.0 Too many errors; goodbye"
SILENT = "421 4.4.2 We heard nothing for too long; goodbye"
WANTED = "421 4.7.0 Others wait for your place, and we heard nothing from you; please come again"
TOO_SLOW = "421 4.4.2 What you send comes in too slowly; please try again later"

T = TypeVar("T")
_PATH = re.compile(r"<([!-;=?-~]{1,254})?>(?: (.*))?")
_CALLS = {"NOOP": 200, "HELP": 20, "VRFY": 20, "STARTTLS": 5, "*": 1 << 30}
_SIZE = re.compile(r"\bSIZE=(\d{1,20})\b", re.IGNORECASE)


class SmtpDoor(Protocol):
    """The parts of the SMTP door that a session uses."""

    settings: Settings
    addressees: Addressees
    slots: LargeMessageSlots
    leaving: asyncio.Event
    tls: ssl.SSLContext | None
    hostname: str
    protocol: str

    async def keep(self, raw: bytes, envelope: dict[str, Any]) -> str:
        """The reply to the end of data; never raises."""

    def admit(self, conversation: Conversation) -> None: ...

    def forget(self, conversation: Conversation) -> None: ...


class Conversation(SMTP):
    """One connection. aiosmtpd speaks the protocol; DATA, limits and replies to faults are ours."""

    # Real mail has lines far beyond RFC 5321's 1000 octets. This is also what one read returns at most.
    line_length_limit = 1 << 16

    # None only before a connection is made, and we are asked nothing before.
    session: Any
    envelope: Any
    _reader: Any
    _timeout_handle: Any
    _handler_coroutine: Any

    def __init__(self, door: SmtpDoor, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            SmtpHooks(door),
            data_size_limit=door.settings.max_size,
            enable_SMTPUTF8=True,
            hostname=door.hostname,
            ident="casebot",
            tls_context=door.tls,
            timeout=door.settings.idle_timeout,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            command_call_limit=_CALLS,
            loop=loop,
        )
        self._smtp_methods.pop("AUTH")
        self._smtp_methods = Verbs(self._smtp_methods, unknown=self._unknown)
        self._door = door
        self._limit = door.settings.max_size
        self._errors = self._refused = self._declared = 0
        self._naming = False
        """A recipient is being named."""
        self._admitted = False
        self.busy = False
        """A message is being taken or kept: do not interrupt."""
        self._answering = False
        """It is we whom the client waits for."""
        self._used_at = loop.time()
        """When the client last did something for a message."""

    # the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if not self._admitted:  # STARTTLS comes here a second time
            self._admitted = True
            self._door.admit(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._door.forget(self)
        super().connection_lost(error)

    async def _handle_client(self) -> None:
        with contextlib.suppress(ConnectionError):  # the client has gone; nobody is left to be told
            await super()._handle_client()

    def idle(self) -> float | None:
        """Seconds without progress towards a message, or behind the slowest line we tolerate."""
        if self._answering:
            return None
        waited: float = self.loop.time() - self._used_at
        if not self.busy:
            return waited
        behind = waited - len(self._reader._buffer) / LEAST
        return behind if behind >= SHORT else None

    def let_go(self) -> None:
        """Disconnect: another client needs the connection."""
        self.dismiss(WANTED)
        if self._writer.transport.get_write_buffer_size():
            self._writer.transport.abort()  # they do not even listen

    def _step(self) -> None:
        self._used_at = self.loop.time()

    def dismiss(self, reply: str) -> None:
        """Send a last reply and disconnect."""
        if self.transport is not None and not self.transport.is_closing():
            self._writer.write(reply.encode("ascii") + b"\r\n")
            self._handler_coroutine.cancel()
            self.transport.close()

    def _timeout_cb(self) -> None:
        unread = len(self._reader._buffer) > len(
            END_OF_DATA
        )  # as much may lie there of what was heard before
        self.dismiss(TOO_SLOW if unread else SILENT)

    async def push(self, status: str | bytes) -> None:
        """Send the reply to one command, or to one message; after too many refusals, the last one."""
        line = status.encode("utf-8", "replace") if isinstance(status, str) else status
        self._writer.write(line + b"\r\n")
        if line[:1] == b"5":
            self._count()
        await self._writer.drain()

    def _count(self) -> None:
        """Count a refusal; those of recipients are counted separately."""
        self._refused += self._naming
        self._errors += not self._naming
        if self._errors >= MAX_ERRORS or self._refused >= MAX_REFUSED:
            self.dismiss(TOO_MANY_ERRORS)

    async def handle_exception(self, error: Exception) -> str:
        """Reply 451: a fault of ours is never the sender's, and not a word says what it was."""
        if isinstance(error, TLSSetupException):
            log.info("TLS handshake failed", why=str(error.__cause__))
        else:
            log.error("internal error in a mail session", exc_info=error)
        return IN_TROUBLE

    # commands

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        match = _PATH.fullmatch(arg)
        if match:  # plain ASCII in brackets, as nearly always: ten times faster than the general way
            return match[1] or "<>", match[2] or ""
        address, parameters = super()._getaddr(arg)
        return (None, None) if address and not _clean(address) else (address, parameters)

    @syntax("MAIL FROM: <address>", extended=" [SP <mail-parameters>]")
    async def smtp_MAIL(self, arg: str | None) -> None:
        self._step()
        size = _SIZE.search(arg or "")
        self._declared = int(size[1]) if size else 0
        if self._declared > self._limit:
            await self.push(self._too_large())
        else:
            await super().smtp_MAIL(arg)

    @syntax("RCPT TO: <address>", extended=" [SP <mail-parameters>]")
    async def smtp_RCPT(self, arg: str | None) -> None:
        self._naming = True
        self._step()
        try:
            await super().smtp_RCPT(arg)
        finally:
            self._naming = False

    @syntax("VRFY <address>")
    async def smtp_VRFY(self, arg: str | None) -> None:
        await self.push("252 2.1.5 Send some mail, and we will do our best")

    async def _unknown(self, arg: str | None) -> None:
        await self.push("500 5.5.2 We do not know that command")

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:
        """Take a message, keep it, and only then acknowledge it (RFC 5321, section 4.1.1.4)."""
        if await self.check_helo_needed():
            return
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Say first who it is for (RCPT TO)")
        elif arg:
            await self.push("501 5.5.4 Syntax: DATA")
        else:
            self.busy = True
            self._step()
            try:
                await self._take()
            finally:
                self.busy = False
                self._step()
            if self._door.leaving.is_set():
                self.dismiss(CLOSING)

    async def _take(self) -> None:
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        slot = Slot(self._door.slots)
        try:
            await self._taken(slot)
        except NoSlot as why:
            self.dismiss(str(why))
        finally:
            slot.leave()

    async def _taken(self, slot: Slot) -> None:
        raw = await self._message(slot)
        envelope, self.envelope = self.envelope, self._create_envelope()
        if raw is None:
            reply = self._too_large()
        else:
            reply = await self._while_we_work(self._door.keep(raw, self._seen(envelope)))
        await self._answer(reply, envelope.rcpt_tos)

    async def _answer(self, reply: str, recipients: list[str]) -> None:
        await self.push(reply)

    async def _while_we_work(self, answer: Awaitable[T]) -> T:
        self._timeout_handle.cancel()  # it is we who are silent now; what we await has a limit of its own
        self._answering = True
        try:
            return await answer
        finally:
            self._answering = False
            self._step()
            if self.transport is not None:
                self._reset_timeout()

    async def _message(self, slot: Slot) -> bytes | None:
        return await message(
            self._reader,
            limit=self._limit,
            declared=self._declared,
            slot=slot,
            on_progress=self._on_progress,
            while_we_work=self._while_we_work,
        )

    def _on_progress(self) -> None:
        self._step()
        self._reset_timeout()

    def _too_large(self) -> str:
        limit = self._limit / 1_048_576
        return f"552 5.3.4 The message is larger than the {limit:.3g} MiB that we accept"

    def _seen(self, envelope: Any) -> dict[str, Any]:
        """The facts of the envelope that the door records, as JSON values."""
        peer = self.session.peer
        tls = self.session.ssl and self.session.ssl.get("ssl_object")
        return {
            "door": self._door.protocol,
            "peer": peer[0] if isinstance(peer, tuple) else "",
            "helo": _printable(self.session.host_name or ""),
            "mail_from": "" if envelope.mail_from == "<>" else envelope.mail_from,
            "rcpt_tos": list(envelope.rcpt_tos),
            "mailbox": self._door.addressees.mailbox(envelope.rcpt_tos[0]),
            "tls": tls.version() if tls else "",
        }


def _clean(address: str) -> bool:
    return address.isprintable() and len(address) <= 320


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text[:255])
