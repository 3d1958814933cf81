"""Sources of the backfill: channels, threads and direct messages."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, TypeVar

from slack_sdk.errors import SlackApiError

from bot.channel.context import ChannelContext
from bot.channel.outbound import DeliveryFailed
from bot.queries.backfill import BoundPlaces, Talks
from channels.slack.inbound.events import Events
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.workspace import Workspace

T = TypeVar("T")
MOST = 1000
"""Threads that are read, and talks."""
PAUSE = 5.0
"""Seconds until Slack, or the store, is asked again, if it does not say."""
TRIES = 5
"""Times that it is asked before the next place has its turn."""


class BackfillSource(NamedTuple):
    """A thread; or with an empty root a channel or a direct message, without its threads."""

    team: str
    channel: str
    root: str


class Places:
    """Finds the sources and reads them. Setting ``leaving`` ends its waits."""

    def __init__(
        self,
        context: ChannelContext[Settings],
        workspace: Workspace,
        *,
        leaving: threading.Event,
    ) -> None:
        settings: Settings = context.settings
        self._desk = context.desk
        self._calls = workspace.reading
        self._people = workspace.people
        self._events = Events(
            context,
            ids=workspace.ids,
            bots=settings.bots,
            a_bot=workspace.people.surely_a_bot,
            of_desk=workspace.desk_channels.owns,
        )
        self._desk_channels = workspace.desk_channels
        self._leaving = leaving

    def to_read(self, since: datetime) -> list[BackfillSource]:
        """Threads of cases that are open or can be reopened, then the channels and direct messages.

        Raises ``DeliveryFailed`` while Slack does not say who we are.
        """
        team = self._patiently(self._ourselves)["team_id"]
        reopen = timedelta(days=self._desk.config.desk.reopen_days)
        threads, talks = self._desk.ask(Talks("slack", since, closed_since=since - reopen, most=MOST))
        bound = self._desk.ask(BoundPlaces("slack"))
        boards = [BackfillSource(team, board, "") for board in sorted(self._desk_channels.all())]
        there = [_place(f"{place}/") for place in (*bound, *talks)]
        return [*map(_place, threads), *dict.fromkeys((*boards, *there))]

    def read(self, place: BackfillSource, since: datetime) -> int:
        """Keep messages of a source since then, oldest first; returns how many were looked at.

        None are, if Slack refuses for good. Raises ``DeliveryFailed`` if it is to be tried again.
        """
        us = self._patiently(self._ourselves)["user_id"]
        try:
            messages = self._patiently(lambda: self._said(place, since))
        except DeliveryFailed as failure:
            if failure.permanent:
                return 0
            raise
        count = len(messages)
        for message in sorted(messages, key=lambda entry: str(entry.get("ts"))):
            body = _event(message, place, us=us)
            self._patiently(partial(self._keep, body))
            if _has_replies(message, place, us=us):  # perhaps of a case that it opens
                count += self.read(place._replace(root=str(message["ts"])), since)
        return count

    def _said(self, place: BackfillSource, since: datetime) -> list[Mapping[str, Any]]:
        messages = []
        for message in self._calls.recent(place.channel, place.root, since.timestamp()):
            self._stay()
            messages.append(message)
        return messages

    def _ourselves(self) -> Mapping[str, str]:
        try:
            return self._people.ourselves()
        except (SlackApiError, OSError) as error:
            why = f"Slack does not say who we are ({type(error).__name__})"
            raise DeliveryFailed(why, permanent=False) from None

    def _keep(self, body: Mapping[str, Any]) -> None:
        if self._events(body, lambda: None).status != 200:
            raise DeliveryFailed("the store does not take it just now", permanent=False)

    def _patiently(self, ask: Callable[[], T]) -> T:
        """The answer, after any pauses that Slack wants; else the last ``DeliveryFailed``."""
        for _ in range(TRIES - 1):
            self._stay()
            try:
                return ask()
            except DeliveryFailed as failure:
                wanted = failure.after if failure.queue else PAUSE  # what Slack asks for, else our own
                if failure.permanent or self._leaving.wait(wanted or PAUSE):
                    raise
        return ask()

    def _stay(self) -> None:
        if self._leaving.is_set():
            raise DeliveryFailed("casebot is leaving", permanent=False)


def _has_replies(message: Mapping[str, Any], place: BackfillSource, *, us: str) -> bool:
    """Is it the first message of a thread, and somebody else's?

    The threads of our cards are sources of their own.
    """
    return not place.root and bool(message.get("reply_count")) and message.get("user") != us


def _place(address: str) -> BackfillSource:
    """A source from ``T1/C1/ts``, or ``T1/C1/`` for a channel itself."""
    team, channel, root = address.split("/")
    return BackfillSource(team, channel, root)


def _event(message: Mapping[str, Any], place: BackfillSource, *, us: str) -> dict[str, Any]:
    """A message as Slack would have delivered it ("message event"), but without its author's team."""
    kind = "im" if place.channel.startswith("D") else "channel"
    return {
        "type": "event_callback",
        "context_team_id": place.team,
        "event_id": "",
        "authorizations": [{"team_id": place.team, "user_id": us}],
        "event": {
            "type": "message",
            **message,
            "channel": place.channel,
            "channel_type": kind,
            "event_ts": message["ts"],
        },
    }
