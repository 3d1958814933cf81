"""Announcements: notices to the desk about no case, once a day at most."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.model.notices import NOTICES
from bot.notify.compose import Composer
from bot.notify.notification import Notification
from bot.notify.recipients import NOBODY
from store.engine.transaction import Transaction
from store.people import rate_limit
from store.queues.outbox import Outgoing


def post(
    tx: Transaction,
    posts: Composer,
    name: str,
    facts: Mapping[str, Any],
    *,
    about: str,
    mailbox: str,
    now: datetime,
) -> list[Outgoing] | None:
    """Freeze a notice for every board, rows leased to this process; None if it was told ``about`` that today."""
    if not rate_limit.once_a_day(tx, rate_limit.key("bulletin", name, about), now=rate_limit.millis(now)):
        return None
    return posts.on_boards(tx, Notification(NOTICES[name], NOBODY, None, facts, now, mailbox=mailbox), "")
