"""The transcript: every call to the Web API, every delivery to the app, every act of a person, in order.

ENTRY: ``{"seq", "at" (seconds since 1970), "kind", …}`` and, by kind:

- ``call``: ``method, ok, error, status, ms, channel, user, ts, text`` (empty where there is none) and ``args``
  (all arguments but the token; texts as they came).
- ``delivery``: ``via`` (``socket`` or ``http``), ``type`` (``events_api``, ``slash_commands``, ``interactive``),
  ``what`` (the event's or interaction's type), ``id`` (event_id, or the envelope's), ``try`` (0–3), ``copy`` (0, or
  the number of a duplicate), ``ts`` (of an event that has one), ``acked``, ``ack_ms`` (null without an ack),
  ``reason`` (why not acked).
- ``act``: ``act, user`` and the act's arguments.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable

from rehearsal.slack.wire.wire import Json

ROOM = 50_000
"""So many entries are kept."""


def newest(entries: deque[Json], count: int) -> list[Json]:
    """So many of the newest, oldest first."""
    return list(itertools.islice(reversed(entries), max(count, 0)))[::-1]


class Transcript:
    """Thread-safe; ``news`` is called with each new entry's kind and number."""

    def __init__(self, news: Callable[[str], None] = lambda kind: None) -> None:
        self._entries: deque[Json] = deque(maxlen=ROOM)
        self._seq = 0
        self._lock = threading.Lock()
        self._news = news

    def add(self, kind: str, **facts: object) -> None:
        """Write an entry."""
        with self._lock:
            self._seq += 1
            self._entries.append({"seq": self._seq, "at": round(time.time(), 6), "kind": kind, **facts})
        self._news(kind)

    def entries(self, kind: str = "", *, since: int = 0) -> list[Json]:
        """Entries after ``since``, of one kind or all, oldest first."""
        with self._lock:
            entries = newest(self._entries, self._seq - since)
        return [entry for entry in entries if kind in ("", entry["kind"])]

    def calls(self, method: str = "", **facts: object) -> list[Json]:
        """Calls, of one method or all, whose facts are as given."""
        facts |= {"method": method} if method else {}
        return self._like("call", facts)

    def deliveries(self, what: str = "", **facts: object) -> list[Json]:
        """Deliveries, of one event or interaction type or all, whose facts are as given."""
        facts |= {"what": what} if what else {}
        return self._like("delivery", facts)

    def _like(self, kind: str, facts: Json) -> list[Json]:
        entries = self.entries(kind)
        return [entry for entry in entries if all(entry.get(name) == value for name, value in facts.items())]
