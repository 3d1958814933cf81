"""Floods: what anybody could have written opens cases only so fast; the rest, and blocked senders' mail, waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import structlog

from bot import bulletin
from bot.brakes import DAY, HOUR
from bot.channel import Inbound, Letter
from bot.commands import Open, Proof, Request
from bot.config import Config
from bot.grammar import label
from bot.links import Links
from bot.place import Aside
from bot.placing import Placing
from bot.posts import Posts
from store import blocking, budget, inbox, lease, outbox
from store.budget import Budget
from store.transaction import Transaction

log = structlog.get_logger("floods")


class Bound(NamedTuple):
    """So many held cases an hour and a day, counted together under one key."""

    kind: str
    """``sender``, ``domain`` or ``desk``: the desk is told of each kind once a day."""
    key: int
    limit: tuple[int, int]
    whose: str


class Floods(Placing):
    """Placing, with budgets for cases that would be held: one sender's, one domain's, and the whole desk's.

    A person who requeues a message has decided, and it opens its case. So does what a person imports.
    """

    def __init__(self, config: Config, links: Links, posts: Posts) -> None:
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
        if not _opens_held(asked):
            return asked
        over = self._drawn(tx, asked.asker.address.lower(), at=int(now.timestamp() * 1000))
        if over is None or inbox.requeued(tx, letter.id):
            return asked
        kind, why = over
        self._tell(tx, kind, why, mailbox=asked.mailbox, now=now)
        return Aside(why)

    def _blocked(self, tx: Transaction, asked: Request) -> str:
        """Why nobody is to read it, or ``""``: the desk has called its sender's mail spam."""
        found = blocking.find(tx, asked.asker.channel, asked.asker.address)
        return (
            f"{asked.asker.address} is blocked: spam on {label(found[1])}"
            if found and asked.proof <= found[0]
            else ""
        )

    def _drawn(self, tx: Transaction, address: str, *, at: int) -> tuple[str, str] | None:
        """Draw on all three budgets; or, if one of them is empty, on none: its kind, and the reason in words."""
        bounds = list(self._bounds(address))
        budgets = budget.read(tx, [bound.key for bound in bounds])
        for bound, one in zip(bounds, budgets, strict=True):
            if spent := _spent(one, bound.limit, at):
                return bound.kind, f"{spent} {bound.whose}"
        for bound, one in zip(bounds, budgets, strict=True):
            hour, day = bound.limit
            budget.write(tx, bound.key, one, now=at, hour=HOUR // hour, day=DAY // day)
        return None

    def _bounds(self, address: str) -> Iterator[Bound]:
        domain, limits = address.rpartition("@")[2], self._limits
        of_sender, of_domain = budget.key("held", "sender", address), budget.key("held", "domain", domain)
        yield Bound("sender", of_sender, limits.held_per_sender, f"from {address}")
        yield Bound("domain", of_domain, limits.held_per_domain, f"from {domain}")
        yield Bound("desk", budget.key("held", "desk"), limits.held_in_all, "from everybody together")

    def _tell(self, tx: Transaction, kind: str, why: str, *, mailbox: str, now: datetime) -> None:
        facts = {"address": mailbox, "why": why}
        rows = bulletin.post(tx, self._posts, "mail set aside", facts, about=kind, mailbox=mailbox, now=now)
        if rows is None:
            return
        log.warning("unproven mail is set aside (`casebot inbox list --state aside`)", why=why)
        lease.renew(tx, outbox.outgoing, [(row.id, row.fence) for row in rows], until=now)  # any courier's


def _opens_held(asked: Request) -> bool:
    return asked.proof is Proof.UNPROVEN and any(isinstance(command, Open) for command in asked.commands)


def _spent(one: Budget, limit: tuple[int, int], at: int) -> str:
    """Which of the two buckets is empty, in words, or ``""``."""
    hour, day = limit
    if one.hour - at > HOUR - HOUR // hour:
        return f"more than {hour} unproven mails an hour"
    if one.day - at > DAY - DAY // day:
        return f"more than {day} unproven mails a day"
    return ""
