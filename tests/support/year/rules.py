"""A year, told act by act to the model: which rule stands for what is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import commands
from bot.commands import Command, triage, urgency, work
from tests.support.year import sorting as year_sorting
from tests.support.year import talk
from tests.support.year import urgency as year_urgency
from tests.support.year.cast import CUSTOMERS, STAFF
from tests.support.year.dues import DUES
from tests.support.year.model import Model, Refused, Story, Told


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
    commands.Open: talk.opened,
    commands.Reply: talk.replied,
    commands.Attach: talk.replied,
    commands.Note: talk.noted,
    commands.Take: talk.taken,
    commands.Assign: talk.assigned,
    commands.Close: talk.closed,
    commands.Reopen: talk.reopened,
    work.AskFor: talk.asked_for,
    work.Wait: talk.waited,
    work.Workaround: talk.answered,
    commands.Concern: year_urgency.raised,
    urgency.TakeConcern: year_urgency.concern_taken,
    urgency.ChangePriority: year_urgency.prioritised,
    urgency.DecidePriority: year_urgency.decided,
    urgency.NameContact: year_urgency.contact_named,
    work.SetField: year_sorting.given,
    commands.AddPerson: year_sorting.added,
    commands.RemovePerson: year_sorting.removed,
    commands.Rate: year_sorting.rated,
    triage.Merge: year_sorting.merged,
    triage.Unmerge: year_sorting.unmerged,
    triage.Spam: year_sorting.spam,
    triage.Accept: year_sorting.accepted,
}
_SPOKEN = (commands.Open, commands.Reply, commands.Attach, work.AskFor, work.Workaround)
_WITH_WORDS = (commands.Close, commands.Reopen, commands.Concern, urgency.TakeConcern)
"""What customers read if it comes with words."""
_STAYS = (triage.Merge, triage.Unmerge, commands.Rate)
"""What is about the very case that it names, whatever that was merged into."""


def _speaks(act: Act) -> bool:
    if isinstance(act.command, urgency.ChangePriority):
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
        told, story, done = len(self.told), self._about(act.command), True
        second = self._second(act, story)
        try:
            meant = RULES[type(act.command)](self, story, act.who, act.command) or story
        except Refused:
            meant, done = story, False
        if (act.explicit and not (done and self._answered(act.who, self.told[told:]))) or (second and done):
            self._transcript(act, meant)
        if done and meant.number and _speaks(act):
            meant.spoken = (self.now, act.who)
        self.known.add(act.who)
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

    def _second(self, act: Act, story: Story) -> bool:
        """Does a specialist answer by mail what a colleague has answered?"""
        if act.channel != "email" or act.who not in STAFF or not isinstance(act.command, commands.Reply):
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
