"""Homes kept up to date: published anew, for whoever looked lately, when what they show has changed."""

from __future__ import annotations

import threading
import time

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.channel.desk import DeskApi
from bot.queries.case_lists import LatestStep
from channels.slack.interactive.app_home import Home, Viewer
from channels.slack.interactive.modals import SLACKS_ERRORS, why

log = structlog.get_logger("slack")
EVERY = 3.0
"""Seconds between two looks: what changes meanwhile is shown together."""
AT_LEAST = 60.0
"""Seconds after which all are looked over though no case has changed: a target may have been missed."""
PACE = 0.75
"""Seconds between two publications: ``views.publish`` is Tier 4, some hundred a minute for a workspace."""


class HomeUpdates:
    """A ``Worker``; any number of processes may run it, each for those whose homes it has published."""

    name = "slack homes"

    def __init__(self, home: Home, client: WebClient, desk: DeskApi) -> None:
        self._home = home
        self._client = client
        self._desk = desk
        self._leaving = threading.Event()
        self._latest = 0
        self._looked = 0.0

    def run(self) -> None:
        """Look every few seconds, until ``leave``."""
        while not self._leaving.wait(EVERY):
            try:
                self.look()
            except Exception as error:  # the next look makes up for it
                log.error("homes could not be looked over", error=type(error).__name__, exc_info=error)

    def leave(self) -> None:
        """Stop soon."""
        self._leaving.set()

    def look(self) -> None:
        """Publish the homes of those who looked lately, where they would read otherwise now."""
        viewers = self._home.viewers()
        if not viewers:
            return
        latest = self._desk.ask(LatestStep())
        if latest == self._latest and time.monotonic() - self._looked < AT_LEAST:
            return
        self._latest, self._looked = latest, time.monotonic()
        for viewer in viewers:
            if self._leaving.is_set():
                return
            self._refresh(viewer)

    def _refresh(self, viewer: Viewer) -> None:
        try:
            published = self._home.refresh(viewer, self._client)
        except SLACKS_ERRORS as error:
            log.info("App Home not updated", error=why(error))
            self._failed(viewer, error)
            return
        if published:
            self._leaving.wait(PACE)

    def _failed(self, viewer: Viewer, error: Exception) -> None:
        self._looked = 0.0  # again with the next look
        if isinstance(error, SlackApiError) and error.response.status_code == 429:
            self._leaving.wait(float(error.response.headers.get("Retry-After") or 1))
        elif isinstance(error, SlackApiError):  # a newer one stands there, or its owner has gone
            self._home.forget(viewer)
