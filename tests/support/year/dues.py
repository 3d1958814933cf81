"""What each moment of a year that has come does, as the process says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from tests.support.year.cast import STAFF
from tests.support.year.clocks import day, moment
from tests.support.year.hours import days_later, later
from tests.support.year.model import (
    HOUR,
    NEVER_ASKED,
    NEXT_LEVEL,
    PERIOD,
    SILENCE,
    Concern,
    Model,
    Story,
    When,
)


def silence(model: Model, story: Story) -> None:
    """Reminded twice, then closed."""
    story.reminders += 1
    if story.reminders == len(SILENCE):
        model.end(story, "closed", "no_response")
        model.customers(story, "case closed")
        model.desk(story, "customer acted")
        return
    since = story.pauses[-1][0]
    model.start(story, "silence", days_later(story.calendar, since, SILENCE[story.reminders]))
    closes = days_later(story.calendar, since, SILENCE[-1])
    model.customers(story, "reminder", says=partial(day, closes))


def confirm(model: Model, story: Story) -> None:
    model.end(story, "closed", story.reason)
    model.customers(story, "closed quietly")


def survey(model: Model, story: Story) -> None:
    """Whoever opened it is asked how it went, unless they were lately."""
    if " " in story.requester:
        return
    last = model.asked.get(story.requester)
    if last and model.now - last < PERIOD:
        return
    assert story.reason not in NEVER_ASKED
    model.asked[story.requester] = model.now
    model.invited.append(story)
    model.customer(story, "survey invitation", story.requester)


def contact(model: Model, story: Story) -> None:
    if story.priority == "Blocker":
        model.customers(story, "contact needed", [story.requester])
        model.desk(story, "contact missing")


def concern_waits(model: Model, story: Story) -> None:
    """Whoever was told is told again."""
    model.desk(story, "concern waits", _untaken(story)[-1].told, urgent=True, says=_raised(story))
    model.start(story, "concern goes up", later(story.hours, model.now, int(NEXT_LEVEL / HOUR * 240)))


def concern_goes_up(model: Model, story: Story) -> None:
    """Their managers are told, else whatever managers were not; once, whoever has raised something."""
    told = _untaken(story)[-1].told
    above = {STAFF[name].manager for name in told} - {"", *told}
    above = above or {name for name, one in STAFF.items() if one.role == "manager"} - set(told)
    if above:
        for concern in _untaken(story):
            concern.told = [*concern.told, *above.difference(concern.told)]
        model.desk(story, "concern waits", above, urgent=True, says=_raised(story))
        model.start(story, "concern goes up", later(story.hours, model.now, int(NEXT_LEVEL / HOUR * 240)))


def _raised(story: Story) -> When:
    """Since when somebody waits to be called."""
    return partial(moment, min(concern.at for concern in _untaken(story)))


def _untaken(story: Story) -> list[Concern]:
    return [concern for concern in story.concerns if not concern.taken]


DUES: Mapping[str, Callable[[Model, Story], None]] = {
    "silence": silence,
    "confirm": confirm,
    "survey": survey,
    "contact": contact,
    "concern waits": concern_waits,
    "concern goes up": concern_goes_up,
}
