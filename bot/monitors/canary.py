"""The canary: a mail to ourselves; that it does not come back is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import structlog

from bot.channel.outbound import Posting, Words
from bot.channel.protocols import Channel
from bot.config.settings import MailboxSection, lasting
from bot.model.identity import Identity
from bot.monitors.monitor import Monitor, MonitorContext
from bot.notices.desk import MailboxHeardAgain, MailboxSilent
from bot.notify.notification import Notification
from bot.notify.notifier import NOBODY
from bot.policy import canary_state
from bot.policy.canary_state import CanaryState
from bot.runtime.metrics import CANARY_AGE
from store.engine.columns import new_id
from store.engine.lease import of_delivery
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
    """Sends canaries and reports those that do not return."""

    def __init__(self, context: MonitorContext) -> None:
        super().__init__(context)
        self._boxes = canary_state.watched(self.config)
        self._since: datetime | None = None

    def look(self) -> list[outbox.Outgoing]:
        """Send what is due, report what is missing; returns the rows, leased to this process."""
        if not self._boxes:
            return []
        now = self.now()
        self._since = self._since or now
        with self.database.reading() as tx:
            states = {box.address: canary_state.read(tx, box.address) for box in self._boxes}
        rows: list[outbox.Outgoing] = []
        for box in self._boxes:
            CANARY_AGE.labels(box.address).set(_age(states[box.address], now))
            if self._due(box, states[box.address], now) or self._turned(box, states[box.address], now):
                rows += self.writer.write(self._act, box)
        return rows

    def _due(self, box: MailboxSection, state: CanaryState, now: datetime) -> bool:
        return state.sent is None or now - state.sent >= lasting(box.canary)

    def _turned(self, box: MailboxSection, state: CanaryState, now: datetime) -> bool:
        """Must a change be reported: one is missing for too long, or it or a later one returned?"""
        if state.silent in dict(state.away):
            return False
        since = state.away[0][1] if state.away else now
        if not state.silent:  # nobody was there to take in what was sent before we came
            since = max(since, self._since or now)
        return (now - since >= lasting(box.canary_patience)) != bool(state.silent)

    def _act(self, tx: Transaction, box: MailboxSection) -> list[outbox.Outgoing]:
        """Check again, for another process may have been faster, and do what is left to do."""
        now = self.now()
        before = state = canary_state.read(tx, box.address, to_change=True)
        rows: list[outbox.Outgoing] = []
        if self._turned(box, state, now):
            state = replace(state, silent=0 if state.silent else state.away[0][0])
            rows += self._announced(tx, box, state, now)
        channel = next(
            (mail_channel for mail_channel in self.channels.values() if mail_channel.traits.mailboxes), None
        )
        if self._due(box, state, now) and channel is not None:
            row = self._sent(tx, box, channel, now)
            away = (*state.away, (row.id, now))
            state = replace(state, sent=now, away=(*away[:1], *away[1:][-MOST:]))
            rows.append(row)
        if state != before:
            canary_state.write(tx, box.address, state)
        return rows

    def _announced(
        self, tx: Transaction, box: MailboxSection, state: CanaryState, now: datetime
    ) -> list[outbox.Outgoing]:
        """Tell everybody of the desk, by mail and on its boards, once for each turn."""
        kind = MailboxSilent if state.silent else MailboxHeardAgain
        say = log.error if state.silent else log.info
        say(kind.name, mailbox=box.address, last_returned=str(state.returned or "never"))
        notice = kind(address=box.address, patience=box.canary_patience, returned=state.returned)
        notification = Notification(notice, NOBODY, None, now, mailbox=box.address)
        return [*self.composer.on_boards(tx, notification, ""), *self.to_staff(tx, notification)]

    def _sent(self, tx: Transaction, box: MailboxSection, channel: Channel, now: datetime) -> outbox.Outgoing:
        row_id, (local, _, domain) = new_id(), box.address.rpartition("@")
        links = self.composer.links
        posting = Posting(
            id=row_id,
            to=Identity(channel.name, f"{local}+{links.canary_tag(row_id)}@{domain}"),
            mailbox=box.address,
            words=Words("A canary of casebot's", WORDS, f"<p>{WORDS}</p>"),
            automatic=True,
            message_id=links.message_id(0, row_id, domain),
            reply_to=box.address,
            bounce_to=f"{local}+{links.bounce_tag(row_id)}@{domain}",
            notice="canary",
            at=now,
        )
        payload, to = channel.compose(posting), posting.to
        row = outbox.Outgoing(
            row_id, to.channel, to.address, posting.bounce_to, payload, now, int(tx.delivers), 1
        )
        row = replace(row, notice="canary", leased=tx.began)
        outbox.post(
            tx,
            row,
            person_id=None,
            notice="canary",
            message_id=posting.message_id,
            lines=b"",
            due_at=of_delivery(tx, now),
        )
        return row


def _age(state: CanaryState, now: datetime) -> float:
    """Seconds since the newest returned canary was sent; the first one's own age if none has returned."""
    since = state.returned or (state.away[0][1] if state.away else now)
    return max((now - since).total_seconds(), 0.0)
