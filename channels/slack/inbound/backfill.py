"""Backfill: read messages that Slack does not deliver again.

Slack retries an event for about six minutes ("Events API", section "Retries"). After a longer outage, casebot reads
its channels and threads again from the last event it received. That moment is stored until everything is read, so an
interrupted backfill continues. Keys identify messages that had arrived. It misses edits and deletions of those,
replies to cases that were closed too long ago, and first direct messages of unknown people.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Any

import structlog

from bot.channel.context import ChannelContext
from bot.channel.outbound import DeliveryFailed
from bot.queries.backfill import LastHeard
from channels.slack.inbound.backfill_sources import BackfillSource, Places
from channels.slack.workspace.settings import Settings
from channels.slack.workspace.workspace import Workspace

log = structlog.get_logger("slack")
NAME = "slack-catch-up"
APART = timedelta(minutes=10)
"""How much Slack's clock and ours may differ, and how late a loss is noticed."""
REST = 60.0
"""Seconds between two readings of all places, at least; and at least as long as the last one took."""
FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0
"""Seconds until places that could not be read are tried again: doubled each time that none could be."""
ENOUGH = 3
"""Places in a row that cannot be read, after which the others will hardly fare better."""


class CatchUp:
    """A ``bot.channel.protocols.Worker`` that backfills in the background, each time messages were missed."""

    name = NAME

    def __init__(
        self,
        context: ChannelContext[Settings],
        workspace: Workspace,
        *,
        first: Sequence[Callable[[], None]] = (),
    ) -> None:
        """``first``: functions that are called before anything is read."""
        self._first = first
        self._desk = context.desk
        self._mark = BackfillCursor(context.remember)
        self._news: SimpleQueue[datetime | None] = SimpleQueue()
        self._leaving = threading.Event()
        self._places = Places(context, workspace, leaving=self._leaving)
        self._listening = False
        self._missed: datetime | None = None
        """The earliest moment that the mark does not know of yet."""
        self._next: datetime | None = None
        """From when all places are to be read next; None: that is not wanted."""
        self._reading: datetime | None = None
        """From when they are being read; None: they are not."""
        self._unread: dict[BackfillSource, datetime] = {}
        """Those that are left of it, and from when."""
        self._rested = self._again = time.monotonic()
        self._failures = self._looked_at = 0
        self._returned: dict[str, datetime] = {}
        """Channels that the app is in again, and since when it was not."""
        self.on_return: Callable[[datetime], None] = lambda since: None

    def returned(self, channel: str, since: datetime) -> None:
        """Note that the app is in a channel again, which it was out of since then. Returns at once."""
        self._returned[channel] = since
        self._news.put(None)

    def missed(self, since: datetime) -> None:
        """Note that nobody has listened since this moment. Returns at once."""
        self._listening = False
        self._news.put(since)

    def begin(self) -> None:
        """Note that somebody listens again: missed messages can be read. Returns at once."""
        self._listening = True
        self._news.put(None)

    def run(self) -> None:
        """Backfill until ``leave`` is called; a restart after an exception continues with the other channels."""
        wait: float | None = 0.0
        for step in self._first:
            step()
        while self._hear(wait):
            try:
                wait = self._go_on()
            except DeliveryFailed as failure:
                log.warning("backfill from Slack not possible yet", why=str(failure))
                wait = self._put_off()

    def leave(self) -> None:
        """Break off; the next start continues where this one stopped."""
        self._leaving.set()
        self._news.put(None)

    def _hear(self, wait: float | None) -> bool:
        """Wait for news (seconds; None: for ever) and take all; False to leave."""
        if self._leaving.is_set():
            return False
        with contextlib.suppress(Empty):
            self._take(self._news.get(timeout=wait))
            while True:
                self._take(self._news.get_nowait())
        return not self._leaving.is_set()

    def _take(self, since: datetime | None) -> None:
        self._missed = _earliest(self._missed, since)

    def _go_on(self) -> float | None:
        """Do what can be done now; seconds until the next step, None if that depends on news."""
        self._note()
        for channel, since in list(self._returned.items()):
            self._returned[channel] = self._returned.pop(channel)  # behind the others, if this fails
            self._read_again(channel, since - APART)
            del self._returned[channel]
        if not self._listening:
            return None
        began = time.monotonic()
        if self._next is not None and began >= self._rested:
            self._list(self._next)
            self._read()
            self._rested = time.monotonic() + max(REST, time.monotonic() - began)
        elif self._reading is not None and began >= self._again:
            self._read()
        return self._wait()

    def _read_again(self, channel: str, since: datetime) -> None:
        """Mark a channel as unread from this moment on."""
        self.on_return(since)
        self._mark.lower(since)
        for place in self._places.to_read(since):
            if place.channel == channel:
                self._unread[place] = min(since, self._unread.get(place, since))
        self._reading, self._again = _earliest(self._reading, since), time.monotonic()

    def _wait(self) -> float | None:
        due = [self._rested] if self._next is not None else []
        due += [self._again] if self._reading is not None else []
        return max(min(due) - time.monotonic(), 0.0) if due else None

    def _note(self) -> None:
        """Lower the cursor to what was missed, before it is read; includes what an earlier process left."""
        if self._missed is None:
            return
        last = self._desk.ask(LastHeard("slack", self._missed))  # None: nothing was ever said to us
        since = _earliest(self._next, last and last - APART)
        if self._reading is None:
            since = _earliest(since, self._mark.since())
        if since is not None:
            self._mark.lower(since)
        self._next, self._missed = since, None

    def _list(self, since: datetime) -> None:
        """Mark all places as unread from then on, or from earlier if they were before."""
        places = self._places.to_read(since)
        unread = {place: min(since, self._unread.pop(place, since)) for place in places}
        self._unread = unread | self._unread
        self._reading, self._next = _earliest(self._reading, since), None

    def _read(self) -> None:
        """Read every unread place once; one that fails goes to the end."""
        before, in_a_row = len(self._unread), 0
        for place, since in list(self._unread.items()):
            if self._leaving.is_set():
                return
            self._unread[place] = self._unread.pop(place)
            if self._was_read(place, since):
                del self._unread[place]
                in_a_row = 0
                continue
            in_a_row += 1
            if in_a_row == ENOUGH:
                break
        if len(self._unread) < before:
            self._failures = 0
        if self._unread:
            self._put_off()
        else:
            self._finish()

    def _was_read(self, place: BackfillSource, since: datetime) -> bool:
        try:
            self._looked_at += self._places.read(place, since)
        except DeliveryFailed as failure:
            log.warning("a channel cannot be read yet", channel=place.channel, why=str(failure))
            return False
        return True

    def _finish(self) -> None:
        """Move the cursor after every place was read: to what was missed meanwhile, if anything was."""
        if not self._hear(0):
            return  # whatever is still in the queue is not in the mark
        self._note()
        if self._reading is not None:
            self._mark.move(self._reading, self._next)
            since = f"{self._reading:%Y-%m-%d %H:%M}"
            log.info("backfill from Slack done", since=since, looked_at=self._looked_at)
        self._reading, self._looked_at = None, 0

    def _put_off(self) -> float:
        """Postpone the next try; returns the seconds, more each time."""
        wait: float = min(FIRST_WAIT * 2**self._failures, LONGEST_WAIT)
        self._failures = min(self._failures + 1, 10)
        self._again = time.monotonic() + wait
        self._rested = max(self._rested, self._again)
        return wait


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


class BackfillCursor:
    """The moment from which Slack must be read, in the store; each change is durable on return.

    Several processes share it: none removes one that is earlier than what it has read itself.
    """

    def __init__(self, remember: Callable[[str, Mapping[str, Any] | None], Mapping[str, Any] | None]) -> None:
        """``remember``: ``bot.channel.protocols.ChannelContext[Settings].remember``."""
        self._remember = remember

    def since(self) -> datetime | None:
        """The moment from which Slack must be read; None: nothing is left to read."""
        saved = (self._remember(NAME, None) or {}).get("since")
        return datetime.fromisoformat(saved) if saved else None

    def lower(self, since: datetime) -> None:
        """Make Slack be read from this moment too; an earlier cursor stays."""
        standing = self.since()
        if standing is None or since < standing:
            self._write(since)

    def move(self, was: datetime, to: datetime | None) -> None:
        """Note that everything from ``was`` on was read; reading goes on at ``to``, None: nowhere."""
        standing = self.since()
        if standing is not None and standing >= was:
            self._write(to)

    def _write(self, since: datetime | None) -> None:
        self._remember(NAME, {"since": since.isoformat()} if since else {})
