"""Notices of a case's life: opened, closed, merged, handed over, rated."""

from __future__ import annotations

from datetime import datetime

from bot.model.choice import STEPS, Choice
from bot.model.facts import ArticleFacts, CaseFacts, FileFacts, PublicEntry
from bot.model.translatable import saying
from bot.notices.examples import ANSWER, ARTICLES, AT, CASE, SAID, TEAM, TEXT
from bot.notices.notice import Notice, fact, notice


@notice("customer", called="the confirmation", case={"state": "new", "priority": "Blocker"})
class Confirmation(Notice):
    """To whoever opened a case: its number, what was understood, and what is missing."""

    entry: PublicEntry = fact(SAID)
    whole: bool = fact(False)
    """Is it all of what they wrote, or its beginning only?"""
    missing: tuple[str, ...] = fact(("what you did, and what happened instead",), default=())
    added: tuple[str, ...] = fact(("Tom Berg",), default=())
    follows: str = fact("CS-000098", default="")
    """An earlier case of theirs."""
    addable: tuple[str, ...] = fact(("lea@acme.example",), default=())
    """People in Cc whom they may add."""
    proposed: tuple[str, ...] = fact(("li@partner.example",), default=())
    """People in Cc of whom the desk decides."""
    english_hint: bool = fact(True, default=False)
    contact: bool = fact(True)
    """Is a technical contact needed?"""
    scope: str = fact("We help with our own platform; custom code is your local team's.", default="")
    articles: tuple[ArticleFacts, ...] = fact(ARTICLES, default=())
    answer_by: datetime | None = fact(AT, default=None)
    """When they hear from the desk at the latest, where the desk tells that."""

    @property
    def choices(self) -> tuple[Choice, ...]:
        return STEPS


@notice("customer", called="the announcement of the case")
class CaseAnnounced(Notice):
    """To everybody in a place: somebody there has opened a case, and wished that they read so."""

    by: str = fact("Ana Silva")


@notice("customer", called="the acknowledgement")
class Acknowledgement(Notice):
    """To a sender whom nobody has proven: we have the message. Nothing of it may be said."""


@notice("customer", called="the news that the case is closed", batched=True, case={"state": "resolved"})
class CaseClosed(Notice):
    """To customers: their case is closed, and why."""

    by: str = fact("Sam Okafor")
    reason: str = fact("Resolved")
    text: str = fact("It delivers again.", default="")
    reopen_days: int = fact(14)


@notice("customer", called="the news that the case is open again", batched=True)
class CaseReopened(Notice):
    """To customers: their case is open again."""

    by: str = fact("Tom Berg")
    text: str = fact("It has stopped again.", default="")


@notice("customer", called="the news of another requester", batched=True)
class RequesterChanged(Notice):
    """To customers: somebody else is the contact for their case."""

    by: str = fact("Sam Okafor")


@notice(
    "customer", called="the news that the case is closed for good", batched=True, case={"state": "closed"}
)
class ClosedQuietly(Notice):
    """To customers: nobody answered, so their case is closed."""

    confirm_days: int = fact(5)
    reopen_days: int = fact(14)


@notice("customer", called="the survey", private=True)
class SurveyInvitation(Notice):
    """To the requester: how did we do?"""

    survey_url: str = fact("https://support.example.com/survey/sample", default="")


@notice("customer", called="the news that the case was merged")
class Merged(Notice):
    """To customers: their case is read as a part of another."""

    into: str = fact("CS-000098")


@notice("customer", called="the news that the case is its own again")
class Unmerged(Notice):
    """To customers: their case is one of its own again."""

    into: str = fact("CS-000098")


@notice("customer", called="the number of the case that was split off")
class SplitOff(Notice):
    """To a customer: what they wrote is a case of its own now."""

    came_from: str = fact("CS-000098")
    text: str = fact(TEXT, default="")
    whole: bool = fact(False)


@notice("customer", called="the news of the hand-over", case={"state": "closed"})
class HandedOver(Notice):
    """To customers: another team helps them."""

    team: str = fact(TEAM)


@notice("team", called="the hand-over", automatic=False)
class PassedOn(Notice):
    """To a local service team: a whole case, which is theirs from now on."""

    by: str = fact("Sam Okafor")
    why: str = fact("The tag manager is their own.")
    entries: tuple[PublicEntry, ...] = fact((SAID, ANSWER), default=())
    customers: tuple[str, ...] = fact(("Ana Lima <ana@acme.example>",), default=())
    answers_customer: bool = fact(True)
    """Does a reply go to them?"""
    left: tuple[FileFacts, ...] = fact((FileFacts("trace.har", 31_204_000),), default=())
    """Files that did not fit."""


@notice("staff", batched=True, case={"state": "new"})
class CaseOpened(Notice):
    """To the desk: a new case, from whom, and how sure that is."""

    entry: PublicEntry = fact(SAID)
    sender: str = fact("Ana Lima <ana@acme.example>")
    proof: str = fact(saying("plausible"), default="")
    held: bool = fact(False, default=False)
    unnamed: bool = fact(False, default=False)
    """Does From name nobody?"""
    writer: str = fact("ana@acme.example", default="")
    """The address that a contact form's or group's mail names as its writer's."""
    acknowledged: bool = fact(True)
    """Was its sender told the number?"""
    evidence: tuple[str, ...] = fact(("DKIM: pass for acme.example",), default=())
    offered: str | None = fact(None, default=None)
    proposed: tuple[str, ...] = fact(("lea@partner.example",), default=())
    linked: CaseFacts | None = fact(CASE, default=None)
    """The case that it goes on from, or that its sender named."""
    follows: bool = fact(True, default=False)
    """Does its sender take part in that one?"""


@notice("staff", batched=True)
class Assigned(Notice):
    """To a specialist: a case is theirs."""

    by: str = fact("Carla Reyes")


@notice("staff")
class SnoozeOver(Notice):
    """To the owner: a case that was put away is in the queue again."""


@notice("staff", batched=True)
class SurveyAnswered(Notice):
    """To the desk: how a customer rates a case."""

    sender: str = fact("Ana Lima")
    rating: int = fact(4)
    comment: str = fact("Quick, once it was found.", default="")
    changed: bool = fact(False)


@notice("asker", called="the word on who can help them", case=None)
class TurnedAway(Notice):
    """To somebody whom a closed desk does not know."""

    team: str = fact(TEAM, default="")


@notice("customer", called="the link to their cases", private=True, case=None)
class CasesLink(Notice):
    """To a customer who asked for it on a page: the link to all their cases."""

    link_url: str = fact("https://support.example.com/my/sample")
    days: int = fact(90)
    """How long it works."""
