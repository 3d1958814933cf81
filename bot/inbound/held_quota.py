"""Quotas for cases that would be held: a sender's, a domain's and the desk's."""

from __future__ import annotations

import structlog

from bot.inbound.arrival import Arrival
from bot.inbound.route import Aside
from bot.model.request import Request
from bot.notices.desk import MailSetAside
from bot.notify import announcements
from bot.policy import quotas
from store.engine import lease
from store.queues import outbox

log = structlog.get_logger("held_quota")


def check(arrival: Arrival, request: Request) -> Request | Aside:
    """Set a message aside that would open a held case beyond the quotas, and tell the desk.

    A person who requeues a message has decided, and it opens its case. So does a message that a person
    imports.
    """
    if arrival.imported or not quotas.opens_held(request):
        return request
    spent = quotas.draw_held(arrival.tx, arrival.config.limits, request.asker.address, now=arrival.now)
    if spent is None or arrival.requeued():
        return request
    _announce(arrival, spent.quota.kind, spent.why, mailbox=request.mailbox)
    return Aside(spent.why)


def _announce(arrival: Arrival, kind: str, why: str, *, mailbox: str) -> None:
    notice = MailSetAside(address=mailbox, why=why)
    rows = announcements.post(
        arrival.tx, arrival.composer, notice, about=kind, mailbox=mailbox, now=arrival.now
    )
    if rows is None:
        return
    log.warning("unproven mail set aside (`casebot inbox list --state aside`)", why=why)
    free = [(row.id, row.fence) for row in rows]
    lease.renew(arrival.tx, outbox.outgoing, free, until=arrival.now)  # any courier's
