"""The web door's thread: uvicorn, without its hands on the process's signals."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence

import uvicorn

from bot.channel import House, Room
from channels.standing import standing
from channels.web.app import build


class WebDoor:
    """The web door as the bot sees it."""

    name = "web"

    def __init__(self, house: House) -> None:
        self._listen = house.settings.listen
        house.desk.pages.begin_with(
            house.settings.base_url or (f"http://{self._listen}" if self._listen else "")
        )
        self.rooms: Sequence[Room] = [WebRoom(house)] if self._listen else []

    def problems(self) -> Iterable[str]:
        """There is nothing to connect to; but can it be opened where it shall stand?"""
        host, _, port = self._listen.rpartition(":")
        if self._listen and (problem := standing("web.listen", host.strip("[]"), int(port))):
            yield problem

    def close(self) -> None:
        """Nothing to give back."""


class WebRoom:
    """Serves until ``leave``."""

    name = "web"

    def __init__(self, house: House) -> None:
        host, _, port = house.settings.listen.rpartition(":")
        config = uvicorn.Config(
            lambda: build(house),  # once it runs: until then, other doors may add routes
            factory=True,
            host=host.strip("[]"),
            port=int(port),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=5,
        )
        self._server = _Server(config)
        self._listen = house.settings.listen

    def run(self) -> None:
        """Serve. Raises OSError naming ``web.listen`` where the port is taken."""
        try:
            self._server.run()
        except SystemExit:
            raise OSError(f"web.listen: {self._listen} cannot be opened; is it in use already?") from None

    def leave(self) -> None:
        """Finish the requests in hand."""
        self._server.should_exit = True


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # the supervisor has them
