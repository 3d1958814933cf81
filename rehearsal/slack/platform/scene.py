"""The scene: the workspace and everything that acts upon it, put together once."""

from __future__ import annotations

import asyncio

from rehearsal.slack.platform.administration import Administration
from rehearsal.slack.platform.board import Board
from rehearsal.slack.platform.delivery import Delivery
from rehearsal.slack.platform.events import Events
from rehearsal.slack.platform.modals import Modals
from rehearsal.slack.platform.requests import Requests
from rehearsal.slack.platform.response_urls import ResponseUrls
from rehearsal.slack.platform.sockets import Sockets
from rehearsal.slack.wire.lines import Lines
from rehearsal.slack.workspace.workspace import Workspace


class Scene:
    """The parts of the rehearsal that methods and people work with."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.sockets = Sockets(workspace)
        self.requests = Requests(workspace)
        self.delivery = Delivery(workspace, sockets=self.sockets, requests=self.requests)
        self.events = Events(workspace, self.delivery)
        self.board = Board(workspace, self.events)
        self.administration = Administration(workspace, self.events)
        self.modals = Modals(workspace)
        self.response_urls = ResponseUrls(workspace, self.board)
        self.ending = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self, lines: Lines) -> None:
        """The server runs, in the running loop."""
        self._loop = asyncio.get_running_loop()
        self.delivery.begin()
        self.sockets.begin(lines)

    def cut(self, *, reset: bool = False) -> None:
        """End the app's sockets without a close frame; from any other thread."""
        if self._loop:
            self._loop.call_soon_threadsafe(lambda: self.sockets.cut(reset=reset))

    def refresh(self, *reasons: str) -> None:
        """Ask the app's clients to come again; from any other thread."""
        if self._loop:
            asyncio.run_coroutine_threadsafe(self.sockets.refresh(*reasons), self._loop).result(5)
