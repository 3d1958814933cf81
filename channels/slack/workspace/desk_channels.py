"""The desk's channels: can they be used? Not if outsiders read them, or the app cannot speak there.

Slack tells when a channel is shared, archived or left ("channel_shared event" and others); of what it told while
nobody listened we learn by ``conversations.info``, which is asked before anything is posted there, every few minutes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.channel.outbound import DeliveryFailed
from channels.slack.workspace.channel_ids import ChannelIds
from channels.slack.workspace.settings import Settings

log = structlog.get_logger("slack")
A_WHILE = 300.0
"""Seconds for which an answer of Slack's holds, if no event tells otherwise."""
SHARED, ARCHIVED, DELETED, LEFT = "shared", "archived", "deleted", "left"
"""Why nothing may or can be said in a channel."""
WORDS = {
    SHARED: "is shared with another organisation",
    ARCHIVED: "was archived",
    DELETED: "was deleted",
    LEFT: "no longer has the app in it",
}
MEND = {
    ARCHIVED: "Unarchive it, or name another channel in the config (slack.triage, slack.routes).",
    DELETED: "Name another channel in the config (slack.triage, slack.routes) and start casebot anew.",
    LEFT: "Write /invite @app there, and cards and notes go on.",
}


class DeskChannels:
    """The channels with cards; safe between threads."""

    def __init__(self, settings: Settings, client: WebClient, ids: ChannelIds | None = None) -> None:
        self._settings = settings
        self._client = client
        self._known = ids or ChannelIds()
        self._closed: dict[str, str] = {}
        """Channels in which nothing is said, and why."""
        self._names: dict[str, str] = {}
        """What people call them."""
        self._asked: dict[str, float] = {}
        self._heard: dict[str, int] = {}
        """How many events told of each."""
        self._lock = threading.Lock()
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="slack-channels")

    def for_case(self, *, type: str, account: str) -> str:
        """The account's own channel, else the type's, else the triage channel; the first that can be used."""
        routes = self._settings.routes
        wanted = (routes.get(f"account:{account}"), routes.get(type), self._settings.triage)
        for channel in map(self._known.now, filter(None, wanted)):
            if channel not in self._closed:
                return channel
            self._ask_again(channel)
        return ""

    def owns(self, channel: str) -> bool:
        """Is it one of them, usable or not?"""
        return channel in self.all()

    def all(self) -> set[str]:
        """All of them, by their present ids."""
        written = {self._settings.triage, *self._settings.routes.values()} - {""}
        return set(map(self._known.now, written))

    def exposed(self) -> Mapping[str, str]:
        """Channels that outsiders read, as far as we know, and their names."""
        return {channel: self.name(channel) for channel, why in sorted(self._closed.items()) if why == SHARED}

    def unusable(self) -> Mapping[str, str]:
        """Channels in which the app cannot speak, as far as we know: what happened, and how to mend it."""
        return {
            channel: f"{self.name(channel)} {WORDS[why]}. What the desk would read there comes by mail. {MEND[why]}"
            for channel, why in sorted(self._closed.items())
            if why != SHARED
        }

    def hear(self, channel: str, why: str) -> None:
        """Note why a channel cannot be used, as an event told."""
        if not self.owns(channel):
            return
        self._heard[channel] = self._heard.get(channel, 0) + 1
        if channel not in self._names:
            self._ask(channel)
        self._note(channel, why)

    def over(self, channel: str, why: str) -> None:
        """Note that this is no reason any more.

        Slack is asked whether there is another before anything is said.
        """
        if self.owns(channel):
            self._heard[channel] = self._heard.get(channel, 0) + 1
            self._asked[channel] = 0.0
            if self._closed.get(channel) == why:
                self._note(channel, "")

    def renamed(self, channel: str, name: str) -> None:
        """Note a channel's new name."""
        self._names[channel] = f"#{name}"

    def refuse_outsiders(self, channel: str) -> None:
        """Raise ``DeliveryFailed`` if others would read what is for the desk, or nobody can."""
        if not self.owns(channel):
            return
        if time.monotonic() >= self._asked.get(channel, 0.0):
            self._ask(channel)
        if why := self._closed.get(channel):
            raise DeliveryFailed(f"{self.name(channel)} {WORDS[why]}", permanent=True)

    def name(self, channel: str) -> str:
        """What people call a channel; its id while that is not known."""
        return self._names.get(channel, channel)

    def look_up(self, channel: str) -> str:
        """What people call a channel, asking Slack if need be."""
        if channel not in self._names:
            self._learn_name(channel)
        return self.name(channel)

    def _learn_name(self, channel: str) -> Mapping[str, Any] | None:
        try:
            about = self._about(channel)
        except Exception as error:
            log.debug("a channel could not be looked up", error=type(error).__name__)
            return None
        self._names[channel] = f"#{about['name']}" if about.get("name") else channel
        return about

    def _about(self, channel: str) -> Mapping[str, Any]:
        """Slack's conversation object (``conversations.info``).

        Of a private channel that the app is not in, Slack says that it is not there.
        """
        try:
            return self._client.conversations_info(channel=channel).get("channel") or {}
        except SlackApiError as error:
            if error.response.get("error") != "channel_not_found":
                raise
            return {"name": self._names.get(channel, "").removeprefix("#"), "is_member": False}

    def close(self) -> None:
        """Ask nothing more."""
        self._asking.shutdown(wait=False, cancel_futures=True)

    def _ask_again(self, channel: str) -> None:
        """In the background, now and then: the event that told of its return may have been lost."""
        if time.monotonic() >= self._asked.get(channel, 0.0):
            self._asked[channel] = time.monotonic() + A_WHILE
            self._asking.submit(self._ask, channel)

    def _ask(self, channel: str) -> None:
        """Ask Slack whether a channel can be used; without an answer the last one holds.

        Then the post will fail likewise. An event that comes meanwhile is newer than the answer.
        """
        heard = self._heard.get(channel, 0)
        about = self._learn_name(channel)
        if about is None:
            return
        if heard == self._heard.get(channel, 0) and self._closed.get(channel) != DELETED:
            self._note(channel, _why(about))
        self._asked[channel] = time.monotonic() + A_WHILE

    def _note(self, channel: str, why: str) -> None:
        with self._lock:
            before = self._closed.get(channel, "")
            others = {key: value for key, value in self._closed.items() if key != channel}
            self._closed = {**others, channel: why} if why else others
        if before != why:
            say = log.error if why else log.info
            what = WORDS[why] if why else "can be used again"
            say("a channel of the desk changed", channel=channel, what=what)


def _why(about: Mapping[str, Any]) -> str:
    """Why a channel cannot be used, from its conversation object, or ``""``."""
    if about.get("is_archived"):
        return ARCHIVED
    if about.get("is_ext_shared"):
        return SHARED
    return LEFT if about.get("is_member") is False else ""
