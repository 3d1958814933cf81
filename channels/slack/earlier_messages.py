"""Earlier messages: those that another try has posted, although nobody heard of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

import structlog

from bot.channel.outbound import DeliveryFailed, Parcel, TakenOver
from channels.slack.workspace.error_codes import GONE
from channels.slack.workspace.web_api import PAGE, Calls, SlackRefused

log = structlog.get_logger("slack")
APART = 600.0
"""Seconds that Slack's clock and ours may differ."""
LATE = 60.0
"""Seconds after which Slack surely shows a message that it took."""
A_MOMENT = 5.0
"""Seconds for which a channel's answer about its threads holds: less than a delivery waits for its next try."""
FRESH = 30.0
"""Seconds for which a reading serves the deliveries that were leased before it."""
MOST, MOST_PLACES = 20_000, 500
"""Messages that are remembered of a place or of this process, and places (channels and threads)."""
CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""The clock of leases (``store.engine.clock``). It keeps running while a machine sleeps."""


@dataclass(slots=True)
class _Place:
    """Messages read from a channel or thread: all from ``since`` to ``newest`` (seconds since 1970)."""

    since: float
    newest: float = 0.0
    read_at: float = float("-inf")
    """When the last reading began (seconds since boot)."""
    by_id: dict[str, str] = field(default_factory=dict)
    """Each message's ts by the id that we gave it."""


class EarlierMessages:
    """Finds them by our metadata, as Slack knows no idempotency. Safe between threads.

    After a fault, many deliveries look in one place: one reading serves all that were leased before it began. The
    courier looks in the store for what a process posted after it lost its lease.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._locks: dict[str, threading.Lock] = {}
        """One for each channel: a slow answer about one delays no delivery to another."""
        self._places: dict[tuple[str, str], _Place] = {}
        self._latest: dict[str, tuple[float, dict[str, float]]] = {}
        """Until when (monotonic) an answer holds, and when somebody last replied to the newest messages."""
        self._posted: dict[tuple[str, str, str], str] = {}
        """The ts of messages that this process has posted itself, by channel, thread and id."""

    def find(self, parcel: Parcel, channel: str, root: str = "", *, id: str = "") -> str:
        """The ts of this message, if an earlier try posted it in this thread or channel, else ``""``.

        ``id``: that of the message, where it is not the parcel's. Raises ``DeliveryFailed``.
        """
        if parcel.tries < 2:
            return ""
        # A look-up that no post can follow would have to be repeated.
        self._calls.check_turn("chat.postMessage", channel)
        id, since = id or str(parcel.id), max(parcel.since - APART, 0.0)
        if posted_ts := self._posted.get((channel, root, id)):
            return posted_ts
        with self._locks.setdefault(channel, threading.Lock()):
            place = self._places.get((channel, root))
            if place is None or place.since > since:
                place = _Place(since)
            if not root and id in place.by_id and not self._stands(channel, place.by_id[id]):
                del place.by_id[id]
            now = time.clock_gettime(CLOCK)
            if id not in place.by_id and place.read_at <= max(parcel.leased, now - FRESH):
                if root and not self._may_be_below(channel, root, since):
                    return ""
                messages = [*self._read(channel, root, max(place.since, place.newest - LATE))]
                place.by_id |= {id: ts for id, ts in reversed(messages) if id}
                place.newest, place.read_at = max((place.newest, *(float(ts) for _, ts in messages))), now
                self._places.pop((channel, root), None)
                if len(place.by_id) <= MOST:
                    self._places[channel, root] = place
                if len(self._places) > MOST_PLACES:
                    self._places.pop(next(iter([*self._places])), None)
            return place.by_id.get(id, "")

    def _may_be_below(self, channel: str, root: str, since: float) -> bool:
        """Return whether a thread may have replies since then.

        The channel tells of its newest threads when somebody last replied, for many deliveries at once.
        """
        until, latest = self._latest.get(channel, (0.0, {}))
        if time.monotonic() >= until:
            messages = islice(self._calls.recent(channel, "", 0.0), PAGE)
            latest = {str(message["ts"]): float(message.get("latest_reply") or 0) for message in messages}
            now = time.monotonic()
            self._latest = {key: each for key, each in list(self._latest.items()) if each[0] > now}
            self._latest[channel] = now + A_MOMENT, latest
        return latest.get(root, since) >= since

    def give_way(self, parcel: Parcel, channel: str, ts: str, root: str = "", *, id: str = "") -> None:
        """Note what was posted, and delete it if another process has posted it, too.

        Raises ``TakenOver`` then. A process may be stopped on its way to Slack, and go on when its lease is long over.
        """
        if len(self._posted) >= MOST:
            self._posted.clear()
        self._posted[channel, root, id or str(parcel.id)] = ts
        if not parcel.ours() and self._is_copy(channel, ts, root, id or str(parcel.id), parcel.since):
            log.warning("posted by another process while this one paused: deleted", outgoing=parcel.id)
            with suppress(DeliveryFailed):
                self._calls.delete(channel, ts)
            raise TakenOver

    def _is_copy(self, channel: str, ts: str, root: str, id: str, since: float) -> bool:
        """Does this message stand in another place, too? While Slack does not tell: no."""
        try:
            return any(
                other == id and at != ts for other, at in self._read(channel, root, max(since - APART, 0.0))
            )
        except DeliveryFailed:
            return False

    def _read(self, channel: str, root: str, since: float) -> Iterator[tuple[str, str]]:
        """The messages of a thread or channel from a moment on: our id, or ``""``, and ts."""
        for message in self._calls.recent(channel, root, since):
            about = (message.get("metadata") or {}).get("event_payload") or {}
            yield str(about.get("id") or ""), str(message["ts"])

    def _stands(self, channel: str, ts: str) -> bool:
        """Does it still stand there?"""
        try:
            return self._calls.message(channel, ts) is not None
        except SlackRefused as refused:
            if refused.code not in GONE:
                raise
            return False
