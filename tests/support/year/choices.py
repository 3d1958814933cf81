"""What may be asked next on a case of a year: for each state, what fits and how often it is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from bot.commands.case import Attach, Close, Note, Rate, Reopen, Reply
from bot.commands.people import AddPerson, Assign, RemovePerson, Take
from bot.commands.redaction import Redact
from bot.commands.triage import Accept, Merge, Spam, Unmerge
from bot.commands.urgency import ChangePriority, Concern, DecidePriority, NameContact, TakeConcern
from bot.commands.work import AskFor, SetField, Wait, Workaround
from bot.model.request import Command
from tests.support.year.cast import CUSTOMERS, EVERYBODY, STAFF, Person
from tests.support.year.model import Story
from tests.support.year.rules import Ruled

Asked = tuple[str, Command] | None
"""Who, and what; None: it does not fit just now."""
REASONS = ("not_ours", "out_of_scope", "no_longer", "as_designed", "no_response", "duplicate")
THANKS = ("Thanks a lot!", "Thank you, all works now.", "Thank you very much for the quick help.")
PHONE = "+33 1 23 45 67 89"
"""Of somebody whom customers name."""

_TALK = {
    "answer": 8,
    "note": 2,
    "say": 6,
    "attach": 2,
    "send": 2,
    "ask_for": 5,
    "wait": 2,
    "workaround": 2,
    "redact": 0.4,
}
_URGENT = {
    "raise_concern": 2,
    "take_concern": 3,
    "change_priority": 2,
    "ask_priority": 2,
    "decide": 3,
    "contact": 2,
}
_SORT = {"add": 2, "remove": 1, "give": 1, "merge": 2, "spam": 0.2, "odd": 1}
_WORK = {**_TALK, **_URGENT, **_SORT, "assign": 2}
CHOICES: Mapping[str, Mapping[str, float]] = {
    "new": {**_WORK, "take": 12, "close": 2, "resolve": 1, "give_up": 1},
    "open": {**_WORK, "take": 2, "close": 3, "resolve": 9, "give_up": 3},
    "waiting": {**_WORK, "say": 12, "nothing": 12, "reopen": 3, "close": 2, "resolve": 2, "give_up": 1},
    "resolved": {
        "give_up": 5,
        "reopen": 4,
        "say": 3,
        "thank": 4,
        "ask_priority": 1,
        "nothing": 6,
        "note": 1,
        "send": 1,
        "redact": 1,
    },
    "closed": {
        **{"thank": 3, "say": 6, "reopen": 3, "send": 1, "rate": 12, "ask_priority": 1, "raise_concern": 1},
        **{"take_concern": 2, "answer": 1, "note": 1, "nothing": 8, "accept": 1, "decide": 1, "redact": 1},
    },
    "merged": {"unmerge": 5, "say": 5, "answer": 2, "raise_concern": 1, "take_concern": 3, "nothing": 2},
    "held": {"spam": 6, "accept": 4, "note": 1},
}


@dataclass
class Choices:
    """What fits on one case."""

    choose: Random
    model: Ruled
    story: Story
    words: Callable[[], str]

    @property
    def _meant(self) -> Story:
        return self.story.into or self.story

    @property
    def _number(self) -> int:
        return self.story.number

    def _customer(self) -> str | None:
        known = [name for name in self._meant.customers if name in CUSTOMERS]
        return self.choose.choice(known) if known else None

    def _staff(self) -> str:
        """Mostly whoever has the case."""
        owner = self._meant.owner
        return owner if owner and self.choose.random() < 0.7 else self.choose.choice([*STAFF])

    def _by_customer(self, command: Command) -> Asked:
        who = self._customer()
        return (who, command) if who else None

    # what is said

    def nothing(self) -> Asked:
        return None

    def answer(self) -> Asked:
        return self._staff(), Reply(self._number, self._to_somebody())

    def note(self) -> Asked:
        return self._staff(), Note(self._number, self._to_somebody())

    def _to_somebody(self) -> str:
        """Words that name a customer of the case, and quote what was said on it."""
        who = self._customer()
        if who is None or self.choose.random() < 0.5:
            return self.words()
        person, spoken = CUSTOMERS[who], [words for words in self._meant.words if words not in THANKS]
        quoted = f"\n\n> {self.choose.choice(spoken)}" if spoken else ""
        return f"Dear {person.called} ({person.told[1]}), {self.words()}{quoted}"

    def workaround(self) -> Asked:
        return self._staff(), Workaround(self._number, self.words())

    def ask_for(self) -> Asked:
        return self._staff(), AskFor(self._number, self.words())

    def wait(self) -> Asked:
        return self._staff(), Wait(self._number)

    def attach(self) -> Asked:
        return self._staff(), Attach(self._number)

    def say(self) -> Asked:
        return self._by_customer(Reply(self._number, self.words()))

    def send(self) -> Asked:
        return self._by_customer(Attach(self._number))

    def thank(self) -> Asked:
        """Once on a case: who says the same words again and again is taken for a machine."""
        if self.story.thanked:
            return None
        self.story.thanked = True
        return self._by_customer(Reply(self._number, self.choose.choice(THANKS)))

    def rate(self) -> Asked:
        if self.story not in self.model.invited or self.story.requester not in CUSTOMERS:
            return None
        return self.story.requester, Rate(self._number, 0, self.choose.randint(1, 5), self.words())

    # whose it is, and how it ends

    def take(self) -> Asked:
        return self.choose.choice([*STAFF]), Take(self._number)

    def assign(self) -> Asked:
        return self._staff(), Assign(self._number, self.choose.choice([*STAFF]))

    def resolve(self) -> Asked:
        text = self.words() if self.choose.random() < 0.7 else ""
        return self._staff(), Close(self._number, "resolved", text)

    def close(self) -> Asked:
        text = self.words() if self.choose.random() < 0.7 else ""
        return self._staff(), Close(self._number, self.choose.choice(REASONS), text)

    def give_up(self) -> Asked:
        """A customer closes."""
        return self._by_customer(Close(self._number, self.choose.choice((None, *REASONS, "resolved"))))

    def reopen(self) -> Asked:
        who = self._customer() if self.choose.random() < 0.7 else self._staff()
        return (who, Reopen(self._number, self.words())) if who else None

    # how urgent it is

    def raise_concern(self) -> Asked:
        who = self._customer()
        phone = EVERYBODY[who].phone if who and self.choose.random() < 0.5 else ""
        return (who, Concern(self._number, phone, "other", self.words())) if who else None

    def take_concern(self) -> Asked:
        managers = [name for name, one in STAFF.items() if one.role == "manager"]
        raised = self._meant.concerns or self.story.concerns
        return (self.choose.choice(managers), TakeConcern(self._number)) if raised else None

    def change_priority(self) -> Asked:
        return self._staff(), ChangePriority(self._number, self._priority(), self.words())

    def ask_priority(self) -> Asked:
        wanted = self._priority()
        if wanted == self._meant.priority:
            return None
        return self._by_customer(ChangePriority(self._number, wanted, self.words()))

    def _priority(self) -> str:
        return self.choose.choice(("Blocker", "Critical", "Medium", "Low"))

    def decide(self) -> Asked:
        if not (self.story.wishes or self._meant.wishes) and self.choose.random() < 0.9:
            return None
        granted = self.choose.random() < 0.5
        return self._staff(), DecidePriority(self._number, granted, self.words())

    def contact(self) -> Asked:
        asked = NameContact(self._number, PHONE, "Ida Always")
        return self._by_customer(asked) if self.story.priority == "Blocker" else None

    # who takes part, and what belongs together

    def add(self) -> Asked:
        """A specialist adds anybody of the account, a customer whom the desk knows."""
        theirs = self._colleagues()
        if not theirs:
            return None
        someone = self.choose.choice(theirs)
        command = AddPerson(self._number, someone.mail or f"slack:{someone.slack}")
        if self.choose.random() < 0.5 and someone.name in self.model.known:
            return self._meant.requester, command
        return self._staff(), command

    def _colleagues(self) -> list[Person]:
        """The account's customers, but those who were erased and have not come back."""
        theirs = [one for one in CUSTOMERS.values() if one.account == self._meant.account]
        return [one for one in theirs if one.name not in self.model.erased]

    def give(self) -> Asked:
        """The case is another customer's."""
        theirs = [one for one in self._colleagues() if one.mail]
        fitting = [one for one in theirs if one.name != self._meant.requester]
        return (
            (self._staff(), SetField(self._number, "requester", self.choose.choice(fitting).mail))
            if fitting
            else None
        )

    def remove(self) -> Asked:
        others = [
            name for name in self._meant.customers if name in CUSTOMERS and name != self._meant.requester
        ]
        if not others:
            return None
        one = CUSTOMERS[self.choose.choice(others)]
        return self._staff(), RemovePerson(self._number, one.mail or f"slack:{one.slack}")

    def merge(self) -> Asked:
        part = self.story
        if part.held or any(one.into is part for one in self.model.stories):
            return None
        fitting = [one for one in self.model.stories if self._takes_in(one, part)]
        return (self._staff(), Merge(part.number, self.choose.choice(fitting).number)) if fitting else None

    def _takes_in(self, into: Story, part: Story) -> bool:
        apart = into.over or into.held or into.into or into is part
        return not apart and into.account == part.account != "" and not {*into.gone} & {*part.customers}

    def unmerge(self) -> Asked:
        return self._staff(), Unmerge(self._number)

    def spam(self) -> Asked:
        return self._staff(), Spam(self._number)

    def accept(self) -> Asked:
        fits = self.story.held or self.story.reason == "spam"
        return (self._staff(), Accept(self._number)) if fits else None

    def redact(self) -> Asked:
        """A specialist takes out what should not have been said."""
        words = [words for words in self.story.words if words not in THANKS]
        if self.story.into or not words:
            return None
        return self._staff(), Redact(self._number, self.choose.choice(words))

    def odd(self) -> Asked:
        """What nobody may: a customer takes a case, a collaborator closes one."""
        who = self._customer()
        if who is None:
            return None
        return who, Take(self._number) if who == self.story.requester else Close(self._number)
