"""Exposure: where a place of the desk's own is open to outsiders, nothing is said there, and everybody is told why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.channel.capabilities import Exposable
from bot.channel.protocols import Channel
from bot.model.notices import NOTICES
from bot.notify.compose import Composer
from bot.notify.notification import Notification
from bot.notify.recipients import NOBODY
from bot.policy.auto_mail_limits import DAY
from bot.runtime.group_commit import Writer
from store.engine.transaction import Transaction
from store.people import person as people
from store.people import rate_limit
from store.queues.outbox import Outgoing


class Exposure:
    """Watches for places of the desk that outsiders read; the clock asks every second.

    Staff are told of each by mail, once a day at most.
    """

    def __init__(
        self,
        writer: Writer,
        posts: Composer,
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
        key, at = rate_limit.key("exposed", place), int(now.timestamp() * 1000)
        (known,) = rate_limit.read(tx, [key])
        if known.day > at:
            return []
        rate_limit.write(tx, key, known, now=at, day=DAY)
        telling = Notification(NOTICES["board exposed"], NOBODY, None, {"place": shown}, now)
        return [
            row for person in people.staff(tx) for row in self._posts.post(tx, replace(telling, to=person))
        ]
