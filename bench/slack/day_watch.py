"""Watches where each message of the day arrives, and what waits behind a failing delivery."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy.exc import OperationalError

from bench.slack.day_people import TRIAGE, Line, Town, unfinished
from bench.slack.town import CHANNELS
from bench.support.databases import Look

_MARKER = re.compile(r"\bw\d{5}\b")
_WAITING = (
    "SELECT id, case_id, recipient, attempts, reason, due_at FROM outgoing "
    "WHERE outcome = 'waiting' AND channel = 'slack' AND due_at IS NOT NULL AND key = '' ORDER BY id"
)
_KEPT = "SELECT text FROM entry", "SELECT subject AS text FROM support_case"
BEHIND = "waits for what comes before it"
"""The reason of a delivery that waits for an earlier one to the same recipient (``bot/workers/courier.py``)."""
RENEWED = 6.5
"""Seconds within which the due time of a delivery in hand moves on (``bot/workers/lease_renewal.py``)."""


@dataclass
class Held:
    """How long a delivery waited while the failing one before it was put off.

    A delivery in hand waits for Slack's rate limit, if at all: then order stays, and the wait does not count.
    """

    since: float
    attempts: int
    """Of the delivery that waits; when casebot takes it up again it has one more."""
    spans: dict[float, tuple[float, float]] = field(default_factory=dict)
    """Since when and until when it waited, by the moment in which the failing one was put off."""


@dataclass
class Watch(threading.Thread):
    """Looks twice a second."""

    town: Town
    look: Look
    outages: list[tuple[float, float]]
    over: threading.Event = field(default_factory=threading.Event)
    held: dict[tuple[int, int], Held] = field(default_factory=dict)
    """How long deliveries waited for failing ones before them."""
    moved: dict[int, tuple[object, float]] = field(default_factory=dict)
    """The due time of each delivery, and when it was seen to change."""

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self._read = self.town.server.workspace.transcript.entries()[-1]["seq"]

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        """Look until ``over``."""
        while not self.over.wait(0.5):
            self.see()

    def see(self) -> bool:
        """Note what has arrived; return whether everything has."""
        open_lines = {line.marker: line for line in unfinished(self.town.day.lines)}
        calls = self.town.server.workspace.transcript.entries("call", since=self._read)
        for call in calls:
            self._read = call["seq"]
            if call["ok"] and call["method"] in ("chat.postMessage", "files.completeUploadExternal"):
                for marker in _MARKER.findall(str(call["args"])):
                    line = open_lines.get(marker)
                    if line and line.channel == call["channel"]:
                        line.arrived = line.arrived or call["at"]
        with suppress(OperationalError):  # the store is busy or away
            self._see_held()
        return not unfinished(self.town.day.lines)

    def _see_held(self) -> None:
        [rows] = self.look.rows(_WAITING)
        now, failing = time.time(), dict[tuple[int, str], int]()
        for row in rows:
            due, moved = self.moved.get(row.id, (None, now))
            self.moved[row.id] = row.due_at, moved if due == row.due_at else now
            reader = row.case_id, row.recipient
            if row.reason.startswith(BEHIND) and reader in failing:
                held = self.held.setdefault((row.id, failing[reader]), Held(now, row.attempts))
                moved = self.moved[failing[reader]][1]
                if row.attempts <= held.attempts and now - moved > RENEWED:
                    held.spans[moved] = max(moved, held.since), now
            elif row.attempts >= 2 and row.reason:
                failing[reader] = row.id

    def held_seconds(self) -> list[float]:
        """Return how long each delivery waited behind a failing one, without outages, in ascending order."""
        return sorted(
            sum(until - since - self._away(since, until) for since, until in held.spans.values())
            for held in self.held.values()
        )

    def waits(self, lines: list[Line]) -> tuple[list[float], list[float]]:
        """Return the seconds until lines arrived: those that met no outage, and those that did."""
        apart, during = [], []
        for line in lines:
            if line.arrived:
                met = self._away(line.at, line.arrived)
                (during if met else apart).append(line.arrived - line.at)
        return sorted(apart), sorted(during)

    def _away(self, since: float, until: float) -> float:
        return sum(max(min(until, end) - max(since, begin), 0.0) for begin, end in self.outages)

    def faults(self) -> dict[str, list[str]]:
        """Return the markers of what was lost, shortened, doubled or leaked."""
        lines = self.town.day.lines
        entries, cases = self.look.rows(*_KEPT)
        kept = Counter(marker for row in (*entries, *cases) for marker in set(_MARKER.findall(row.text)))
        texts = {marker: row.text for row in entries for marker in _MARKER.findall(row.text)}
        posted = {
            channel: self._posts(channel) for channel in {line.channel for line in lines if line.channel}
        }
        for_customers = [
            text for channel in CHANNELS for text in self._posts(f"C0{channel.upper()}", all_posts=True)
        ]
        times = {
            line.marker: sum(line.marker in text for text in posted[line.channel])
            for line in lines
            if line.channel and line.kind != "opening"
        }
        sent = [line for line in lines if line.marker in times and not line.refused]
        notes = [line.marker for line in lines if line.kind == "note"]
        return {
            "lost on the case": [line.marker for line in lines if not kept[line.marker]],
            "twice on a case": [line.marker for line in lines if kept[line.marker] > 1],
            "shortened": [
                line.marker for line in lines if line.end and line.end not in texts.get(line.marker, "")
            ],
            "not delivered": [line.marker for line in sent if not times[line.marker]]
            + [line.marker for line in lines if line.kind == "opening" and not line.arrived],
            "delivered twice": [line.marker for line in sent if times[line.marker] > 1],
            "leaked": [note for note in notes if any(note in text for text in for_customers)],
        }

    def _posts(self, channel: str, *, all_posts: bool = False) -> list[str]:
        """Return what the app wrote in a channel's threads, or everywhere in it."""
        workspace = self.town.server.workspace
        with workspace.lock:
            messages = list(workspace.channels[channel].messages.values())
        return [
            f"{message.text} {message.blocks}"
            for message in messages
            if message.user == workspace.app.bot_user and (all_posts or message.is_reply)
        ]


def in_triage(lines: list[Line]) -> list[Line]:
    """Return the customers' messages that must reach the triage channel."""
    return [line for line in lines if line.channel == TRIAGE and not line.refused]
