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
    earlier = max(_concerns(model, story), key=lambda one: one.at, default=None)
    if not story.over:
        model.ask(story)
    if earlier and model.now - earlier.at < HOUR:
        fresh = bool(asked.phone) and not earlier.phone
        earlier.phone = earlier.phone or fresh
        model.desk(story, "customer acted", earlier.told if fresh else None)
    else:
        concern = Raised(who, model.now, model.managers(story), phone=bool(asked.phone))
        story.concerns.append(concern)
        calm(story)
        model.start(story, "concern waits", later(story.hours, model.now, int(REMIND / HOUR * 240)))
        model.desk(story, "concern raised", concern.told, urgent=True)
    model.customer(story, "concern received", who)


def _concerns(model: Model, story: Story) -> list[Raised]:
    return [concern for one in _family(model, story) for concern in one.concerns]


def _family(model: Model, story: Story) -> list[Story]:
    """A case and its parts."""
    return [one for one in model.stories if one is story or one.into is story]


def forget(model: Model, story: Story) -> None:
    """No wish for another priority waits any more."""
    for one in _family(model, story):
        one.wishes.clear()


def calm(story: Story) -> None:
    """Nobody is reminded of its concern any more."""
    for kind in ("concern waits", "concern goes up"):
        story.due.pop(kind, None)


def concern_taken(model: Model, story: Story, who: str, asked: TakeConcern) -> None:
    raised = [one for one in _concerns(model, story) if not one.taken]
    if not raised:
        raise Refused
    for concern in raised:
        concern.taken = True
    for one in _family(model, story):
        calm(one)
    model.customers(story, "concern taken", {one.raiser for one in raised} & {*story.customers})
    model.desk(story, "customer acted")


def prioritised(model: Model, story: Story, who: str, asked: ChangePriority) -> None:
    """A specialist's word changes it, a customer's is a request, which opens a case that is over."""
    if asked.priority == story.priority:
        raise Refused
    if who in STAFF:
        set_priority(model, story, asked.priority)
        return
    model.ask(story)
    for one in _family(model, story):
        one.wishes.pop(who, None)
    story.wishes[who] = (model.now, asked.priority)
    model.desk(story, "priority requested")
    model.customers(story, "answer")


def set_priority(model: Model, story: Story, priority: str) -> None:
    """The clocks run anew towards other targets, and all is told anew."""
    story.priority = priority
    forget(model, story)
    story.steps = {"reply": 0, "solution": 0}
    model.watch(story)
    model.customers(story, "priority changed")
    model.desk(story, "customer acted")


def decided(model: Model, story: Story, who: str, asked: DecidePriority) -> None:
    wishes = [(*wish, who, one) for one in _family(model, story) for who, wish in one.wishes.items()]
    if not wishes:
        raise Refused
    _, wanted, wisher, where = max(wishes, key=lambda wish: wish[0])
    if wanted == story.priority:  # nothing is left to decide
        forget(model, story)
        raise Refused
    if asked.granted:
        set_priority(model, story, wanted)
        return
    del where.wishes[wisher]
    model.customers(story, "priority declined")
    model.desk(story, "customer acted")


def contact_named(model: Model, story: Story, who: str, asked: NameContact) -> None:
    story.contact = True
    story.due.pop("contact", None)
    model.desk(story, "customer acted")
