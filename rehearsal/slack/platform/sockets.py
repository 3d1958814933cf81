"""Socket Mode: hello, envelopes, acks, reconnects (docs.slack.dev: "Using Socket Mode")."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from rehearsal.slack.wire.lines import Client, Lines
from rehearsal.slack.wire.wire import Json, Outcome, SlackError, secret
from rehearsal.slack.workspace.workspace import Workspace

MOST = 10
"""Sockets an app may have at once ("Using multiple connections")."""
TICKET_LIFE = 30.0
"""Seconds in which a URL from ``apps.connections.open`` must be used, once."""
RESPONDING = frozenset({"slash_commands", "interactive"})


@dataclass(slots=True)
class Socket:
    """One connection of the app; it gets no new payloads once it was asked to leave."""

    line: WebSocket
    client: Client
    leaving: bool = False


class Sockets:
    """The app's sockets.

    All methods run in the server's loop, coroutines or not; `open_ticket` may be called from anywhere.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._tickets: dict[str, float] = {}
        self._sockets: list[Socket] = []
        self._acks: dict[str, asyncio.Future[Json]] = {}
        self._turn = itertools.count()
        self._lines: Lines | None = None

    def begin(self, lines: Lines) -> None:
        """The server runs; these are its connections."""
        self._lines = lines

    @property
    def count(self) -> int:
        """Sockets that payloads go to."""
        return sum(not each.leaving for each in self._sockets)

    def open_ticket(self) -> str:
        """The query of a new WebSocket URL."""
        if self._workspace.app.request_url:
            raise SlackError("forbidden_team", messages=["Socket Mode is not turned on."])
        ticket = secret(32)
        self._tickets[ticket] = time.monotonic() + TICKET_LIFE
        return f"ticket={ticket}&app_id={self._workspace.app.id}"

    async def serve(self, line: WebSocket) -> None:
        """One client, from its handshake until it goes."""
        dies = self._tickets.pop(line.query_params.get("ticket", ""), 0.0)
        if time.monotonic() > dies:
            await line.close(1008)  # before accept: the handshake is answered 403
            return
        if self._workspace.faults.take("down"):
            await line.send_denial_response(Response(status_code=503))
            return
        await line.accept()
        assert line.client
        socket = Socket(line, (line.client.host, line.client.port))
        if self.count >= MOST:
            await self._disconnect(socket, "too_many_websockets")
            return
        self._sockets.append(socket)
        try:
            await self._talk(socket)
        except (WebSocketDisconnect, RuntimeError):
            pass  # it went, with or without a word
        finally:
            self._sockets.remove(socket)
            self._workspace.changed("app")

    async def _talk(self, socket: Socket) -> None:
        await socket.line.send_text(json.dumps(self._hello()))
        self._workspace.changed("app")
        while True:
            self._hear(await socket.line.receive_text())

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.count,
            "debug_info": {
                "host": "applink-rehearsal",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": self._workspace.app.id},
        }

    def _hear(self, text: str) -> None:
        try:
            ack = json.loads(text)
            waiting = self._acks.get(ack["envelope_id"])
        except (ValueError, KeyError, TypeError):
            return  # no ack; Slack does not answer nonsense
        if waiting and not waiting.done() and not self._workspace.faults.take("no_ack"):
            waiting.set_result(ack.get("payload") or {})

    async def send(self, kind: str, payload: Json, *, attempt: int, reason: str) -> Outcome:
        """Give one envelope to one of the sockets and wait for its ack."""
        ready = [each for each in self._sockets if not each.leaving]
        if not ready:
            return Outcome(False, "connection_failed")
        socket = ready[next(self._turn) % len(ready)]
        name = str(uuid.uuid4())
        envelope = {
            "envelope_id": name,
            "payload": payload,
            "type": kind,
            "accepts_response_payload": kind in RESPONDING,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        self._acks[name] = asyncio.get_running_loop().create_future()
        try:
            return await self._exchange(socket, name, json.dumps(envelope))
        finally:
            del self._acks[name]

    async def _exchange(self, socket: Socket, name: str, text: str) -> Outcome:
        start = time.perf_counter()
        try:
            async with asyncio.timeout(
                self._workspace.app.patience
            ):  # a stopped process takes nothing in, either
                await socket.line.send_text(text)
                body = await self._acks[name]
        except TimeoutError:
            return Outcome(False, "http_timeout", ms=_since(start))
        except (WebSocketDisconnect, RuntimeError):
            return Outcome(False, "connection_failed", ms=_since(start))
        return Outcome(True, body=body, ms=_since(start))

    async def refresh(self, *reasons: str) -> None:
        """Ask every client to come again on a new socket (``refresh_requested`` or ``warning``)."""
        for socket in list(self._sockets):
            for reason in reasons:
                await self._disconnect(socket, reason)

    async def _disconnect(self, socket: Socket, reason: str) -> None:
        socket.leaving = reason != "warning"  # a warning comes some ten seconds before the end
        debug = {"host": "applink-rehearsal"}
        await socket.line.send_text(json.dumps({"type": "disconnect", "reason": reason, "debug_info": debug}))

    def cut(self, *, reset: bool = False) -> None:
        """End every socket without a close frame: EOF, or RST with ``reset``."""
        self._each(lambda lines, client: lines.drop(client, reset=reset))

    def _each(self, do: Callable[[Lines, Client], Any]) -> None:
        assert self._lines
        for socket in list(self._sockets):
            socket.leaving = True
            do(self._lines, socket.client)


def _since(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 3)
