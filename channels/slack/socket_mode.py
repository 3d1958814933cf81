"""Socket Mode: events without a public address ("Using Socket Mode")."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin.connection import Connection, ConnectionState
from slack_sdk.socket_mode.request import SocketModeRequest

from channels.slack.workspace.settings import Settings

log = structlog.get_logger("slack")
PING = 3.0
"""Seconds between pings; without an answer for four of them a connection is given up."""
WORKERS = 50
"""Threads that each wait for one ack: more than there are listeners, so that whoever needs none is answered."""
LISTEN = 1.0
"""Seconds that a receive waits before it looks whether it is still wanted."""
LONGEST_PAUSE = 30.0
"""Seconds between two tries to connect, at most."""
LOST = 30.0
"""Seconds without a connection that are worth a word."""
DIAL = 5
"""Seconds that asking for a socket's address may take."""


class SocketWorker:
    """A ``bot.channel.protocols.Worker`` that stays connected, whatever Slack does, until told to leave."""

    name = "slack"

    def __init__(
        self,
        app: App,
        settings: Settings,
        *,
        missed: Callable[[datetime], None] = lambda since: None,
        begin: Callable[[], None] = lambda: None,
    ) -> None:
        """``missed`` is called with the moment the connection was lost, before a new one is made.

        ``begin`` is called once there is one.
        """
        self._app = app
        self._missed, self._begin = missed, begin
        self._leaving = threading.Event()
        self._lost_at: float | None = None
        web = WebClient(
            base_url=app.client.base_url, timeout=DIAL, ssl=app.client.ssl, proxy=app.client.proxy
        )
        token = settings.app_token.get_secret_value()
        self._client: _Client | None = None
        self._make: Callable[[], _Client] = lambda: _Client(token, web_client=web, handle=self._handle)

    def run(self) -> None:
        """Connect, and reconnect whenever the connection is lost; while Slack is down, try again later."""
        self._client = client = self._make()
        pause = 0.0
        lost = False
        while not self._leaving.wait(pause or 0.1):
            if client.is_connected():
                pause = 0.0
                continue
            if not lost:
                self._missed(datetime.now(UTC))
                lost, self._lost_at = True, time.monotonic()
            if self._connect(client):
                pause, lost, self._lost_at = 0.0, False, None
                self._begin()
            else:
                pause = min(pause * 2 or 0.5, LONGEST_PAUSE)
        client.hang_up()

    def leave(self) -> None:
        """Finish the answers in progress, and disconnect."""
        self._leaving.set()

    def fault(self) -> str:
        """A sentence if there has been no connection for long, else ``""``; asks nobody."""
        return "Slack is not connected" if self.lost_for() > LOST else ""

    def lost_for(self) -> float:
        """Seconds since there was a connection; 0 while there is one."""
        since = self._lost_at
        return 0.0 if since is None else time.monotonic() - since

    def _connect(self, client: _Client) -> bool:
        try:
            client.connect_to_new_endpoint()
        except Exception as error:  # whatever it is, we try again
            log.warning("Slack cannot be reached", error=type(error).__name__)
            return False
        return client.is_connected()

    def _handle(self, client: Any, request: SocketModeRequest) -> None:
        if not self._leaving.is_set():  # what is not acked comes again
            start = time.time()
            send_response(client, request, run_bolt_app(self._app, request), start)


class _Client(SocketModeClient):
    """slack_sdk's own client with fixes, for which it is pinned.

    It neither spins nor is deaf, and leaves once: an empty receive (the other side has gone) is an error
    instead of nothing, and a connection that is replaced is shut down, so that the thread that listens to it
    stops at once. Reconnecting is ``SocketWorker``'s.
    """

    def __init__(self, app_token: str, *, web_client: WebClient, handle: Any) -> None:
        super().__init__(
            app_token,
            logger=_quiet(),
            web_client=web_client,
            auto_reconnect_enabled=False,
            ping_interval=PING,
            concurrency=WORKERS,
            receive_buffer_size=16_384,  # a payload is read by recursion, a buffer a level
        )
        self.socket_mode_request_listeners.append(handle)

    def issue_new_wss_url(self) -> str:
        """A new address, without waiting out a rate limit: the worker does that."""
        return str(self.web_client.apps_connections_open(app_token=self.app_token)["url"])

    def connect(self) -> None:
        """Listen to a new connection first, then close the old one."""
        fresh = _SlackSocket(
            self.wss_uri or self.issue_new_wss_url(),
            self.logger,
            proxy=self.proxy,
            proxy_headers=self.proxy_headers,
            ping_interval=self.ping_interval,
            receive_timeout=LISTEN,
            receive_buffer_size=self.receive_buffer_size,
            on_message_listener=_heard_once(self._on_message),
            on_error_listener=self._on_error,
            on_close_listener=self._on_close,
            ssl_context=self.web_client.ssl,
        )
        fresh.connect()
        old, state = self.current_session, self.current_session_state
        if not fresh.is_active():
            raise ConnectionError("the handshake failed")
        self.current_session, self.current_session_state = fresh, ConnectionState()  # type: ignore[no-untyped-call]
        state.terminated = True
        if old is not None:
            old.close()
        if not self.current_app_monitor_started:
            self.current_app_monitor_started = True
            self.current_app_monitor.start()

    def hang_up(self) -> None:
        """Finish the answers in progress, then close; in less than a second if nothing is slow."""
        self.closed = True
        self.message_queue.put(None)  # wakes its reader
        self.message_processor.shutdown()  # type: ignore[no-untyped-call]
        self.message_workers.shutdown()
        self.close()


def _heard_once(hear: Callable[[str], None]) -> Callable[[str], None]:
    """Passes on all messages of one connection, but its farewell only once.

    Slack may say it twice (``warning``, then ``refresh_requested``); a second one would end the connection
    that took its place, with what was on its way there.
    """
    heard = False

    def listen(message: str) -> None:
        nonlocal heard
        farewell = '"disconnect"' in message and json.loads(message).get("type") == "disconnect"
        if not (farewell and heard):
            hear(message)
        heard = heard or farewell

    return listen


class _SlackSocket(Connection):
    def connect(self) -> None:
        super().connect()
        if self.sock is not None:
            self.sock.settimeout(self.receive_timeout)
            self.sock = _Ears(self.sock)  # type: ignore[assignment]

    def disconnect(self) -> None:
        sock = self.sock
        if sock is not None:
            with contextlib.suppress(OSError):  # it is gone already
                sock.shutdown(socket.SHUT_RDWR)  # wakes whoever listens, who holds the lock
        super().disconnect()


class _Ears:
    """A socket that raises when the other side has gone."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self.send, self.shutdown, self.close = sock.sendall, sock.shutdown, sock.close

    def recv(self, size: int) -> bytes:
        heard: bytes = self._sock.recv(size)
        if not heard:
            raise ConnectionResetError("Slack ended the connection")
        return heard


def _quiet() -> logging.Logger:
    """A silent logger for the client: the worker logs its connections."""
    logger = logging.getLogger("slack.socket")
    logger.setLevel(logging.CRITICAL)
    return logger
