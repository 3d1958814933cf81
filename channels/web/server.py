"""The web door's threads: uvicorn with limits, and without its hands on the process's signals."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from ipaddress import ip_address
from typing import Any

import uvicorn

from bot.channel.capabilities import CannotListen, Welcome
from bot.channel.context import ChannelContext
from bot.channel.protocols import Worker
from bot.channel.roles import ANY
from channels.connections import BURST, at_most, lengthen_queue, shortage
from channels.form_memory import FormMemories
from channels.loop_errors import LoopFaults
from channels.port_check import standing
from channels.web import Settings
from channels.web.app import build, monitoring
from channels.web.http.connection import HttpConnection, WebConnections
from channels.web.http.proxies import Proxies

MONITOR = "monitor"
"""The worker that monitoring asks: it answers on a held desk, too."""
MONITORS = 20
"""Connections to where monitoring asks."""


class WebDoor:
    """The web door as the bot sees it."""

    name = "web"

    def __init__(self, context: ChannelContext[Settings]) -> None:
        self._settings = settings = context.settings
        context.desk.pages.begin_with(
            settings.base_url or (f"http://{settings.listen}" if settings.listen else "")
        )
        context.desk.clicks.base_url = settings.base_url
        self.workers: Sequence[Worker] = list(_workers(context))

    def problems(self) -> Iterable[str]:
        """A sentence for each address that cannot be opened."""
        for key, endpoint in (("listen", self._settings.listen), ("monitor", self._settings.monitor)):
            host, _, port = endpoint.rpartition(":")
            if port and (problem := standing(f"web.{key}", host.strip("[]"), int(port))):
                yield problem

    def advice(self) -> Iterable[str]:
        """Advice on links that lead nowhere else, monitoring that is missing or open, refused connections."""
        settings = self._settings
        if not settings.base_url:
            yield "web.base_url is not set: the links in mails lead to this machine's own listener"
        if not settings.monitor:
            yield "web.monitor is not set: /readyz and /metrics are served nowhere"
        elif not _loopback(settings.monitor.rpartition(":")[0].strip("[]")):
            yield f"web.monitor: whoever reaches {settings.monitor} can read the desk's figures"
        if _open_to_all(settings):
            yield (
                f"web.proxies: {settings.listen} is open to other machines, and only this one may be a proxy. Name "
                "yours: all who come through it count as one client; or set it to [] if there is none"
            )
        if settings.listen and (short := shortage("web.max_connections", settings.max_connections, "web")):
            yield short

    def greeting(self) -> Welcome:
        """Where customers' pages are."""
        settings = self._settings
        if not settings.listen:
            return Welcome()
        listen = f"http://{settings.listen}"
        behind = f" (this machine: {listen})" if settings.base_url else ""
        return Welcome((("Customers' pages", f"{settings.base_url or listen}/new{behind}"),))

    def close(self) -> None:
        """Nothing to close."""


def _workers(context: ChannelContext[Settings]) -> Iterator[Worker]:
    settings = context.settings
    if settings.listen:
        most = at_most(settings.max_connections, "web")
        forms = FormMemories(context.memory)
        proxies, per_host = Proxies(settings.proxies), settings.max_connections_per_host
        connections = WebConnections(most, per_host, proxies, scarce=lambda: forms.scarce)
        yield WebWorker("web", "web.listen", settings.listen, lambda: build(context, forms), connections)
    if settings.monitor:
        connections = WebConnections(MONITORS, MONITORS, Proxies([]))
        yield WebWorker(MONITOR, "web.monitor", settings.monitor, lambda: monitoring(context), connections)


def _open_to_all(settings: Settings) -> bool:
    """Can other machines connect although no proxies are configured?"""
    default = Settings.model_fields["proxies"].default
    host = settings.listen.rpartition(":")[0].strip("[]")
    return bool(settings.listen) and not _loopback(host) and settings.proxies == default


def _loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


class WebWorker:
    """Serves until ``leave``."""

    def __init__(
        self, name: str, key: str, listen: str, app: Callable[[], Any], connections: WebConnections
    ) -> None:
        """``app`` is called when it runs: until then, other doors may add routes."""
        host, _, port = listen.rpartition(":")
        http: Any = partial(HttpConnection, connections)
        config = uvicorn.Config(
            app,
            factory=True,
            http=http,
            ws="none",
            loop="asyncio",
            host=host.strip("[]"),
            port=int(port),
            backlog=BURST,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=5,
        )
        self.name = name
        self.opened = threading.Event()
        """Set once browsers are answered."""
        self._server = _Server(config, connections, self.opened)
        self.while_held = name == MONITOR
        self.role = ANY if name == MONITOR else name
        self._key, self._listen = key, listen

    def run(self) -> None:
        """Serve. Raises ``CannotListen`` naming the config's key if the port is taken."""
        try:
            self._server.run()
        except SystemExit:
            raise CannotListen(
                f"{self._key}: {self._listen} cannot be opened; is it in use already?"
            ) from None

    def leave(self) -> None:
        """Finish the requests in progress."""
        self._server.should_exit = True


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, connections: WebConnections, opened: threading.Event) -> None:
        super().__init__(config)
        self._connections, self._opened = connections, opened

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # the supervisor has them

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # a line for each request that is none
        asyncio.get_running_loop().set_exception_handler(LoopFaults("web"))
        await super().startup(sockets)
        for server in self.servers:
            lengthen_queue(server)
        if self.started:
            self._opened.set()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve, and close the listening sockets after a crash too, so that a restart can listen again."""
        try:
            await super().serve(sockets)
        finally:
            for server in getattr(self, "servers", ()):
                server.close()

    async def on_tick(self, counter: int) -> bool:
        """Tidy connections once a second; called ten times a second."""
        if counter % 10 == 0:
            loop = asyncio.get_running_loop()
            loop.call_soon(self._connections.tidy, loop.time())  # an exception ends only this call
        return await super().on_tick(counter)
