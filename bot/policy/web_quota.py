"""Allowances: what a form on the web may still do today; nobody waits there who could look at what is too much."""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.commands import Open, Proof, Request
from bot.config.settings import LimitsSection
from bot.model.errors import NoRoom, TooMany
from bot.policy import held_case_limits, upload_quota
from store.engine.transaction import Transaction
from store.people.person import Person

log = structlog.get_logger("floods")


def draw(tx: Transaction, limits: LimitsSection, request: Request, person: Person, *, now: datetime) -> None:
    """Count a form's files and its held case. Raises ``NoRoom`` or ``TooMany``: the transaction is undone."""
    if request.source != "web":
        return
    size = sum(file.size for file in request.said.attachments)
    room = upload_quota.left(tx, limits, person, now=now) if size else None
    if room is not None and size > room:
        raise NoRoom("Your organisation has sent as much today as we take in a day.")
    if size:
        upload_quota.draw(tx, limits, person, size, now=now)
    if request.proof is Proof.UNPROVEN and any(isinstance(command, Open) for command in request.commands):
        over = held_case_limits.drawn(tx, limits, person.address.lower(), at=int(now.timestamp() * 1000))
        if over:
            log.warning("a case from the web was not opened", why=over[1])
            raise TooMany("So many cases were opened without proof that we take no more just now.")
