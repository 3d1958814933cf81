"""Quotas: token buckets of an hour and a day, by sender, domain and desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import structlog

from bot.commands.case import Open
from bot.config.settings import LimitsSection
from bot.model.errors import NoRoom, TooMany
from bot.model.identity import Proof
from bot.model.request import Request
from bot.model.translatable import saying
from store.engine.transaction import Transaction
from store.people import rate_limit
from store.people.person import Person
from store.people.rate_limit import DAY, HOUR, Budget, millis

log = structlog.get_logger("quota")


class Quota(NamedTuple):
    """A limit per hour and per day, counted under one key."""

    key: int
    limit: tuple[int, int]
    pattern: str
    """What is said where it is exhausted: ``more than {count} unproven mails {period} from {who}``."""
    who: str = ""
    kind: str = ""


class Spent(NamedTuple):
    """An exhausted quota, and why, in words."""

    quota: Quota
    why: str


ASKED = (10, 40)
"""Requests of one network for a link, in an hour and in a day: an office may be behind one address; likewise below."""
ASKED_UNTOLD = (200, 1000)
"""Requests of all whose network nobody names."""


def link_requests(network: str) -> Quota:
    """How often a network may ask for a link; ``""``: whoever does not say theirs."""
    limit = ASKED if network else ASKED_UNTOLD
    return Quota(
        rate_limit.key("link asked", network), limit, "more than {count} links {period} for one network"
    )


def spent(tx: Transaction, quotas: Sequence[Quota], *, now: int) -> Spent | None:
    """The first of the quotas that is exhausted, if one is. Draws from none."""
    budgets = rate_limit.read(tx, [quota.key for quota in quotas])
    for quota, budget in zip(quotas, budgets, strict=True):
        if bucket := _spent(quota, budget, now):
            count, period = bucket
            return Spent(quota, saying(quota.pattern, count=str(count), period=period, who=quota.who))
    return None


def draw(tx: Transaction, quotas: Sequence[Quota], *, now: int, answered_at: int = 0) -> Spent | None:
    """Draw one from each quota; if one is exhausted, return it and draw from none.

    ``now``: milliseconds since 1970; ``answered_at``: the same, if what is drawn for can be answered.
    """
    if exhausted := spent(tx, quotas, now=now):
        return exhausted
    budgets = rate_limit.read(tx, [quota.key for quota in quotas])
    for quota, budget in zip(quotas, budgets, strict=True):
        budget.told = answered_at or budget.told
        hour, day = quota.limit
        rate_limit.write(tx, quota.key, budget, now=now, hour=HOUR // hour, day=DAY // day)
    return None


def _spent(quota: Quota, budget: Budget, now: int) -> tuple[int, str] | None:
    """The size and period of the bucket that is empty, if one is."""
    hour, day = quota.limit
    if budget.hour - now > HOUR - HOUR // hour:
        return hour, saying("an hour")
    if budget.day - now > DAY - DAY // day:
        return day, saying("a day")
    return None


def draw_held(tx: Transaction, limits: LimitsSection, address: str, *, now: datetime) -> Spent | None:
    """Count a held case, which anybody could have opened in somebody's name."""
    address = address.lower()
    domain = address.rpartition("@")[2]
    quotas = (
        Quota(rate_limit.key("held", "sender", address), limits.held_per_sender, HELD, address, "sender"),
        Quota(rate_limit.key("held", "domain", domain), limits.held_per_domain, HELD, domain, "domain"),
        Quota(rate_limit.key("held", "desk"), limits.held_in_all, HELD_IN_ALL, kind="desk"),
    )
    return draw(tx, quotas, now=millis(now))


HELD = "more than {count} unproven mails {period} from {who}"
HELD_IN_ALL = "more than {count} unproven mails {period} from everybody together"


def room(tx: Transaction, limits: LimitsSection, person: Person, *, now: datetime) -> int | None:
    """Bytes that may still be uploaded today by this person's account; None: no limit.

    A person without an account has a limit of their own.
    """
    if not limits.uploads_per_account:
        return None
    used = max(0, rate_limit.read(tx, [_uploads(person)])[0].day - millis(now))
    return max(0, limits.uploads_per_account * (DAY - used) // DAY)


def _draw_bytes(tx: Transaction, limits: LimitsSection, person: Person, size: int, *, now: datetime) -> None:
    left = room(tx, limits, person, now=now)
    if left is None:
        return
    if size > left:
        raise NoRoom(saying("Your organisation has sent as much today as we take in a day."))
    (budget,) = rate_limit.read(tx, [_uploads(person)])
    day = -(-DAY * size // limits.uploads_per_account)
    rate_limit.write(tx, _uploads(person), budget, now=millis(now), day=day)


def _uploads(person: Person) -> int:
    whose = ("account", person.account_id) if person.account_id else ("person", person.id)
    return rate_limit.key("uploads", *whose)


def draw_form(
    tx: Transaction, limits: LimitsSection, request: Request, person: Person, *, now: datetime
) -> None:
    """Count a web form's files and its held case: nobody waits there who could look at what is too much.

    Raises ``NoRoom`` or ``TooMany``: the transaction is undone.
    """
    if not request.public_form:
        return
    if size := sum(file.size for file in request.said.attachments):
        _draw_bytes(tx, limits, person, size, now=now)
    if opens_held(request) and (spent := draw_held(tx, limits, person.address, now=now)):
        log.warning("a case from the web was not opened", why=spent.why)
        raise TooMany(saying("So many cases were opened without proof that we take no more just now."))


def opens_held(request: Request) -> bool:
    """Would the request open a case that nothing proves?"""
    return request.proof is Proof.UNPROVEN and any(isinstance(command, Open) for command in request.commands)
