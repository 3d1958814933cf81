"""What is said in a year, and how cases open, close and open again, as the process says it."""

from __future__ import annotations

from functools import partial

from bot.commands.case import Attach, Close, Note, Open, Reopen, Reply
from bot.commands.people import Assign, Take
from bot.commands.work import AskFor, Wait
from bot.model.request import Command
from tests.support.year.cast import CUSTOMERS, STAFF, STRANGER
from tests.support.year.clocks import moment
from tests.support.year.model import REOPEN, Model, Refused, Story


def opened(model: Model, story: Story, who: str, asked: Open) -> Story:
    """Who is in Cc takes part if the desk knows them in the account; others are proposed."""
    fresh = Story(len(model.stories) + 1, who, asked.priority or "Medium", customers=[who])
    fresh.held = who not in CUSTOMERS
    model.stories.append(fresh)
    fresh.contact = who if asked.contact else ""
    added = [name for name in model.copied if name in model.known]
    fresh.customers += added
    if not fresh.held:
        fresh.begun = model.now
        model.watch(fresh)
        promised(model, fresh, who)
        model.customers(fresh, "added", added)
    model.desk(fresh, "case opened")
    return fresh


def promised(model: Model, story: Story, who: str) -> None:
    """They are told its number, and by when they hear more."""
    moments = story.moments("reply")
    model.customer(story, "confirmation", who, partial(moment, moments[1]) if moments else None)


def replied(model: Model, story: Story, who: str, asked: Reply | Attach) -> Story | None:
    if who in STAFF:
        answered(model, story, who, asked)
        return None
    text = getattr(asked, "text", "")
    if story.over and text.startswith("Thank"):
        model.desk(story, "customer acted")
        model.customer(story, "thanked", who)
        return None
    if story.over_since and model.now - story.over_since > REOPEN:
        further = [one for one in model.stories if one.linked == story.number and one.requester == who]
        further = [one for one in further if not (one.over or one.into or one.held)]
        if further:
            return replied(model, further[-1], who, asked) or further[-1]
        fresh = opened(model, story, who, Open("", text, priority=story.priority))
        fresh.linked = story.number
        return fresh
    if story.over:
        model.customer(story, "case reopened", who)
    model.ask(story)
    model.desk(story, "customer replied")
    model.customers(story, "answer")
    return None


def answered(model: Model, story: Story, who: str, asked: Command) -> None:
    """A specialist's words, or files, go to all customers.

    If these are waited for, their time begins anew.
    """
    model.answer(story)
    model.own(story, who)
    if story.state == "waiting":
        model.wait(story)
    model.customers(story, "answer")
    model.desk(story, "customer acted")


def in_slack(name: str) -> bool:
    """Does a customer read there? By mail, the link stands in the request itself."""
    return CUSTOMERS.get(name, STRANGER).told[0] == "slack"


def noted(model: Model, story: Story, who: str, asked: Note) -> None:
    model.desk(story, "note written")


def asked_for(model: Model, story: Story, who: str, asked: AskFor) -> None:
    """Whoever is left to ask is asked."""
    if all(" " in name for name in story.customers):
        raise Refused
    model.answer(story)
    model.own(story, who)
    model.wait(story)
    model.customers(story, "information needed")
    model.customers(story, "upload link", [one for one in story.customers if in_slack(one)])
    model.desk(story, "customer acted")


def waited(model: Model, story: Story, who: str, asked: Wait) -> None:
    if story.state != "waiting":
        model.own(story, who)
        model.wait(story)


def taken(model: Model, story: Story, who: str, asked: Take) -> None:
    if who not in STAFF:
        raise Refused
    before, story.owner = story.owner, who
    model.own(story, who)
    if before and before != who:
        model.desk(story, "customer acted", [before])


def assigned(model: Model, story: Story, who: str, asked: Assign) -> None:
    before, story.owner = story.owner, asked.to
    model.own(story, who)
    model.desk(story, "assigned", [asked.to])
    if before and before not in (asked.to, who):
        model.desk(story, "customer acted", [before])


def closed(model: Model, story: Story, who: str, asked: Close) -> None:
    """*Resolved* by a specialist waits for the customer, everything else is final."""
    if who not in STAFF and who != story.requester:
        raise Refused
    corrects = story.state == "resolved" and asked.reason not in (None, "resolved")
    if story.state == "closed" or (story.over and who in STAFF and not corrects):
        return
    reason = asked.reason or ("resolved" if who in STAFF else "no_longer")
    if asked.text and who in STAFF:
        model.answer(story)
    state = "resolved" if who in STAFF and reason == "resolved" else "closed"
    model.end(story, state, story.reason if story.over and who not in STAFF else reason)
    model.customers(story, "case closed")
    model.desk(story, "customer acted")


def reopened(model: Model, story: Story, who: str, asked: Reopen) -> None:
    """Taken up again; its words are said to the customers, and those of a specialist are an answer."""
    if story.state in ("new", "open"):
        raise Refused
    model.customers(story, "case reopened" if story.over else "answer")
    model.desk(story, "customer acted")
    if who not in STAFF:
        model.ask(story)
        return
    if story.over:
        model.reopen(story)
    else:
        model.go_on(story)
    model.answer(story)
