"""Floods: what anybody could have written opens cases only so fast; the rest, and blocked senders' mail, waits."""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.channel.protocols import Inbound, Letter
from bot.commands import Request
from bot.config.load import Config
from bot.inbound.duplicates import Copies
from bot.inbound.route import Aside
from bot.links.tokens import Links
from bot.notify import announcements
from bot.notify.compose import Composer
from bot.policy import quotas
from bot.syntax.case_numbers import label
from store.engine import lease
from store.engine.transaction import Transaction
from store.people import blocked_sender
from store.queues import inbox, outbox

log = structlog.get_logger("floods")


class Floods(Copies):
    """Placing, with budgets for cases that would be held: one sender's, one domain's, and the whole desk's.

    A person who requeues a message has decided, and it opens its case. So does what a person imports.
    """

    def __init__(self, config: Config, links: Links, posts: Composer) -> None:
        super().__init__(config, links, posts.boards)
        self._posts = posts
        self._limits = config.limits

    def place(self, tx: Transaction, letter: Letter, message: Inbound, *, now: datetime) -> Request | Aside:
        """The request a message makes, or why it makes none."""
        asked = super().place(tx, letter, message, now=now)
        if isinstance(asked, Aside) or letter.envelope.get("door") == "import":
            return asked
        why = self._blocked(tx, asked)
        if why and not inbox.requeued(tx, letter.id):
            return Aside(why)
        if not quotas.opens_held(asked):
            return asked
        spent = quotas.draw_held(tx, self._limits, asked.asker.address, now=now)
        if spent is None or inbox.requeued(tx, letter.id):
            return asked
        self._tell(tx, spent.quota.kind, spent.why, mailbox=asked.mailbox, now=now)
        return Aside(spent.why)

    def _blocked(self, tx: Transaction, asked: Request) -> str:
        """Why nobody is to read it, or ``""``: the desk has called its sender's mail spam."""
        found = blocked_sender.find(tx, asked.asker.channel, asked.asker.address)
        blocks = found is not None and asked.proof <= found[0]
        return f"{asked.asker.address} is blocked: spam on {label(found[1])}" if found and blocks else ""

    def _tell(self, tx: Transaction, kind: str, why: str, *, mailbox: str, now: datetime) -> None:
        facts = {"address": mailbox, "why": why}
        rows = announcements.post(
            tx, self._posts, "mail set aside", facts, about=kind, mailbox=mailbox, now=now
        )
        if rows is None:
            return
        log.warning("unproven mail is set aside (`casebot inbox list --state aside`)", why=why)
        lease.renew(tx, outbox.outgoing, [(row.id, row.fence) for row in rows], until=now)  # any courier's
