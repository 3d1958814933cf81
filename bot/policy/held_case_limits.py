"""Held cases: how many of them may be opened by what anybody could have written, in an hour and a day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bot.config.settings import LimitsSection
from bot.policy.auto_mail_limits import DAY, HOUR
from store.engine.transaction import Transaction
from store.people import rate_limit
from store.people.rate_limit import Budget


class Bound(NamedTuple):
    """So many held cases an hour and a day, counted together under one key."""

    kind: str
    """``sender``, ``domain`` or ``desk``: the desk is told of each kind once a day."""
    key: int
    limit: tuple[int, int]
    whose: str


def drawn(tx: Transaction, limits: LimitsSection, address: str, *, at: int) -> tuple[str, str] | None:
    """Draw on all three budgets; or, if one of them is empty, on none: its kind, and the reason in words.

    ``at``: milliseconds since 1970.
    """
    bounds = list(_bounds(limits, address))
    budgets = rate_limit.read(tx, [bound.key for bound in bounds])
    for bound, one in zip(bounds, budgets, strict=True):
        if spent := _spent(one, bound.limit, at):
            return bound.kind, f"{spent} {bound.whose}"
    for bound, one in zip(bounds, budgets, strict=True):
        hour, day = bound.limit
        rate_limit.write(tx, bound.key, one, now=at, hour=HOUR // hour, day=DAY // day)
    return None


def _bounds(limits: LimitsSection, address: str) -> Iterator[Bound]:
    domain = address.rpartition("@")[2]
    of_sender, of_domain = rate_limit.key("held", "sender", address), rate_limit.key("held", "domain", domain)
    yield Bound("sender", of_sender, limits.held_per_sender, f"from {address}")
    yield Bound("domain", of_domain, limits.held_per_domain, f"from {domain}")
    yield Bound("desk", rate_limit.key("held", "desk"), limits.held_in_all, "from everybody together")


def _spent(one: Budget, limit: tuple[int, int], at: int) -> str:
    """Which of the two buckets is empty, in words, or ``""``."""
    hour, day = limit
    if one.hour - at > HOUR - HOUR // hour:
        return f"more than {hour} unproven mails an hour"
    if one.day - at > DAY - DAY // day:
        return f"more than {day} unproven mails a day"
    return ""
