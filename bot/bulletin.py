"""A bulletin: what the desk is told about no case, where it works, once a day at most."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.brakes import DAY
from bot.notices import NOTICES
from bot.posts import Posts
from bot.teller import NOBODY
from bot.telling import Telling
from store import budget
from store.outbox import Outgoing
from store.transaction import Transaction


def post(
    tx: Transaction,
    posts: Posts,
    name: str,
    facts: Mapping[str, Any],
    *,
    about: str,
    mailbox: str,
    now: datetime,
) -> list[Outgoing] | None:
    """Freeze a notice for every board, rows leased to this process; None if it was told ``about`` that today."""
    key, at = budget.key("bulletin", name, about), int(now.timestamp() * 1000)
    (known,) = budget.read(tx, [key])
    if known.day > at:
        return None
    budget.write(tx, key, known, now=at, day=DAY)
    return posts.on_boards(tx, Telling(NOTICES[name], NOBODY, None, facts, now, mailbox=mailbox), "")
