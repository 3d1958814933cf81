"""The server: the workspace on loopback, in a thread with a loop of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator, Sequence
from typing import Self

import uvicorn
from starlette.routing import BaseRoute

from rehearsal.slack import site
from rehearsal.slack.api import Api
from rehearsal.slack.control import Control
from rehearsal.slack.people.people import People
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire.lines import Lines
from rehearsal.slack.workspace import cast
from rehearsal.slack.workspace.workspace import Workspace


class Server:
    """``with Server(workspace) as server:``; ``server.url`` is a WebClient's ``base_url``.

    ``port`` 0: any. ``routes``: pages of somebody else's, on the same port. ``certificate``: the PEM files of a
    certificate for 127.0.0.1 and of its key; then calls speak TLS, as at slack.com (for Socket Mode, slack_sdk speaks
    it on port 443 only). ``people`` act, ``workspace`` shows.
    """

    def __init__(
        self,
        workspace: Workspace | None = None,
        *,
        port: int = 0,
        routes: Sequence[BaseRoute] = (),
        certificate: tuple[str, str] | None = None,
    ) -> None:
        self.workspace = workspace or cast.build()
        self.port = port
        self._scheme, (pem, key) = ("https", certificate) if certificate else ("http", (None, None))
        self._scene = Scene(self.workspace)
        self.people = People(self._scene)
        self._api = Api(self._scene)
        control = Control(self._scene, self.people)
        self._server = _Uvicorn(
            uvicorn.Config(
                site.build(self._scene, self._api, [*control.routes(), *routes]),
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                ws="websockets-sansio",
                timeout_graceful_shutdown=1,
                ssl_certfile=pem,
                ssl_keyfile=key,
            )
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="slack", daemon=True)
        self._open = threading.Event()
        self._failed: BaseException | None = None

    @property
    def site(self) -> str:
        """``http://127.0.0.1:PORT`` (or ``https``); `/rehearsal/` is below it."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """For ``WebClient(base_url=…)``."""
        return f"{self.site}/api/"

    @property
    def connected(self) -> int:
        """The app's sockets."""
        return self._scene.sockets.count

    def start(self) -> None:
        """Start to listen and return. OSError if the port is taken."""
        self._thread.start()
        if not self._open.wait(10):
            raise TimeoutError("the workspace did not open")
        if self._failed:
            raise self._failed

    def stop(self) -> None:
        """End all connections, and wait for the thread."""
        if self._loop:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._leave)
        self._thread.join(10)
        self._scene.requests.close()

    def refresh(self, *reasons: str) -> None:
        """Ask the app's clients to reconnect: ``refresh_requested`` or the given reason, sent at once."""
        self._scene.refresh(*(reasons or ("refresh_requested",)))

    def cut(self, *, reset: bool = False) -> None:
        """End the app's sockets without a close frame."""
        self._scene.cut(reset=reset)

    def refuse(self, seconds: float) -> None:
        """Refuse connections for so long, and break the open ones."""
        assert self._loop
        asyncio.run_coroutine_threadsafe(self._refuse(seconds), self._loop)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._failed = error
        finally:
            self._open.set()

    async def _serve(self) -> None:
        listener = self._listen()
        self._loop = asyncio.get_running_loop()
        lines = Lines(self._server.server_state.connections)
        self._scene.begin(lines)
        self._api.begin(lines)
        opened = asyncio.ensure_future(self._opened())
        await self._server.serve([listener])
        await opened
        lines.drop_all()  # uvicorn leaves those that would not go within its patience
        await asyncio.sleep(0.01)

    async def _opened(self) -> None:
        while not self._server.started:
            await asyncio.sleep(0.005)
        self._open.set()

    def _leave(self) -> None:
        self._scene.ending = True
        self._scene.delivery.end()
        self._deafen()
        self._server.should_exit = True

    def _deafen(self) -> None:
        """Stop accepting. asyncio loses a connection that is being accepted while its server closes."""
        for each in self._server.servers:
            for listener in each.sockets:
                asyncio.get_running_loop().remove_reader(listener.fileno())

    def _listen(self) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", self.port), backlog=512)
        # asyncio sets it only on sockets that name their protocol; those that are accepted have it from this one
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = listener.getsockname()[1]
        self.workspace.site = self.site
        return listener

    async def _refuse(self, seconds: float) -> None:
        self._deafen()
        await asyncio.sleep(0.01)
        for each in self._server.servers:
            each.close()
        Lines(self._server.server_state.connections).drop_all()
        await asyncio.sleep(seconds)
        await self._server.startup([self._listen()])


class _Uvicorn(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # they belong to whoever runs us
