"""Rate limits of automatic mail, and loop protection against machines that answer it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache

from bot.config.settings import LimitsSection
from bot.model.translatable import saying
from bot.policy import quotas
from bot.policy.quotas import Quota
from store.engine.transaction import Transaction
from store.people import rate_limit
from store.people.person import Person
from store.people.rate_limit import DAY, millis

TWICE = 2
"""Equal answers, each to something we had just told, after which we say no more."""
MACHINE = saying("a machine seems to answer our machine")
TO_PERSON = "more than {count} automatic mails {period} to one person"
TO_DOMAIN = "more than {count} automatic mails {period} to one domain"
ON_CASE = "more than {count} automatic mails {period} to one person on one case"


class AutoMailLimits:
    """What may still be told to whom by mail, within one transaction.

    Each budget is a token bucket of so many mails that fills again over its hour, and another for the day; it
    is stored as the moment when it is full again. Two processes that draw at the same moment may each take
    the last mail; what they took is added up.
    """

    def __init__(self, tx: Transaction, limits: LimitsSection, *, now: datetime) -> None:
        self._tx = tx
        self._narrow = (
            (limits.mails_per_person, TO_PERSON),
            (limits.mails_per_domain, TO_DOMAIN),
            (limits.mails_per_case, ON_CASE),
        )
        self._wide = ((limits.mails_within, ON_CASE),)
        self._now = millis(now)

    def stop(self, to: Person, case: int | None, *, narrow: bool, answer: bool = False) -> str:
        """Why this person may not be told by mail now; ``""`` if they may, which draws on their limits.

        ``narrow``: a notice to somebody outside the desk counts for the address, its domain and the case.
        Otherwise it counts for the case alone, widely: that only ends loops. The confirmation of a new case
        has no ``case`` yet. ``answer``: it answers a command. People repeat commands, so equal ones are only counted.
        """
        if not narrow and case is None:
            return ""
        asked = keys(to.channel, to.address, case)
        allowed = self._narrow[: len(asked)]
        if not narrow:
            asked, allowed = asked[-1:], self._wide
        repeated = rate_limit.read(self._tx, asked[:2] if answer else asked)
        if not to.staff and any(budget.times >= TWICE for budget in repeated):
            return MACHINE
        drawn = [Quota(key, *quota) for key, quota in zip(asked, allowed, strict=True)]
        spent = quotas.draw(self._tx, drawn, now=self._now, answered_at=self._now)
        return spent.why if spent else ""

    def hear(self, who: Person, case: int | None, text: str) -> None:
        """Note what somebody outside the desk wrote: equal words in answer to our mail are counted.

        Any other words, and so a person's, let us speak again. Without a ``case`` they ask for a new one.
        """
        asked = keys(who.channel, who.address, case)
        budgets = rate_limit.read(self._tx, asked)
        person, on_case = budgets[0], budgets[-1] if case else budgets[0]
        answers = max(person.told, on_case.told) > self._now - DAY
        if not answers and not on_case.words:
            return
        words = _hash(text)
        if not answers and words == on_case.words:
            return
        on_case.times = (on_case.times + 1 if words == on_case.words else 1) if answers else 0
        on_case.words = words
        if words != person.words:
            person.times = 0
        for key, budget in {asked[0]: person, asked[-1] if case else asked[0]: on_case}.items():
            budget.told = 0
            rate_limit.write(self._tx, key, budget, now=self._now)

    def release(self, who: Person, case: int) -> None:
        """Speak to them again, since a specialist answered; until they repeat their last words."""
        asked = keys(who.channel, who.address, case)
        for key, budget in zip(asked, rate_limit.read(self._tx, asked), strict=True):
            if budget.times:
                budget.times = budget.words = 0
                rate_limit.write(self._tx, key, budget, now=self._now)

    def once_a_day(self, case: int) -> bool:
        """Is it the first time today that the desk is told of notices held back on a case?"""
        return rate_limit.once_a_day(self._tx, rate_limit.key("desk", case), now=self._now)


@lru_cache(maxsize=4096)
def keys(channel: str, address: str, case: int | None) -> tuple[int, ...]:
    """The rate limit keys of an address, its domain, and the case if there is one."""
    who, domain = f"{channel} {address}", address.rpartition("@")[2]
    common = (rate_limit.key("person", who), rate_limit.key("domain", domain))
    return common if case is None else (*common, rate_limit.key("case", case, who))


_BEGINNING = 1000
"""Characters that are compared."""


def _hash(text: str) -> int:
    """A hash of a text's start without white space and quote marks; never 0."""
    folded = " ".join(text[:_BEGINNING].replace(">", " ").split()).casefold()
    digest = hashlib.blake2b(folded.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest) >> 1 | 1
