"""Earlier messages: those that another try has posted, although nobody heard of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from bot.channel.outbound import DeliveryFailed, Parcel, TakenOver
from channels.slack.workspace.web_api import GONE, Calls, SlackRefused

log = structlog.get_logger("slack")
APART = 600.0
"""Seconds that Slack's clock and ours may differ."""
LATE = 60.0
"""Seconds after which Slack surely shows a message that it took."""
MOST = 20_000
"""Messages of a channel that are remembered."""


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
        self._lock = threading.Lock()
        self._channels: dict[str, _Channel] = {}

    def find(self, parcel: Parcel, channel: str, root: str = "", *, id: str = "") -> str:
        """The ts of this message, if an earlier try posted it in this thread or channel, else ``""``.

        ``id``: that of the message, where it is not the parcel's. Raises ``DeliveryFailed``.
        """
        if parcel.tries < 2:
            return ""
        id, since = id or str(parcel.id), max(parcel.since - APART, 0.0)
        if root:
            return next((ts for other, ts in self._read(channel, root, since) if other == id), "")
        with self._lock:
            before = self._channels.get(channel)
            if before and before.since <= since:
                ts = before.by_id.get(id, "")
                if ts and self._stands(channel, ts):
                    return ts
                since = max(since, before.newest - LATE)
            else:
                before = _Channel(since)
            messages = [*self._read(channel, "", since)]
            before.remember(messages)
            self._channels[channel] = before
            if len(before.by_id) > MOST:
                del self._channels[channel]
            return next((ts for other, ts in messages if other == id), "")

    def give_way(self, parcel: Parcel, channel: str, ts: str, root: str = "", *, id: str = "") -> None:
        """Delete what was posted just now, if another process has posted it, too. Raises ``TakenOver`` then.

        A process may be stopped on its way to Slack, and go on when its lease is long over.
        """
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
            return any(str(each["ts"]) == ts for each in self._calls.thread(channel, ts, most=1))
        except SlackRefused as refused:
            if refused.code not in GONE:
                raise
            return False
