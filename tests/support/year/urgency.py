"""Priorities, technical contacts and concerns of a year, as the process says it."""

from __future__ import annotations

from functools import partial

from bot.commands.urgency import ChangePriority, Concern, DecidePriority, NameContact, TakeConcern
from tests.support.year.cast import STAFF
from tests.support.year.clocks import moment
from tests.support.year.hours import later
from tests.support.year.model import HOUR, REMIND, Model, Refused, Story
from tests.support.year.model import Concern as Raised

WAITS = ("concern waits", "concern goes up")


def raised(model: Model, story: Story, who: str, asked: Concern) -> None:
    """Passed on to the owner's manager.

    Within an hour, its managers are notified of a new number or another customer; the owner of new words.
    """
    if not story.over:
        model.ask(story)
    fresh = [one for one in _concerns(model, story) if model.now - one.at < HOUR]
    mine = [one for one in fresh if one.raiser == who]
    earlier = max(mine or fresh, key=lambda one: (one.at, one.nth), default=None)
    news = not mine or bool(earlier and asked.phone and asked.phone != earlier.phone)
    if earlier:
        known = [earlier.taken] if earlier.taken else earlier.told if news else []
        model.desk(story, "customer acted", {*known, story.owner} - {""})
    if earlier and mine:
        earlier.phone = asked.phone or earlier.phone
    if earlier and not mine:
        here = any(one is earlier for one in story.concerns) or any(kind in story.due for kind in WAITS)
        story.concerns.append(
            Raised(who, earlier.at, [*earlier.told], taken=earlier.taken, phone=asked.phone)
        )
        if not (here or earlier.taken):
            await_taker(model, story)
    if not earlier:
        concern = Raised(who, model.now, model.managers(story), phone=asked.phone)
        story.concerns.append(concern)
        await_taker(model, story)
        model.desk(story, "concern raised", concern.told, urgent=True)
    if not news:
        return
    waits = not (earlier and earlier.taken)
    hears = later(story.hours, model.now, int(REMIND / HOUR * 240))
    model.customer(story, "concern received", who, partial(moment, hears) if waits else None)


def await_taker(model: Model, story: Story) -> None:
    """Whoever was told is reminded of it in half an hour."""
    calm(story)
    model.start(story, "concern waits", later(story.hours, model.now, int(REMIND / HOUR * 240)))


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
    for kind in WAITS:
        story.due.pop(kind, None)


def spammed(model: Model, story: Story) -> None:
    """Nobody is reminded of a concern on what is no case."""
    for one in _family(model, story):
        calm(one)


def unspammed(model: Model, story: Story) -> None:
    """Whoever was told is reminded after all."""
    for one in _family(model, story):
        if not all(concern.taken for concern in one.concerns):
            await_taker(model, one)


def concern_taken(model: Model, story: Story, who: str, asked: TakeConcern) -> None:
    raised = [one for one in _concerns(model, story) if not one.taken]
    if not raised:
        raise Refused
    for concern in raised:
        concern.taken = who
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
    story.contact = asked.name
    story.due.pop("contact", None)
    model.desk(story, "customer acted")
