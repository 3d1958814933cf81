"""Oversize mail: messages in a mailbox that no door may take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from bot.channel.oversize import Leaving, LeftInMailbox
from bot.monitors.monitor import Monitor, MonitorContext
from bot.notices.desk import MailTooLarge
from bot.notify.notification import Notification
from bot.notify.notifier import NOBODY
from store import channel_state
from store.engine.transaction import Transaction
from store.queues.outbox import Outgoing

NOTICE_INTERVAL = timedelta(hours=1)
"""Between two notices of one mailbox: what comes meanwhile is told together."""


class OversizeMailMonitor(Monitor):
    """Watches for messages that are left in a mailbox because they are too large."""

    def __init__(self, context: MonitorContext) -> None:
        super().__init__(context)
        self._reported: set[tuple[str, int, int]] = set()
        self._rests: dict[str, datetime] = {}
        """Until when, by mailbox."""

    def look(self) -> list[Outgoing]:
        """Report messages that were not reported yet; returns the rows, leased to this process."""
        rows: list[Outgoing] = []
        for mailbox, messages in self._left():
            now = self.now()
            if now < self._rests.get(mailbox, now) or self._reported.issuperset(map(_key, messages)):
                continue
            announced = self.writer.write(self._tell, messages)
            if announced is not None:
                self._reported.update(map(_key, messages))
            if announced != []:
                self._rests[mailbox] = now + NOTICE_INTERVAL
            rows += announced or []
        return rows

    def _left(self) -> list[tuple[str, list[LeftInMailbox]]]:
        leaving = (channel for channel in self.channels.values() if isinstance(channel, Leaving))
        messages = sorted((message for channel in leaving for message in channel.left_in_mailbox()), key=_key)
        return [
            (mailbox, list(group)) for mailbox, group in groupby(messages, lambda message: message.mailbox)
        ]

    def _tell(self, tx: Transaction, messages: Sequence[LeftInMailbox]) -> list[Outgoing] | None:
        """Freeze a notice of new messages, unless already reported; None if it has to wait.

        They may have been reported by another process or before a start.
        """
        now, name = self.now(), f"too large {messages[0].mailbox}"[:200]
        saved = channel_state.read(tx, name, to_change=True) or {"at": None, "told": []}
        fresh = [message for message in messages if [message.epoch, message.number] not in saved["told"]]
        if not fresh:
            return []
        if saved["at"] and now - datetime.fromisoformat(saved["at"]) < NOTICE_INTERVAL:
            return None
        channel_state.write(
            tx,
            name,
            {"at": now.isoformat(), "told": [[message.epoch, message.number] for message in messages]},
        )
        return self._notice(tx, fresh, now)

    def _notice(self, tx: Transaction, fresh: Sequence[LeftInMailbox], now: datetime) -> list[Outgoing]:
        """On the desk's boards; where it has none, to everybody by mail."""
        mails = tuple((message.sender, message.subject, message.size) for message in fresh)
        notice = MailTooLarge(address=fresh[0].mailbox, limit=fresh[0].limit, mails=mails)
        notification = Notification(notice, NOBODY, None, now, mailbox=fresh[0].mailbox)
        return self.composer.on_boards(tx, notification, "") or self.to_staff(tx, notification)


def _key(message: LeftInMailbox) -> tuple[str, int, int]:
    return message.mailbox, message.epoch, message.number
