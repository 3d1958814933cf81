"""The desk's channels, and whether outsiders read them.

Slack tells when a channel is shared ("channel_shared event"); of what it told while nobody listened we learn by
``conversations.info``, which is asked before anything is posted there, every few minutes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk import WebClient

from bot.channel.outbound import DeliveryFailed
from channels.slack.workspace.settings import Settings

log = structlog.get_logger("slack")
A_WHILE = 300.0
"""Seconds for which an answer of Slack's holds, if no event tells otherwise."""
EVENTS = ("channel_shared", "channel_unshared")


class DeskChannels:
    """The channels with cards; safe between threads."""

    def __init__(self, settings: Settings, client: WebClient) -> None:
        self._settings = settings
        self._client = client
        self._ids = {settings.triage, *settings.routes.values()} - {""}
        self._shared: set[str] = set()
        self._names: dict[str, str] = {}
        """What people call them."""
        self._asked: dict[str, float] = {}
        self._heard: dict[str, int] = {}
        """How many events told of each."""
        self._lock = threading.Lock()

    def for_case(self, *, type: str, account: str) -> str:
        """The account's own channel, else the type's, else the triage channel; the first not shared."""
        routes = self._settings.routes
        wanted = (routes.get(f"account:{account}"), routes.get(type), self._settings.triage)
        return next((channel for channel in wanted if channel and channel not in self._shared), "")

    def owns(self, channel: str) -> bool:
        """Is it one of them, shared or not?"""
        return channel in self._ids

    def exposed(self) -> Mapping[str, str]:
        """Channels that outsiders read, as far as we know, and their names."""
        return {channel: self._name(channel) for channel in sorted(self._shared)}

    def hear(self, event: Mapping[str, Any]) -> None:
        """Handle ``channel_shared`` or ``channel_unshared``; the latter says whether it is still shared."""
        channel = str(event.get("channel") or "")
        if self.owns(channel):
            self._heard[channel] = self._heard.get(channel, 0) + 1
            if channel not in self._names:
                self._ask(channel)
            self._note(channel, event.get("type") == "channel_shared" or bool(event.get("is_ext_shared")))

    def refuse_outsiders(self, channel: str) -> None:
        """Raise ``DeliveryFailed`` if people of other organisations would read what is for the desk."""
        if not self.owns(channel):
            return
        if time.monotonic() >= self._asked.get(channel, 0.0):
            self._ask(channel)
        if channel in self._shared:
            raise DeliveryFailed(f"{self._name(channel)} is shared with another organisation", permanent=True)

    def _ask(self, channel: str) -> None:
        """Ask Slack whether a channel is shared; without an answer the last one holds.

        Then the post will fail likewise. An event that comes meanwhile is newer than the answer.
        """
        heard = self._heard.get(channel, 0)
        try:
            about: Mapping[str, Any] = self._client.conversations_info(channel=channel).get("channel") or {}
        except Exception as error:
            log.debug("a channel could not be looked up", error=type(error).__name__)
            return
        self._names[channel] = f"#{about['name']}" if about.get("name") else channel
        if heard == self._heard.get(channel, 0):
            self._note(channel, bool(about.get("is_ext_shared")))
        self._asked[channel] = time.monotonic() + A_WHILE

    def _name(self, channel: str) -> str:
        return self._names.get(channel, channel)

    def _note(self, channel: str, shared: bool) -> None:
        with self._lock:
            before = channel in self._shared
            self._shared = self._shared | {channel} if shared else self._shared - {channel}
        if before != shared:
            say = log.error if shared else log.info
            what = "shared with another organisation" if shared else "the desk's alone again"
            say(f"a channel of the desk is {what}", channel=channel)
