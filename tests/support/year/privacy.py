"""What people ask of the desk about themselves in a year, and what its operator does, as the process says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.commands.redaction import Redact
from bot.model.request import Command
from tests.support.year.cast import CUSTOMERS, EVERYBODY
from tests.support.year.model import Model, Story

DAY = timedelta(days=1)
RAW, SENT, CLOSED = 40 * DAY, 50 * DAY, 100 * DAY
"""How long messages are kept as they came and as they were sent, and the words of closed cases."""
COPIES = 5 * DAY
"""How long mails that were sent are kept, whatever an operator decides."""


@dataclass(frozen=True, slots=True)
class NameZone(Command):
    """A customer's own time zone is set."""

    who: str


@dataclass(frozen=True, slots=True)
class Erase(Command):
    """A customer is erased; their open cases are closed first."""

    who: str


@dataclass(frozen=True, slots=True)
class Keep(Command):
    """The upkeep removes what is kept no longer."""


@dataclass(frozen=True, slots=True)
class Return(Command):
    """Whoever was erased opens a case again, as a stranger."""

    who: str


OPERATORS = (NameZone, Erase, Keep)
"""What only the desk's operator does."""


def zone_named(model: Model, story: Story, who: str, asked: NameZone) -> None:
    model.zones[asked.who] = CUSTOMERS[asked.who].zone


def redacted(model: Model, story: Story, who: str, asked: Redact) -> None:
    """Nobody is told; the words are nowhere any more."""
    story.words = {words: name for words, name in story.words.items() if words != asked.entry}
    model.redacted.append(asked.entry)


def erased(model: Model, story: Story, who: str, asked: Erase) -> None:
    """What is in the way is closed and nobody hears of it; what they said alone with the desk goes whole."""
    name = asked.who
    for on in [on for on in model.stories if name in on.met]:
        alone = is_alone(on, name)
        if not on.over and (alone or on.requester == name):
            model.end(on, "closed", "no_longer", quiet=True)
        if alone or name in (on.requester, on.contact):
            on.contact = ""
        if alone or name == on.requester:
            on.expired = False  # its subject says that somebody was erased
        on.words = {words: by for words, by in on.words.items() if by != name and not alone}
        model.retime(on)
    leave(model, name)
    model.erased.append(name)


def is_alone(story: Story, name: str) -> bool:
    """Has nobody else who is still there ever been a customer of it?"""
    return not [other for other in story.met - {name} if other in EVERYBODY]


def leave(model: Model, name: str) -> None:
    """From now on they are nobody in what was before; whoever comes by that name is somebody new."""
    model.gone += 1
    nobody = f"{name} {model.gone}"
    for story in model.stories:
        story.rename(name, nobody)
    model.known.discard(name)
    for noted in (model.zones, model.asked):
        noted.pop(name, None)


def kept(model: Model, story: Story, who: str, asked: Keep) -> None:
    """The words of what was closed long ago go, and people left with nothing else and no account."""
    for whole in model.stories:
        since = whole.over_since
        long_ago = since is not None and model.now - since > CLOSED
        parts = [part for part in model.stories if part is whole or part.into is whole]
        if whole.state == "closed" and whole.into is None and long_ago:
            model.expired += [(model.now, part.number) for part in parts if not part.expired]
            for part in parts:
                part.expired, part.contact, part.words = True, "", {}
            for name in sorted({name for part in parts for name in part.met}):
                if is_passing(model, name):
                    leave(model, name)


def is_passing(model: Model, name: str) -> bool:
    """Has somebody no account, and no case whose words are still there?"""
    if name not in EVERYBODY or (EVERYBODY[name].account and name in model.known):
        return False
    return all(story.expired for story in model.stories if name in story.met)
