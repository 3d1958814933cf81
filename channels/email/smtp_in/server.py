"""The SMTP and LMTP server: one thread with one asyncio loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import ssl
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import structlog
from aiosmtpd.lmtp import LMTP

from bot.channel.capabilities import CannotListen
from bot.channel.context import ChannelContext
from bot.model.errors import Busy, NoRoom
from channels import connections
from channels.connections import Connections, Full
from channels.email.config.addresses import Addressees, split_endpoint
from channels.email.config.settings import Settings
from channels.email.mime.prescan import content_key
from channels.email.smtp_in.future_bridge import FutureBridge
from channels.email.smtp_in.large_message_slots import LargeMessageSlots
from channels.email.smtp_in.session import CLOSING, IN_TROUBLE, Conversation
from channels.loop_errors import LoopFaults
from channels.port_check import standing

if TYPE_CHECKING:
    from concurrent.futures import Future

    from bot.channel.protocols import Kept

log = structlog.get_logger("email.smtp")

PATIENCE = 30.0
"""Seconds in which a message must be durable, or its sender is told to come back."""
GRACE = 20.0
"""Seconds that a message in flight may take when we leave."""
STEPS_IN = 5
"""Turns of the loop from a client's being accepted to our meeting it, and some to spare."""
LARGE_AT_ONCE = 4
SOCKET_MODE = 0o660
BY_THREAD = 256 * 1024
"""Bytes from which hashing and handing over would hold up every other client."""
_REFUSALS: dict[Full, str | None] = {
    "": None,
    "all": "421 4.7.0 We are talking to too many clients just now; please try again in a minute",
    "host": "421 4.7.0 You have too many connections open; please use those",
}


class Listener:
    """``email.listen`` (``protocol="smtp"``) or ``email.lmtp``; a ``bot.channel.protocols.Worker``."""

    role = "smtp"

    def __init__(self, context: ChannelContext[Settings], protocol: str) -> None:
        self.name = self.protocol = protocol
        self.settings = context.settings
        self.key = "email.listen" if protocol == "smtp" else "email.lmtp"
        self.endpoint: str = self.settings.listen if protocol == "smtp" else self.settings.lmtp
        self.addressees = Addressees(mailbox.address for mailbox in context.mailboxes)
        self.hostname = self.settings.hostname or self.addressees.first.rpartition("@")[2]
        self.tls: ssl.SSLContext | None = None
        self.opened = threading.Event()
        """Set once clients are answered."""
        self.port = 0
        """The port that is listened on, once ``opened``."""
        self._keep = context.keep
        self._memory = context.memory
        self._conversations: Connections[Conversation] = Connections(1, 1)
        self._left = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def problem(self) -> str:
        """A sentence if it cannot be opened; empty also if somebody listens there already."""
        if "/" not in self.endpoint:
            return standing(self.key, *split_endpoint(self.endpoint))
        folder = Path(self.endpoint).parent
        return "" if folder.is_dir() else f"{self.key}: there is no folder {folder} for the socket."

    def run(self) -> None:
        """Answer clients until ``leave``; ``CannotListen`` naming the config key if it cannot begin."""
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd would log every command line
        asyncio.run(self._serve())

    def leave(self) -> None:
        """Stop accepting, finish what is in progress, and return from ``run``; from any thread."""
        self._left.set()
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # closed already
                self._loop.call_soon_threadsafe(self.leaving.set)

    async def _serve(self) -> None:
        await self.prepare()
        self.tls = tls_context(self.settings.certificate, self.settings.private_key)
        server = await self._open()
        self._loop = asyncio.get_running_loop()
        if self._left.is_set():
            self.leaving.set()
        self.opened.set()
        log.info("listening for mail", protocol=self.protocol, at=self.endpoint)
        connections.lengthen_queue(server)
        tidying = asyncio.create_task(self._tidy())
        await self.leaving.wait()
        tidying.cancel()
        await self._shut(server)
        await self._drain()

    async def prepare(self) -> None:
        """Make what belongs to the event loop, before the first client."""
        asyncio.get_running_loop().set_exception_handler(LoopFaults("email.smtp"))
        settings, self._home = self.settings, FutureBridge()
        most = connections.at_most(settings.max_connections, self.protocol)
        self._conversations = Connections(most, settings.max_connections_per_host)
        self.leaving, self.slots = asyncio.Event(), LargeMessageSlots(LARGE_AT_ONCE, self._memory)

    async def _open(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        try:
            if "/" in self.endpoint:
                bound = local_socket(self.endpoint)
                return await loop.create_unix_server(self._gate, sock=bound, backlog=connections.BURST)
            host, port = split_endpoint(self.endpoint)
            server = await loop.create_server(self._gate, host, port, backlog=connections.BURST)
        except OSError as error:
            raise CannotListen(f"{self.key}: cannot listen on {self.endpoint} ({error.strerror})") from error
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(1)
            self._conversations.tidy()

    async def _shut(self, server: asyncio.Server) -> None:
        """Stop accepting; clients accepted just now still come in, to be answered 421.

        A server that is closed at once would drop them: its transports cannot be made any more.
        """
        for listening in server.sockets:
            asyncio.get_running_loop().remove_reader(listening.fileno())
        for _ in range(STEPS_IN):
            await asyncio.sleep(0)
        server.close()

    async def _drain(self) -> None:
        """On SIGTERM, answer idle clients 421 at once and finish messages in progress."""
        for conversation in self._conversations:
            if not conversation.busy:
                conversation.dismiss(CLOSING)
        deadline = asyncio.get_running_loop().time() + GRACE
        while self._conversations and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.02)
        for conversation in self._conversations:
            conversation.dismiss(CLOSING)
        await asyncio.sleep(0)

    # clients coming and going

    def _gate(self) -> asyncio.Protocol:
        return ConnectionGate(self)

    def refusal(self, host: str) -> str | None:
        """Why a client from this host cannot be accepted now, or None."""
        return CLOSING if self.leaving.is_set() else _REFUSALS[self._conversations.full(host)]

    def converse(self, transport: asyncio.Transport) -> None:
        """Begin a conversation on this connection."""
        answer = Conversation if self.protocol == "smtp" else LocalConversation
        conversation = answer(self, asyncio.get_running_loop())
        transport.set_protocol(conversation)
        conversation.connection_made(transport)

    def admit(self, conversation: Conversation) -> None:
        """Count a client in."""
        self._conversations.add(conversation, peer_host(conversation.transport))

    def forget(self, conversation: Conversation) -> None:
        """Count a client out, once."""
        self._conversations.remove(conversation)

    # keeping

    async def keep(self, raw: bytes, envelope: dict[str, Any]) -> str:
        """The reply to a whole message: 250 once it is durable, else a suitable 4xx."""
        try:
            async with asyncio.timeout(PATIENCE):
                key, future = await self._hand_over(raw, envelope)
                await self._home.of(future)
        except NoRoom:
            return "452 4.3.1 We are out of room just now; please try again later"
        except Busy:
            return "451 4.3.2 We are behind with our work; please try again in a few minutes"
        except TimeoutError:
            log.error("a message was not durable in time", seconds=PATIENCE)
            return IN_TROUBLE
        except Exception as error:
            log.error("a message could not be kept", exc_info=error)
            return IN_TROUBLE
        return f"250 2.0.0 kept as {key[:12]}"

    async def _hand_over(self, raw: bytes, envelope: dict[str, Any]) -> tuple[str, Future[Kept]]:
        if len(raw) < BY_THREAD:
            return self._put(raw, envelope)
        return await asyncio.to_thread(self._put, raw, envelope)

    def _put(self, raw: bytes, envelope: dict[str, Any]) -> tuple[str, Future[Kept]]:
        key = content_key(raw)
        return key, self._keep("email", key, raw, envelope)


