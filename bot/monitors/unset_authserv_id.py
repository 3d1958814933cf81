"""Vouching: where no server of ours vouches for who wrote, the desk is told what to set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog

from bot.channel.capabilities import Unsure
from bot.channel.protocols import Channel
from bot.notify import announcements
from bot.notify.compose import Composer
from bot.runtime.group_commit import Writer
from store.engine.transaction import Transaction
from store.queues.outbox import Outgoing

log = structlog.get_logger("vouching")
UNSET = (
    "authserv_id is not set: cases from mail without a DKIM signature will be held"
    " (`casebot check` proposes what to set)"
)


class Vouching:
    """Watches for mailboxes whose mail nobody vouches for; the clock asks every second.

    Each is told of once a start in the log, and once a day at most on the desk's boards.
    """

    def __init__(
        self, writer: Writer, *, posts: Composer, channels: Mapping[str, Channel], now: Callable[[], datetime]
    ) -> None:
        self._writer = writer
        self._posts = posts
        self._channels = channels
        self._now = now
        self._told: set[str] = set()

    def look(self) -> list[Outgoing]:
        """Tell of those that nothing was told of yet; the rows that were written, leased to this process."""
        unsure = (channel for channel in self._channels.values() if isinstance(channel, Unsure))
        rows: list[Outgoing] = []
        for address in sorted({one for channel in unsure for one in channel.unvouched()} - self._told):
            log.warning(UNSET, mailbox=address)
            rows += self._writer.put(self._tell, address).result()
            self._told.add(address)
        return rows

    def _tell(self, tx: Transaction, addresses: Sequence[str]) -> list[list[Outgoing]]:
        return [self._bulletin(tx, address) for address in addresses]

    def _bulletin(self, tx: Transaction, address: str) -> list[Outgoing]:
        told = announcements.post(
            tx,
            self._posts,
            "mailbox unvouched",
            {"address": address},
            about=address,
            mailbox=address,
            now=self._now(),
        )
        return told or []
