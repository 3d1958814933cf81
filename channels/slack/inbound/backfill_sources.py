"""Sources of the backfill: channels and direct messages, with their threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, TypeVar

from slack_sdk.errors import SlackApiError

from bot.channel.context import ChannelContext
from bot.channel.outbound import DeliveryFailed
from bot.queries.backfill import BoundPlaces, Talks
from channels.slack.inbound.events import Events
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.web_api import PAGE
from channels.slack.workspace.workspace import Workspace

T = TypeVar("T")
Json = Mapping[str, Any]
MOST = 1000
"""Threads that are read, and talks."""
PAUSE = 5.0
"""Seconds until Slack, or the store, is asked again, if it does not say."""
TRIES = 5
"""Times that it is asked before the next place has its turn."""


class BackfillSource(NamedTuple):
    """A channel or a direct message."""

    team: str
    channel: str


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
        self._threads: dict[BackfillSource, set[str]] = {}
        """The first messages of the threads of cases in each."""

    def to_read(self, since: datetime) -> list[BackfillSource]:
        """Channels of the desk and of customers, then the places of cases that are open or can be reopened.

        Raises ``DeliveryFailed`` while Slack does not say who we are.
        """
        team = self._patiently(self._ourselves)["team_id"]
        reopen = timedelta(days=self._desk.config.desk.reopen_days)
        threads, talks = self._desk.ask(Talks("slack", since, closed_since=since - reopen, most=MOST))
        bound = self._desk.ask(BoundPlaces("slack"))
        boards = [BackfillSource(team, board) for board in sorted(self._desk_channels.all())]
        self._threads = {}
        for address in threads:
            place, _, root = address.rpartition("/")
            self._threads.setdefault(_place(place), set()).add(root)
        return list(dict.fromkeys((*boards, *map(_place, bound), *self._threads, *map(_place, talks))))

    def read(self, place: BackfillSource, since: datetime) -> int:
        """Keep messages of a source since then; returns how many were looked at.

        None are, if Slack refuses for good. Raises ``DeliveryFailed`` if it is to be tried again.
        """
        us, moment = self._patiently(self._ourselves)["user_id"], since.timestamp()
        shared = self._unless_refused(partial(self._is_shared, place.channel)) or False
        messages, roots = self._unless_refused(partial(self._look, place, moment, us=us)) or ([], [])
        count = self._keep_all(messages, place, us=us, shared=shared)
        for root in roots:
            replies = self._unless_refused(partial(self._replies, place.channel, root, moment)) or []
            count += self._keep_all(replies, place, us=us, shared=shared)
        return count

    def _unless_refused(self, ask: Callable[[], T]) -> T | None:
        """Return the answer, or None if Slack refuses for good."""
        try:
            return self._patiently(ask)
        except DeliveryFailed as failure:
            if failure.permanent:
                return None
            raise

    def _look(self, place: BackfillSource, since: float, *, us: str) -> tuple[list[Json], list[str]]:
        """Return a channel's messages since then, and the threads with newer replies, the newest first.

        A channel tells of each thread when somebody last replied. So its threads are asked for one by one only
        where that is less work, or if they do have new replies.
        """
        wanted = set(self._threads.get(place, ()))
        new: list[Json] = []
        roots: list[str] = []
        older = 0
        for message in self._calls.recent(place.channel, "", min([since, *map(float, wanted)])):
            self._stay()
            ts = str(message["ts"])
            fresh = float(ts) >= since
            older += not fresh
            if fresh:
                new.append(message)
            replied = message.get("latest_reply") or ("inf" if message.get("reply_count") else "0")
            # the thread of another's new message is perhaps that of a case that it opens
            if float(replied) >= since and (ts in wanted or (fresh and message.get("user") != us)):
                roots.append(ts)
            wanted.discard(ts)
            if older > PAGE * len(wanted):
                break
        return new, [*roots, *sorted(wanted, reverse=True)]

    def _replies(self, channel: str, root: str, since: float) -> list[Json]:
        return list(self._calls.recent(channel, root, since))

    def _is_shared(self, channel: str) -> bool:
        """Return whether another workspace shares a channel; in direct messages that does not matter."""
        return not channel.startswith("D") and bool(self._calls.about(channel).get("is_ext_shared"))

    def _keep_all(self, messages: Sequence[Json], place: BackfillSource, *, us: str, shared: bool) -> int:
        """Keep messages, oldest first; returns how many there are."""
        for message in sorted(messages, key=lambda entry: str(entry.get("ts"))):
            self._patiently(partial(self._keep, _event(message, place, us=us, shared=shared)))
        return len(messages)

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


def _place(address: str) -> BackfillSource:
    """A source from ``T1/C1``."""
    team, channel = address.split("/")
    return BackfillSource(team, channel)


def _event(message: Json, place: BackfillSource, *, us: str, shared: bool) -> dict[str, Any]:
    """A message as Slack would have delivered it ("message event"), but without its author's team."""
    kind = "im" if place.channel.startswith("D") else "channel"
    return {
        "type": "event_callback",
        "context_team_id": place.team,
        "event_id": "",
        "authorizations": [{"team_id": place.team, "user_id": us}],
        **({} if kind == "im" else {"is_ext_shared_channel": shared}),
        "event": {
            "type": "message",
            **message,
            "channel": place.channel,
            "channel_type": kind,
            "event_ts": message["ts"],
        },
    }
