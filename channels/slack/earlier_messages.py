"""Earlier messages: those that another try has posted, although nobody heard of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
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
MOST = 20_000
"""Messages of a channel that are remembered."""
MOST_CHANNELS = 500
"""Channels whose messages are remembered; beyond them, the one that was read first is forgotten."""


@dataclass(slots=True)
class _Channel:
    """What was read of a channel: all from ``since`` up to the message ``newest`` (seconds since 1970)."""

    since: float
    newest: float = 0.0
    by_id: dict[str, str] = field(default_factory=dict)
    """Each message's ts by the id that we gave it."""

    def remember(self, messages: Sequence[tuple[str, str]]) -> None:
        """Add messages, newest first: id, or ``""`` where it is not ours, and ts."""
        self.by_id |= {id: ts for id, ts in reversed(messages) if id}
        self.newest = max((self.newest, *(float(ts) for _, ts in messages)))


class EarlierMessages:
    """Finds them by our metadata, as Slack knows no idempotency. Safe between threads.

    After a fault many look for theirs in one channel: what was read of it is not read again.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._locks: dict[str, threading.Lock] = {}
        """One for each channel: a slow answer about one delays no delivery to another."""
        self._channels: dict[str, _Channel] = {}
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
        if root:
            if not self._may_be_below(channel, root, since):
                return ""
            return next((ts for other, ts in self._read(channel, root, since) if other == id), "")
        with self._locks.setdefault(channel, threading.Lock()):
            before = self._channels.get(channel)
            if before and before.since <= since:
                ts = before.by_id.get(id, "")
                if ts and self._stands(channel, ts):
                    return ts
                since = max(before.since, before.newest - LATE)
            else:
                before = _Channel(since)
            messages = [*self._read(channel, "", since)]
            before.remember(messages)
            self._channels.pop(channel, None)
            self._channels[channel] = before
            if len(self._channels) > MOST_CHANNELS:
                self._channels.pop(next(iter([*self._channels])), None)
            if len(before.by_id) > MOST:
                self._channels.pop(channel, None)
            return next((ts for other, ts in messages if other == id), "")

    def _may_be_below(self, channel: str, root: str, since: float) -> bool:
        """Return whether a thread may have replies since then.

        The channel tells of its newest threads when somebody last replied, for many deliveries at once.
        """
        with self._locks.setdefault(channel, threading.Lock()):
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
