"""Oversize mail: messages in a mailbox that no door may take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from bot.channel.oversize import Leaving, LeftInMailbox
from bot.monitors.monitor import Monitor, MonitorContext
from bot.notices.desk import MailTooLarge
from bot.notify.notification import Notification
from bot.notify.recipients import NOBODY
from store import channel_state
from store.engine.transaction import Transaction
from store.queues.outbox import Outgoing

REST = timedelta(hours=1)
"""Between two notices of one mailbox: what comes meanwhile is told together."""


class TooLarge(Monitor):
    """Watches for messages that are left lying."""

    def __init__(self, context: MonitorContext) -> None:
        super().__init__(context)
        self._told: set[tuple[str, int, int]] = set()
        self._rests: dict[str, datetime] = {}
        """Until when, by mailbox."""

    def look(self) -> list[Outgoing]:
        """Tell of those that nothing was told of yet; the rows that were written, leased to this process."""
        rows: list[Outgoing] = []
        for mailbox, lying in self._left():
            now = self.now()
            if now < self._rests.get(mailbox, now) or self._told.issuperset(map(_key, lying)):
                continue
            told = self.writer.write(self._tell, lying)
            if told is not None:
                self._told.update(map(_key, lying))
            if told != []:
                self._rests[mailbox] = now + REST
            rows += told or []
        return rows

    def _left(self) -> list[tuple[str, list[LeftInMailbox]]]:
        leaving = (channel for channel in self.channels.values() if isinstance(channel, Leaving))
        found = sorted((one for channel in leaving for one in channel.left_in_mailbox()), key=_key)
        return [(mailbox, list(ones)) for mailbox, ones in groupby(found, lambda one: one.mailbox)]

    def _tell(self, tx: Transaction, lying: Sequence[LeftInMailbox]) -> list[Outgoing] | None:
        """Freeze what is new, if it was not told by another process or before a start; None: it is to wait."""
        now, name = self.now(), f"too large {lying[0].mailbox}"[:200]
        known = channel_state.read(tx, name, to_change=True) or {"at": None, "told": []}
        fresh = [one for one in lying if [one.epoch, one.number] not in known["told"]]
        if not fresh:
            return []
        if known["at"] and now - datetime.fromisoformat(known["at"]) < REST:
            return None
        channel_state.write(
            tx, name, {"at": now.isoformat(), "told": [[one.epoch, one.number] for one in lying]}
        )
        return self._notice(tx, fresh, now)

    def _notice(self, tx: Transaction, fresh: Sequence[LeftInMailbox], now: datetime) -> list[Outgoing]:
        """On the desk's boards; where it has none, to everybody by mail."""
        mails = tuple((one.sender, one.subject, one.size) for one in fresh)
        notice = MailTooLarge(address=fresh[0].mailbox, limit=fresh[0].limit, mails=mails)
        notification = Notification(notice, NOBODY, None, now, mailbox=fresh[0].mailbox)
        return self.posts.on_boards(tx, notification, "") or self.to_staff(tx, notification)


def _key(one: LeftInMailbox) -> tuple[str, int, int]:
    return one.mailbox, one.epoch, one.number
