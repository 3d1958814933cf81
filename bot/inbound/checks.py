"""Checks that may set a message aside: duplicate, blocked sender, quota of held cases, closed desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog

from bot.commands.case import Open
from bot.inbound.arrival import Arrival
from bot.inbound.prefetch import all_copy_keys, copy_keys
from bot.inbound.route import Aside
from bot.model.identity import Proof
from bot.model.request import Request
from bot.notices.case import TurnedAway
from bot.notices.desk import MailSetAside
from bot.notify import announcements
from bot.notify.notification import Notification
from bot.policy import admission, quotas
from bot.policy.address_marks import marks_of
from bot.policy.auto_mail_limits import AutoMailLimits
from bot.syntax.case_numbers import label
from store.engine import lease
from store.people import blocked_sender, rate_limit
from store.people.person import Person
from store.queues import inbox, outbox
from store.queues.outbox import Outgoing

log = structlog.get_logger("held_quota")
admission_log = structlog.get_logger("admission")


def duplicate(arrival: Arrival, request: Request) -> Request | Aside:
    """Set a message aside that is another copy of a mail that was handled before with no less proof.

    A signed mail is known by its signatures too, so that nobody can make a second mail of it. If two processes
    have copies in hand at once, neither sees the other: a receipt of the second fails, and it is tried again.
    """
    results = inbox.find_copies(arrival.tx, all_copy_keys(arrival.message, request.proof))
    fresh = tuple(key for key in copy_keys(arrival.message, request.proof) if key not in results)
    first = next(iter(results.values()), None)
    if first is None or first["key"] == request.key or arrival.requeued():
        return replace(request, copies=fresh)
    for key in fresh:  # a signature that the first copy did not have
        inbox.write_copy(arrival.tx, key, first, now=arrival.now)
    where = f"is on {label(first['case'])}" if first["case"] else "was worked off already"
    return Aside(f"another copy of a mail that {where}", first["case"])


def blocked(arrival: Arrival, request: Request) -> Request | Aside:
    """Set a message from a blocked sender aside, unless a person imports or requeues it."""
    if arrival.imported:
        return request
    channel, address = request.asker.channel, request.asker.address
    marks = marks_of(arrival.config).of(channel, address)
    block = blocked_sender.find(arrival.tx, channel, address, marks=marks)
    if block is None or request.proof > block[0] or arrival.requeued():
        return request
    return Aside(f"{request.asker.address} is blocked: spam on {label(block[1])}")


def held_quota(arrival: Arrival, request: Request) -> Request | Aside:
    """Set a message aside that would open a held case beyond the quotas, and tell the desk."""
    if arrival.imported or arrival.message.proof >= Proof.PLAUSIBLE or not quotas.opens_held(request):
        return request
    address = arrival.message.writer or request.asker.address
    spent = quotas.draw_held(arrival.tx, arrival.config.limits, address, now=arrival.now)
    if spent is None or arrival.requeued():
        return request
    _announce_quota(arrival, spent.quota.kind, spent.why, mailbox=request.mailbox)
    return Aside(spent.why)


def _announce_quota(arrival: Arrival, kind: str, why: str, *, mailbox: str) -> None:
    notice = MailSetAside(address=mailbox, why=why)
    rows = announcements.post(
        arrival.tx, arrival.composer, notice, about=kind, mailbox=mailbox, now=arrival.now
    )
    if rows is None:
        return
    log.warning("unproven mail set aside (`casebot inbox list --state aside`)", why=why)
    _free(arrival, rows)


def _free(arrival: Arrival, rows: Sequence[Outgoing]) -> None:
    """Let any courier take the rows that were written."""
    free = [(row.id, row.fence) for row in rows]
    lease.renew(arrival.tx, outbox.outgoing, free, until=arrival.now)


WEEK = 7 * rate_limit.DAY
"""Milliseconds: nobody is told more often that the desk is closed to them."""


def closed_desk(arrival: Arrival, request: Request) -> Request | Aside:
    """Set a message aside that asks for a case at a desk that does not admit its sender."""
    if arrival.imported:
        return request
    why = admission.turned_away(arrival.tx, arrival.config, request)
    if not why or arrival.requeued():
        return request
    admission_log.info("not admitted (`casebot inbox list --state aside`)", inbox=arrival.letter.id)
    return Aside(f"{why}; {_answer_closed_desk(arrival, request)}")


def _answer_closed_desk(arrival: Arrival, request: Request) -> str:
    """Refuse politely, unless a machine asked or it was said this week; returns what was done."""
    to = Person(0, "", "contact", request.asker.address, request.asker.channel)
    if not request.may_answer or any(
        isinstance(command, Open) and command.automatic for command in request.commands
    ):
        return "a machine wrote, and was told nothing"
    if why := _limited_answer(arrival, to):
        return why
    how: dict[str, Any] = {"answers": request.said, "mailbox": request.mailbox, "place": request.place}
    notice = TurnedAway(team=admission.team(arrival.tx, arrival.config, request))
    notification = Notification(notice, to, None, arrival.now, **how)
    rows = arrival.composer.post(arrival.tx, notification)
    _free(arrival, rows)
    return "they were told so"


def _limited_answer(arrival: Arrival, to: Person) -> str:
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
