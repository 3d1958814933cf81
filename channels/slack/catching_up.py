"""Catching up: what was said while nobody listened, and Slack does not say again, is asked for.

Slack tries an event for about six minutes ("Events API", section "Retries"). A house that was off for longer, or
cut off, reads the threads of its cases and the places it is spoken to in, from the last thing it heard on. Whatever
it had heard after all is known by its key. Not seen are edits and deletes of what it had heard, and the first
words of somebody who never talked with the app before.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from queue import SimpleQueue
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError

from bot.channel import DeliveryFailed, House
from bot.desk import BoundPlaces, LastHeard, Talks
from channels.slack.calls import Calls
from channels.slack.events import Events
from channels.slack.people import People
from channels.slack.settings import Settings

log = structlog.get_logger("slack")
APART = timedelta(minutes=10)
"""How much Slack's clock and ours may differ, and how late a loss is noticed."""
MOST = 1000
"""Threads that are read."""
PAUSE = 5.0
"""Seconds until Slack is asked again, if it does not say."""
TRIES = 20


class CatchUp:
    """A ``bot.channel.Room``: reads in the background what was ``missed``, as often as that happens."""

    name = "slack-catch-up"

    def __init__(self, house: House, calls: Calls, people: People) -> None:
        settings: Settings = house.settings
        self._desk = house.desk
        self._calls = calls
        self._people = people
        self._events = Events(house, bots=settings.bots)
        self._boards = {settings.triage, *settings.routes.values()} - {""}
        self._moments: SimpleQueue[datetime | None] = SimpleQueue()
        self._leaving = threading.Event()

    def missed(self, since: datetime) -> None:
        """Nobody listened since this moment, and now somebody does."""
        self._moments.put(since)

    def run(self) -> None:
        """Until it is told to leave."""
        while (moment := self._moments.get()) is not None and not self._leaving.is_set():
            try:
                self._catch_up(moment)
            except Exception:
                log.exception("what was said meanwhile could not be read")

    def leave(self) -> None:
        """Break off; the next start begins where this one did."""
        self._leaving.set()
        self._moments.put(None)

    def _catch_up(self, moment: datetime) -> None:
        last = self._desk.ask(LastHeard("slack", moment))
        if last is None:
            return  # a first start: whatever was said before was not said to us
        us = self._patiently(self._people.ourselves)
        if not us:
            return
        since, found = last - APART, 0
        for team, channel, root in self._places(us["team_id"], since):
            if self._leaving.is_set():
                return
            messages = self._patiently(
                lambda c=channel, r=root: [*self._calls.recent(c, r, since.timestamp())]
            )
            found += self._keep(messages or (), team=team, channel=channel, us=us["user_id"])
        log.info("caught up with Slack", since=f"{since:%Y-%m-%d %H:%M}", looked_at=found)

    def _places(self, team: str, since: datetime) -> Iterable[tuple[str, str, str]]:
        """(team, channel, root) of threads, then the channels and talks themselves, whose root is empty."""
        threads = [address.split("/") for address in self._desk.ask(Talks("slack", since, MOST))]
        bound = [place.split("/") for place in self._desk.ask(BoundPlaces("slack"))]
        talks = [(theirs, channel) for theirs, channel, _ in threads if channel.startswith("D")]
        open_places = [*((team, board) for board in sorted(self._boards)), *map(tuple, bound), *talks]
        yield from ((theirs, channel, root) for theirs, channel, root in threads)
        yield from ((theirs, channel, "") for theirs, channel in dict.fromkeys(open_places))

    def _keep(self, messages: Iterable[Mapping[str, Any]], *, team: str, channel: str, us: str) -> int:
        found = 0
        for message in sorted(messages, key=lambda one: str(one.get("ts"))):
            body = _event(message, team=team, channel=channel, us=us)
            self._patiently(lambda b=body: self._kept(b))
            found += 1
        return found

    def _kept(self, body: Mapping[str, Any]) -> bool:
        if self._events(body, lambda: None).status != 200:
            raise DeliveryFailed("the store does not take it just now", permanent=False)
        return True

    def _patiently(self, ask: Any) -> Any:
        """What Slack answers, however long its pauses; None if it refuses for good, or there is no time left."""
        for _ in range(TRIES):
            try:
                return ask()
            except DeliveryFailed as failure:
                if failure.permanent:
                    return None
                pause = failure.after or PAUSE
            except (SlackApiError, OSError):
                pause = PAUSE
            if self._leaving.wait(pause):
                return None
        return None


def _event(message: Mapping[str, Any], *, team: str, channel: str, us: str) -> dict[str, Any]:
    """A message as Slack would have delivered it ("message event")."""
    kind = "im" if channel.startswith("D") else "channel"
    return {
        "type": "event_callback",
        "team_id": team,
        "event_id": "",
        "authorizations": [{"user_id": us}],
        "event": {
            "type": "message",
            **message,
            "channel": channel,
            "channel_type": kind,
            "event_ts": message["ts"],
        },
    }
