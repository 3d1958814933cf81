"""Announcements: notices to the desk about no case, once a day at most."""

from __future__ import annotations

from datetime import datetime

from bot.notices.notice import Notice
from bot.notify.compose import Composer
from bot.notify.notification import Notification
from bot.notify.recipients import NOBODY
from store.engine.transaction import Transaction
from store.people import rate_limit
from store.queues.outbox import Outgoing


def post(
    tx: Transaction,
    composer: Composer,
    notice: Notice,
    *,
    about: str,
    mailbox: str,
    now: datetime,
) -> list[Outgoing] | None:
    """Freeze a notice for every board, leased to this process; None if told ``about`` that today."""
    if not rate_limit.once_a_day(
        tx, rate_limit.key("bulletin", notice.name, about), now=rate_limit.millis(now)
    ):
        return None
    return composer.on_boards(tx, Notification(notice, NOBODY, None, now, mailbox=mailbox), "")
