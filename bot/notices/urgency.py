"""Notices about urgency: concerns, priorities, technical contacts, targets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model.choice import SHOW, TAKE_CONCERN, Choice
from bot.model.facts import PublicEntry
from bot.notices.examples import ANSWER, AT, SAID, TEXT
from bot.notices.notice import Notice, fact, notice

_PHONE, _CATEGORY = "+351 21 555 01 23", "Lack of resolution"
_BLOCKER = {"priority": "Blocker"}


@notice("customer", called="the confirmation of the concern", private=True)
class ConcernReceived(Notice):
    """To a customer: who has their concern, and until when."""

    phone: str = fact(_PHONE, default="")
    category: str = fact(_CATEGORY, default="")
    text: str = fact(TEXT, default="")
    whole: bool = fact(False, default=True)
    missing: tuple[str, ...] = fact(("a phone number where we can reach you",), default=())
    who: str = fact("Carla Reyes", default="")
    by_at: datetime | None = fact(AT, default=None)
    """Until when somebody is to have taken it."""


@notice("customer", called="the news of who takes the concern", private=True)
class ConcernTaken(Notice):
    """To a customer: who takes care of their concern."""

    by: str = fact("Carla Reyes")
    phone: str = fact(_PHONE, default="")
    text: str = fact("I look at it myself today.", default="")


@notice("staff", loud=True)
class ConcernRaised(Notice):
    """To managers: a customer says that it does not go well."""

    phone: str = fact(_PHONE, default="")
    category: str = fact(_CATEGORY, default="")
    text: str = fact(TEXT, default="")
    sender: str = fact("Ana Lima")
    entries: tuple[PublicEntry, ...] = fact((ANSWER, SAID), default=())

    @property
    def choices(self) -> tuple[Choice, ...]:
        return TAKE_CONCERN


@notice("staff", loud=True)
class ConcernWaits(Notice):
    """To managers: nobody has taken a concern."""

    sender: str = fact("Ana Lima")
    phone: str = fact(_PHONE, default="")
    category: str = fact(_CATEGORY, default="")
    since: datetime = fact(AT)
    entries: tuple[PublicEntry, ...] = fact((ANSWER, SAID), default=())

    @property
    def choices(self) -> tuple[Choice, ...]:
        return TAKE_CONCERN


@notice("customer", called="the news of the priority", batched=True, case=_BLOCKER)
class PriorityChanged(Notice):
    """To customers: their case has another priority, and why."""

    by: str = fact("Sam Okafor")
    before: str = fact("Medium")
    text: str = fact("Most orders are hit, and nothing gets around it.", default="")
    contact: bool = fact(True)
    """Is a technical contact needed?"""


@notice("customer", called="the word on the priority that they asked for", batched=True)
class PriorityDeclined(Notice):
    """To customers: their case keeps its priority, and why."""

    by: str = fact("Sam Okafor")
    wanted: str = fact("Blocker")
    text: str = fact("One order is hit, others go out.", default="")


@notice("staff")
class PriorityRequested(Notice):
    """To the desk: a customer asks for another priority."""

    wanted: str = fact("Critical")
    entry: PublicEntry = fact(SAID)
    sender: str = fact("Ana Lima")


@notice("customer", called="the request for a technical contact", case=_BLOCKER)
class ContactNeeded(Notice):
    """To the requester: a Blocker needs somebody who can always be reached."""

    lower: str = fact("Critical", default="")


@notice("staff", case=_BLOCKER)
class ContactMissing(Notice):
    """To the desk: a Blocker has nobody who can always be reached."""

    lower: str = fact("Critical", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetNotice(Notice):
    """What all notices about a target say; each of them tells of one step."""

    due_at: datetime = fact(AT)  # noqa: RUF009 - it is a field, as `field` is
    first: bool = fact(True)
    """Has nobody answered at all?"""

    @property
    def choices(self) -> tuple[Choice, ...]:
        return SHOW


@notice("staff", loud=True)
class ReplyDue(TargetNotice):
    """To the owner: an answer is due soon."""


@notice("staff", loud=True)
class ReplyOverdue(TargetNotice):
    """To the desk: an answer is late."""


@notice("staff", loud=True)
class StillNoReply(TargetNotice):
    """To managers: an answer is very late."""


@notice("staff", loud=True)
class SolutionDue(TargetNotice):
    """To the owner: a solution is due soon."""


@notice("staff", loud=True)
class SolutionOverdue(TargetNotice):
    """To the desk: a solution is late."""


@notice("staff", loud=True)
class StillNotSolved(TargetNotice):
    """To managers: a solution is very late."""
