"""A year, told act by act to the model: which rule stands for what is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.commands.case import Attach, Close, Note, Open, Rate, Reopen, Reply
from bot.commands.people import AddPerson, Assign, RemovePerson, Take
from bot.commands.redaction import Redact
from bot.commands.triage import Accept, Merge, Spam, Unmerge
from bot.commands.urgency import ChangePriority, Concern, DecidePriority, NameContact, TakeConcern
from bot.commands.work import AskFor, SetField, Wait, Workaround
from bot.model.request import Command
from tests.support.year import privacy, talk
from tests.support.year import sorting as year_sorting
from tests.support.year import urgency as year_urgency
from tests.support.year.cast import CUSTOMERS, OPERATOR, STAFF
from tests.support.year.dues import DUES
from tests.support.year.model import Model, Refused, Story, Told
from tests.support.year.privacy import Erase, Keep, NameZone


@dataclass(frozen=True)
class Act:
    """One thing that somebody asks. Cases are numbered as the story numbers them."""

    at: datetime
    who: str
    """A name of the cast."""
    channel: str
    command: Command
    files: bool = False
    copied: tuple[str, ...] = ()
    """Who is in Cc of a mail that opens a case."""
    explicit: bool = False
    """Command words by mail, so that they are answered with a transcript."""


Rule = Callable[[Model, Story, str, Any], "Story | None"]
RULES: Mapping[type[Command], Rule] = {
    Open: talk.opened,
    Reply: talk.replied,
    Attach: talk.replied,
    Note: talk.noted,
    Take: talk.taken,
    Assign: talk.assigned,
    Close: talk.closed,
    Reopen: talk.reopened,
    AskFor: talk.asked_for,
    Wait: talk.waited,
    Workaround: talk.answered,
    Concern: year_urgency.raised,
    TakeConcern: year_urgency.concern_taken,
    ChangePriority: year_urgency.prioritised,
    DecidePriority: year_urgency.decided,
    NameContact: year_urgency.contact_named,
    SetField: year_sorting.given,
    AddPerson: year_sorting.added,
    RemovePerson: year_sorting.removed,
    Rate: year_sorting.rated,
    Merge: year_sorting.merged,
    Unmerge: year_sorting.unmerged,
    Spam: year_sorting.spam,
    Accept: year_sorting.accepted,
    Redact: privacy.redacted,
    NameZone: privacy.zone_named,
    Erase: privacy.erased,
    Keep: privacy.kept,
}
_SPOKEN = (Open, Reply, Attach, AskFor, Workaround)
_WITH_WORDS = (Close, Reopen, Concern, TakeConcern)
"""What customers read if it comes with words."""
_WORDED = (Open, Reply, Reopen, Concern)
"""What a customer says with it is an entry."""
_STAYS = (Merge, Unmerge, Rate)
"""What is about the very case that it names, whatever that was merged into."""


def _speaks(act: Act) -> bool:
    if isinstance(act.command, ChangePriority):
        return act.who not in STAFF
    return isinstance(act.command, _SPOKEN) or (
        isinstance(act.command, _WITH_WORDS) and bool(act.command.text)
    )


class Ruled(Model):
    """The model, told act by act."""

    def __init__(self) -> None:
        super().__init__()
        self.rules = {**self.rules, **DUES}

    def do(self, act: Act) -> bool:
        """Let somebody ask something; False if it is refused."""
        self.advance(act.at)
        self.asker, self.copied = act.who, act.copied
        self.known |= {act.who} - {OPERATOR}
        self.erased = [name for name in self.erased if name != act.who]
        told, story, done = len(self.told), self._about(act.command), True
        owed = self._nobody_there(act, story) or self._second(act, story)
        try:
            meant = RULES[type(act.command)](self, story, act.who, act.command) or story
        except Refused:
            meant, done = story, False
        if (act.explicit and not (done and self._answered(act.who, self.told[told:]))) or (owed and done):
            self._transcript(act, meant)
        if done and meant.number and _speaks(act):
            meant.spoken = (self.now, act.who)
        if done and act.who not in STAFF and isinstance(act.command, _WORDED) and act.command.text:
            meant.words[act.command.text] = act.who
        for one in (story, meant):
            if one.number:
                self.retime(one)
        self.advance(act.at)
        return done

    def _about(self, command: Command) -> Story:
        """The case, or the one that it is read in."""
        number = getattr(command, "case", None)
        if number is None:
            return Story(0, "", "")
        story: Story = self.stories[number - 1]
        return story if isinstance(command, _STAYS) else story.into or story

    def _nobody_there(self, act: Act, story: Story) -> bool:
        """Does a specialist answer by mail where every customer was erased?"""
        by_mail = act.channel == "email" and act.who in STAFF and isinstance(act.command, Reply | Attach)
        return by_mail and all(" " in name for name in story.customers)

    def _second(self, act: Act, story: Story) -> bool:
        """Does a specialist answer by mail what a colleague has answered?"""
        if act.channel != "email" or act.who not in STAFF or not isinstance(act.command, Reply):
            return False
        spoken = [one.spoken for one in self.stories if (one.into or one) is story and one.spoken]
        last = max(spoken, default=None)
        return last is not None and last[1] in STAFF and last[1] != act.who

    def _answered(self, who: str, told: list[Told]) -> bool:
        """Was a customer sent something that answers them already?"""
        return who in CUSTOMERS and CUSTOMERS[who].told in [(one.channel, one.reader) for one in told]

    def _transcript(self, act: Act, story: Story) -> None:
        if act.who in STAFF:
            self.told.append(Told(story.number, self.now, "transcript", "email", STAFF[act.who].mail))
        else:
            self.customer(story, "transcript", act.who)
