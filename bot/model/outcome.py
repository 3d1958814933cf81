"""What became of a request: a line for each of its commands, and the case it was about."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.model.choice import Choice
from bot.model.facts import Answered, CaseFacts, CaseLine, CaseList, EventLine, HelpLine, PublicEntry
from store.queues.outbox import Outgoing


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a request: a line for each command, and the case it was about."""

    answered: tuple[Answered, ...]
    case: int | None = None
    repeated: bool = False
    """It had been handled before: nothing was done again."""
    cases: tuple[CaseLine, ...] = ()
    listing: CaseList | None = None
    """Of the last list among these: which page it is, and how many cases there are in all."""
    help: tuple[HelpLine, ...] = ()
    view: CaseFacts | None = None
    entries: tuple[PublicEntry, ...] = ()
    history: tuple[EventLine, ...] = ()
    choices: tuple[Choice, ...] = ()
    """What can be done at once about what was said."""
    posted: tuple[Outgoing, ...] = field(default=(), repr=False)
    """What was put into the outbox, leased to this process."""