class ConnectionGate(asyncio.Protocol):
    """Refuses clients that there is no room for, before anything is spent on them."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept, or refuse with 421."""
        transport = cast("asyncio.Transport", transport)
        refusal = self._listener.refusal(peer_host(transport))
        if refusal:
            transport.write(refusal.encode("ascii") + b"\r\n")
            transport.close()
        else:
            self._listener.converse(transport)


def local_socket(path: str) -> socket.socket:
    """A socket bound to a file for its owner and its group, whatever the umask; one left behind gives way.

    A mail server of another user has to write to it, and to nothing else of ours: its folder says who may come near.
    """
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISSOCK(os.stat(path).st_mode):
            Path(path).unlink()
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        bound.bind(path)
        os.chmod(path, SOCKET_MODE)  # nobody can connect before it is listened on
    except BaseException:
        bound.close()
        raise
    return bound


def peer_host(transport: asyncio.BaseTransport | None) -> str:
    """The client's address, or ``""`` on a unix socket."""
    peer = transport and transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) else ""


def tls_context(certificate: str, private_key: str) -> ssl.SSLContext | None:
    """TLS 1.2 or later with our certificate, or None without one; ``CannotListen`` naming the config key."""
    if not certificate:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, private_key or None)
    except OSError as error:  # ssl.SSLError is one
        why = error.strerror or error
        raise CannotListen(f"email.certificate: cannot use {certificate} ({why})") from error
    return context


class LocalConversation(LMTP, Conversation):
    """A conversation by LMTP (RFC 2033): LHLO, and one reply for each recipient."""

    async def _answer(self, reply: str, recipients: list[str]) -> None:
        """Send the same reply for each recipient (RFC 2033, section 4.2)."""
        await self.push("\r\n".join([reply] * len(recipients)))
