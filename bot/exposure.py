"""Exposure: where a place of the desk's own is open to outsiders, nothing is said there, and everybody is told why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.brakes import DAY
from bot.channel import Channel, Exposable
from bot.notices import NOTICES
from bot.posts import Posts
from bot.teller import NOBODY
from bot.telling import Telling
from bot.writer import Writer
from store import budget, people
from store.outbox import Outgoing
from store.transaction import Transaction


class Exposure:
    """Watches for places of the desk that outsiders read; the clock asks every second.

    Staff are told of each by mail, once a day at most.
    """

    def __init__(
        self,
        writer: Writer,
        posts: Posts,
        channels: Mapping[str, Channel],
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._writer = writer
        self._posts = posts
        self._channels = channels
        self._now = now
        self._told: frozenset[tuple[str, str]] = frozenset()

    def look(self) -> list[Outgoing]:
        """Tell of those that are open since the last look; the rows that were written, leased to this process."""
        exposed = {
            (name, place): shown
            for name, channel in self._channels.items()
            if isinstance(channel, Exposable)
            for place, shown in channel.exposed().items()
        }
        rows: list[Outgoing] = []
        for place in sorted(exposed.keys() - self._told):
            rows += self._writer.put(self._tell, (place[1], exposed[place])).result()
        self._told = frozenset(exposed)
        return rows

    def _tell(self, tx: Transaction, places: Sequence[tuple[str, str]]) -> list[list[Outgoing]]:
        return [self._told_of(tx, place, shown) for place, shown in places]

    def _told_of(self, tx: Transaction, place: str, shown: str) -> list[Outgoing]:
        now = self._now()
        key, at = budget.key("exposed", place), int(now.timestamp() * 1000)
        (known,) = budget.read(tx, [key])
        if known.day > at:
            return []
        budget.write(tx, key, known, now=at, day=DAY)
        telling = Telling(NOTICES["board exposed"], NOBODY, None, {"place": shown}, now)
        return [
            row for person in people.staff(tx) for row in self._posts.post(tx, replace(telling, to=person))
        ]
