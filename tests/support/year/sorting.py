"""Who takes part in the cases of a year, what is merged, and what is spam, as the process says it."""

from __future__ import annotations

from bot.commands.case import Rate
from bot.commands.people import AddPerson, RemovePerson
from bot.commands.triage import Accept, Merge, Spam, Unmerge
from bot.commands.work import SetField
from tests.support.year.cast import CUSTOMERS
from tests.support.year.hours import days_later
from tests.support.year.model import CONFIRM, Model, Refused, Story
from tests.support.year.talk import promised
from tests.support.year.urgency import spammed, unspammed

_BY_ADDRESS = {one.mail or f"slack:{one.slack}": name for name, one in CUSTOMERS.items()}


def added(model: Model, story: Story, who: str, asked: AddPerson) -> None:
    name = _BY_ADDRESS[asked.address]
    if CUSTOMERS[name].mail:  # of whom the desk knows no mail address it knows no account, until they speak
        model.known.add(name)
    if name not in story.customers:
        story.customers.append(name)
        story.gone = [one for one in story.gone if one != name]
        model.customers(story, "added", [name])


def removed(model: Model, story: Story, who: str, asked: RemovePerson) -> None:
    name = _BY_ADDRESS[asked.address]
    if name == story.requester or name not in story.customers:
        raise Refused
    story.customers.remove(name)
    story.gone.append(name)


def given(model: Model, story: Story, who: str, asked: SetField) -> None:
    """Somebody else's case from now on.

    The former requester, who is of the same account, stays and hears of it.
    """
    name = _BY_ADDRESS[asked.value]
    if name == story.requester:
        return
    model.customers(story, "requester changed", [story.requester])
    model.known.add(name)
    for part in model.stories:
        if part.into is story:
            part.joined = [one for one in part.joined if one not in (name, story.requester)]
    story.requester = name
    story.gone = [one for one in story.gone if one != name]
    story.customers += [name] if name not in story.customers else []
    model.customers(story, "added", [name])


def rated(model: Model, story: Story, who: str, asked: Rate) -> None:
    model.ratings[story.number, model.invited.count(story)] = asked.rating
    model.desk(story, "survey answered")


def merged(model: Model, part: Story, who: str, asked: Merge) -> Story:
    """Closed, and read within the other one; its customers take part there."""
    into = model.stories[asked.into - 1]
    dues = {kind: at for kind, at in part.due.items() if not kind.startswith("concern")}
    part.before = (part.state, part.reason, part.over_since, part.asked, dues)
    part.joined = [name for name in part.customers if name not in into.customers]
    into.customers += part.joined
    model.end(part, "closed", "duplicate")
    part.into = into
    model.customers(part, "merged")
    model.desk(part, "customer acted")
    model.desk(into, "customer acted")
    model.retime(part)
    return into


def unmerged(model: Model, part: Story, who: str, asked: Unmerge) -> Story:
    """As it was before; but whoever was waited for has their time anew."""
    if part.into is None or part.before is None:
        raise Refused
    into = part.into
    state, part.reason, part.over_since, part.asked, dues = part.before
    if state not in ("resolved", "closed"):
        part.closings.pop()
    part.become(state)
    for kind, at in dues.items():
        model.start(part, kind, at)
    if state == "resolved":
        model.start(part, "confirm", days_later(part.calendar, model.now, CONFIRM))
    if state == "waiting":
        part.pauses[-1] = (part.pauses[-1][0], None)
        model.wait(part)
    into.customers = [name for name in into.customers if name not in part.joined]
    part.into = part.before = None
    model.customers(part, "unmerged")
    model.desk(part, "customer acted")
    model.desk(into, "customer acted")
    model.retime(part)
    return into


def spam(model: Model, story: Story, who: str, asked: Spam) -> None:
    """Nobody is told."""
    if story.over:
        raise Refused
    model.end(story, "closed", "spam")
    spammed(model, story)


def accepted(model: Model, story: Story, who: str, asked: Accept) -> None:
    """A held case is one like any other; its sender is told its number."""
    story.held = False
    if story.over:
        model.reopen(story)
        unspammed(model, story)
    else:
        model.begin(story)
    promised(model, story, story.requester)
    model.desk(story, "customer acted")
