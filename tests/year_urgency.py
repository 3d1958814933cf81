"""Priorities, technical contacts and concerns of a year, as the process says it."""

from __future__ import annotations

from bot.commands import Concern
from bot.commands.urgency import ChangePriority, DecidePriority, NameContact, TakeConcern
from tests.year_cast import STAFF
from tests.year_hours import later
from tests.year_model import HOUR, REMIND, Model, Refused, Story
from tests.year_model import Concern as Raised


def raised(model: Model, story: Story, who: str, asked: Concern) -> None:
    """Passed on to the owner's manager; within an hour, added to the one that is on its way."""
    earlier = latest(model, story)
    if not story.over:
        model.ask(story)
    if earlier and earlier.concern and model.now - earlier.concern.at < HOUR:
        model.desk(story, "customer acted")
        if asked.phone and not earlier.concern.phone:
            earlier.concern.phone = True
            also = [name for name in earlier.concern.told if name != story.owner and not STAFF[name].slack]
            model.in_person(story, "customer acted", also if story.owner else [])
    else:
        story.concern = Raised(who, model.now, model.managers(story), phone=bool(asked.phone))
        calm(story)
        model.start(story, "concern waits", later(story.hours, model.now, int(REMIND / HOUR * 240)))
        model.desk(story, "concern raised", story.concern.told, urgent=True)
    model.customer(story, "concern received", who)


def latest(model: Model, story: Story) -> Story | None:
    """The case, or the part of it, whose concern is meant: the last that nobody has taken, else the last."""
    family = [one for one in model.stories if (one is story or one.into is story) and one.concern]
    return max(family, key=lambda one: (not one.concern.taken, one.concern.at), default=None)  # type: ignore[union-attr]


def calm(story: Story) -> None:
    """Nobody is reminded of its concern any more."""
    for kind in ("concern waits", "concern goes up"):
        story.due.pop(kind, None)


def concern_taken(model: Model, story: Story, who: str, asked: TakeConcern) -> None:
    meant = latest(model, story)
    if meant is None or meant.concern is None or meant.concern.taken:
        raise Refused
    meant.concern.taken = True
    calm(meant)
    model.customers(story, "concern taken", {meant.concern.raiser} & set(story.customers))
    model.desk(story, "customer acted")


def prioritised(model: Model, story: Story, who: str, asked: ChangePriority) -> None:
    """A specialist's word changes it, a customer's is a request, which opens a case that is over."""
    if asked.priority == story.priority:
        raise Refused
    if who in STAFF:
        set_priority(model, story, asked.priority)
        return
    model.ask(story)
    story.wish = asked.priority
    model.desk(story, "priority requested")
    model.customers(story, "answer")


def set_priority(model: Model, story: Story, priority: str) -> None:
    """The clocks run anew towards other targets, and all is told anew."""
    story.priority, story.wish = priority, ""
    story.steps = {"reply": 0, "solution": 0}
    model.watch(story)
    model.customers(story, "priority changed")
    model.desk(story, "customer acted")


def decided(model: Model, story: Story, who: str, asked: DecidePriority) -> None:
    if not story.wish:
        raise Refused
    if asked.granted:
        set_priority(model, story, story.wish)
        return
    story.wish = ""
    model.customers(story, "priority declined")
    model.desk(story, "customer acted")


def contact_named(model: Model, story: Story, who: str, asked: NameContact) -> None:
    story.contact = True
    story.due.pop("contact", None)
    model.desk(story, "customer acted")
