"""The canary: a mail to ourselves; that it does not come back is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import structlog

from bot.channel.outbound import Posting, Words
from bot.config.settings import MailboxSection, lasting
from bot.model.identity import Identity
from bot.monitors.monitor import Monitor, MonitorContext
from bot.notices.desk import MailboxHeardAgain, MailboxSilent
from bot.notify.notification import Notification
from bot.notify.recipients import NOBODY
from bot.policy import canary_state
from bot.policy.canary_state import CanaryState
from bot.runtime.metrics import CANARY_AGE
from store.engine.columns import new_id
from store.engine.lease import LEASE
from store.engine.transaction import Transaction
from store.queues import outbox

log = structlog.get_logger("canary")
MOST = 50
"""CanaryMonitor of one mailbox that are remembered while they are away."""
WORDS = (
    "This mail was sent by casebot to itself, to see that mail leaves the desk and comes back to it.\n"
    "Nobody needs to do anything with it.\n"
)


class CanaryMonitor(Monitor):
    """Sends them and misses them."""

    def __init__(self, context: MonitorContext) -> None:
        super().__init__(context)
        self._boxes = canary_state.watched(self.config)
        self._since: datetime | None = None

    def look(self) -> list[outbox.Outgoing]:
        """Send what is due, and tell what is to be told; the rows that were written, leased to this process."""
        if not self._boxes:
            return []
        now = self.now()
        self._since = self._since or now
        with self.database.reading() as tx:
            known = {box.address: canary_state.read(tx, box.address) for box in self._boxes}
        rows: list[outbox.Outgoing] = []
        for box in self._boxes:
            CANARY_AGE.labels(box.address).set(_age(known[box.address], now))
            if self._due(box, known[box.address], now) or self._turned(box, known[box.address], now):
                rows += self.writer.write(self._act, box)
        return rows

    def _due(self, box: MailboxSection, known: CanaryState, now: datetime) -> bool:
        return known.sent is None or now - known.sent >= lasting(box.canary)

    def _turned(self, box: MailboxSection, known: CanaryState, now: datetime) -> bool:
        """Is there something to tell: one is away for too long, or it or a later one came back after all?"""
        if known.silent in dict(known.away):
            return False
        since = known.away[0][1] if known.away else now
        if not known.silent:  # nobody was there to take in what was sent before we came
            since = max(since, self._since or now)
        return (now - since >= lasting(box.canary_patience)) != bool(known.silent)

    def _act(self, tx: Transaction, box: MailboxSection) -> list[outbox.Outgoing]:
        """Look again, for another process may have been quicker, and do what is left to do."""
        now = self.now()
        before = known = canary_state.read(tx, box.address, to_change=True)
        rows: list[outbox.Outgoing] = []
        if self._turned(box, known, now):
            known = replace(known, silent=0 if known.silent else known.away[0][0])
            rows += self._announced(tx, box, known, now)
        if self._due(box, known, now) and "email" in self.channels:
            row = self._sent(tx, box, now)
            away = (*known.away, (row.id, now))
            known = replace(known, sent=now, away=(*away[:1], *away[1:][-MOST:]))
            rows.append(row)
        if known != before:
            canary_state.write(tx, box.address, known)
        return rows

    def _announced(
        self, tx: Transaction, box: MailboxSection, known: CanaryState, now: datetime
    ) -> list[outbox.Outgoing]:
        """Tell everybody of the desk, by mail and on its boards, once for each turn."""
        kind = MailboxSilent if known.silent else MailboxHeardAgain
        say = log.error if known.silent else log.info
        say(kind.name, mailbox=box.address, last_returned=str(known.returned or "never"))
        notice = kind(address=box.address, patience=box.canary_patience, returned=known.returned)
        notification = Notification(notice, NOBODY, None, now, mailbox=box.address)
        return [*self.posts.on_boards(tx, notification, ""), *self.to_staff(tx, notification)]

    def _sent(self, tx: Transaction, box: MailboxSection, now: datetime) -> outbox.Outgoing:
        row_id, (local, _, domain) = new_id(), box.address.rpartition("@")
        links = self.posts.links
        posting = Posting(
            id=row_id,
            to=Identity("email", f"{local}+{links.canary_tag(row_id)}@{domain}"),
            mailbox=box.address,
            words=Words("A canary of casebot's", WORDS, f"<p>{WORDS}</p>"),
            automatic=True,
            message_id=links.message_id(0, row_id, domain),
            reply_to=box.address,
            bounce_to=f"{local}+{links.bounce_tag(row_id)}@{domain}",
            notice="canary",
            at=now,
        )
        payload = self.channels["email"].compose(posting)
        row = outbox.Outgoing(row_id, "email", posting.to.address, posting.bounce_to, payload, now, 1, 1)
        row = replace(row, notice="canary", leased=tx.began)
        outbox.post(
            tx,
            row,
            person_id=None,
            notice="canary",
            message_id=posting.message_id,
            lines=b"",
            due_at=now + LEASE,
        )
        return row


def _age(known: CanaryState, now: datetime) -> float:
    """Seconds since the newest canary that came back was sent; the first ones' own age while none has."""
    since = known.returned or (known.away[0][1] if known.away else now)
    return max((now - since).total_seconds(), 0.0)
