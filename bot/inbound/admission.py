"""Admission at a closed desk: people it does not know are answered once a week."""

from __future__ import annotations

from typing import Any

import structlog

from bot.inbound.arrival import Arrival
from bot.inbound.route import Aside
from bot.model.request import Request
from bot.notices.case import TurnedAway
from bot.notify.notification import Notification
from bot.policy import admission
from bot.policy.auto_mail_limits import AutoMailLimits
from store.engine import lease
from store.people import rate_limit
from store.people.person import Person
from store.queues import outbox

log = structlog.get_logger("admission")
WEEK = 7 * rate_limit.DAY
"""Milliseconds: nobody is told more often that the desk is closed to them."""


def check(arrival: Arrival, request: Request) -> Request | Aside:
    """Set a message aside that asks for a case at a desk that does not admit its sender.

    If a person requeues it, it opens its case. A message without proof is held as ever, and imports are
    admitted.
    """
    if arrival.imported:
        return request
    why = admission.turned_away(arrival.tx, arrival.config, request)
    if not why or arrival.requeued():
        return request
    log.info("not admitted (`casebot inbox list --state aside`)", inbox=arrival.letter.id)
    return Aside(f"{why}; {_answer(arrival, request)}")


def _answer(arrival: Arrival, request: Request) -> str:
    """Refuse politely, unless a machine asked or it was said this week; returns what was done."""
    to = Person(0, "", "contact", request.asker.address, request.asker.channel)
    if not request.may_answer or any(getattr(command, "automatic", False) for command in request.commands):
        return "a machine wrote, and was told nothing"
    if why := _limited(arrival, to):
        return why
    how: dict[str, Any] = {"answers": request.said, "mailbox": request.mailbox, "place": request.place}
    notice = TurnedAway(team=admission.team(arrival.tx, arrival.config, request))
    notification = Notification(notice, to, None, arrival.now, **how)
    rows = arrival.composer.post(arrival.tx, notification)
    free = [(row.id, row.fence) for row in rows]
    lease.renew(arrival.tx, outbox.outgoing, free, until=arrival.now)  # any courier's
    return "they were told so"


def _limited(arrival: Arrival, to: Person) -> str:
    """Why the sender is not told now; ``""`` if they are, which counts for this week."""
    at, key = rate_limit.millis(arrival.now), rate_limit.key("turned away", to.channel, to.address.lower())
    (bucket,) = rate_limit.read(arrival.tx, [key])
    if bucket.day > at:
        return "they were told so this week"
    if not arrival.composer.boards.traits(to.channel).threads:
        limits = AutoMailLimits(arrival.tx, arrival.config.limits, now=arrival.now)
        if why := limits.stop(to, None, narrow=True):
            return f"not told: {why}"
    rate_limit.write(arrival.tx, key, bucket, now=at, day=WEEK)
    return ""
