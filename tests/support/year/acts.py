"""The writer of a year's story: from a seed, who asks what and when; most of it makes sense."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from bot.commands.case import Attach, Note, Open, Rate, Reply
from bot.commands.urgency import ChangePriority, Concern
from bot.model.request import Command
from tests.support.year.cast import CUSTOMERS, EVERYBODY, OPERATOR, STAFF, STRANGER
from tests.support.year.choices import CHOICES, Choices
from tests.support.year.model import Story
from tests.support.year.privacy import Erase, Keep, NameZone, Return
from tests.support.year.rules import Act, Ruled

MINUTE, DAY, WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(days=7)
FIRST, LAST, QUIET = (datetime(*day, tzinfo=UTC) for day in ((2026, 1, 5), (2027, 1, 1), (2027, 1, 20)))
"""The first and the last case are opened; after that, nobody does anything any more."""
END = datetime(2027, 2, 20, tzinfo=UTC)
CHANGES = [
    datetime(2026, month, day, 15, 30, tzinfo=UTC)
    for month, day in ((3, 6), (3, 27), (4, 3), (10, 2), (10, 23), (10, 30))
]
"""The Fridays before clocks are changed somewhere: what is promised then is due afterwards."""
PATIENCE = {"new": 0.2, "open": 0.8, "waiting": 3.0, "resolved": 2.0, "closed": 9.0}
"""Days until somebody does the next thing, on average."""
WORDS = (Open, Reply, Attach, Note, Rate)
"""What needs no command words."""
PRIORITIES = ("Blocker", "Critical", "Medium", "Medium", "Medium", "Low")


@dataclass(frozen=True)
class Line:
    """An act, whether it is done, and the number of the case that it opens (0: none)."""

    act: Act
    done: bool
    opens: int = 0


class Writer:
    """Writes a year of so many cases; what is made of it is in ``model``.

    ``pace``: of what follows their opening.
    """

    def __init__(self, cases: int, seed: int = 2026, *, pace: float = 1) -> None:
        self.model = Ruled()
        self.lines: list[Line] = []
        self._random = Random(seed)
        self._cases = cases
        self._pace = pace
        self._taken: set[datetime] = set()
        self._plan: list[tuple[datetime, int]] = []
        self._left: dict[int, int] = {}
        self._next: dict[int, str] = {}
        """What is asked next on a case, and soon."""
        self._words = 0
        self._operators: dict[datetime, Command] = {}
        """What the operator does, and when."""
        self._zoned = {name for name, person in CUSTOMERS.items() if person.zone}
        """Who names a zone of their own once they have a case."""

    def write(self) -> None:
        """The whole year, act by act."""
        for number in range(self._cases):
            sometime = FIRST + (LAST - FIRST) * self._random.random()
            self._push(CHANGES[number] if number < len(CHANGES) else sometime, 0)
        for week in range((QUIET - FIRST) // WEEK):
            self._push(FIRST + week * WEEK, 0, Keep())
        for _ in range(min(max(6, self._cases // 8), 20)):
            self._push(FIRST + (LAST - FIRST) * self._random.uniform(0.2, 1), 0, Erase(""))
        while self._plan:
            at, number = heapq.heappop(self._plan)
            self.model.advance(at)
            if asked := self._operators.get(at):
                self._operate(at, asked)
            elif number:
                self._go_on(at, self.model.stories[number - 1])
            elif len(self.model.stories) < self._cases:
                self._open(at)
        self.model.advance(END)

    def _push(self, at: datetime, number: int, command: Command | None = None) -> None:
        """At a minute in which nobody else does anything. ``command``: what the operator does."""
        at = at.replace(second=0, microsecond=0)
        while at in self._taken:
            at += MINUTE
        if at < QUIET:
            self._taken.add(at)
            heapq.heappush(self._plan, (at, number))
            if command:
                self._operators[at] = command

    def _operate(self, at: datetime, asked: Command) -> None:
        if isinstance(asked, Erase):
            asked = Erase(self._whom())
            if self._random.random() < 0.5:
                self._push(at + self._random.randint(1, 40) * DAY, 0, Return(asked.who))
        if isinstance(asked, Return):
            self._open(at, asked.who)
            return
        act = Act(at, OPERATOR, "cli", asked)
        self.lines.append(Line(act, self.model.do(act)))

    def _whom(self) -> str:
        """Somebody who was met; rather who has a part in what others go on with."""
        shared = Counter(
            name
            for story in self.model.stories
            for name in story.met & {*CUSTOMERS}
            if len(story.customers) > 1 and not story.over
        )
        met = sorted({name for story in self.model.stories for name in story.met} & {*CUSTOMERS})
        return max(self._random.sample(met, min(5, len(met))), key=lambda name: shared[name])

    def _open(self, at: datetime, who: str = "") -> None:
        choose = self._random
        who = who or (choose.choice(self._there()) if choose.random() > 0.03 else STRANGER.name)
        priority = choose.choice(PRIORITIES)
        contact = EVERYBODY[who].phone if priority == "Blocker" and choose.random() < 0.5 else ""
        asked = Open(f"Story {self._words}", self.words(), priority=priority, contact=contact)
        self._do(at, who, asked)

    def _go_on(self, at: datetime, story: Story) -> None:
        """Somebody does something that fits, unless enough was done."""
        self._left[story.number] -= 1
        choices = Choices(self._random, self.model, story, self.words)
        state = "merged" if story.into else "held" if story.held else story.state
        names, weights = zip(*CHOICES[state].items(), strict=True)
        (name,) = self._random.choices(names, weights)
        name = self._next.pop(story.number, name)
        asked = getattr(choices, name)()
        if asked is not None:
            self._do(at, *asked)
        if self._left[story.number] > 0:
            self._later(at, story)

    def _do(self, at: datetime, who: str, command: Command) -> None:
        mailed = EVERYBODY[who].mail and (not EVERYBODY[who].slack or self._random.random() < 0.5)
        channel = "web" if isinstance(command, Rate) else "email" if mailed else "slack"
        explicit = channel == "email" and not isinstance(command, WORDS)
        before = len(self.model.stories)
        files, copied = isinstance(command, Attach), self._copied(who, command) if channel == "email" else ()
        act = Act(at, who, channel, command, files=files, copied=copied, explicit=explicit)
        done = self.model.do(act)
        fresh = self.model.stories[before:]
        self.lines.append(Line(act, done, fresh[0].number if fresh else 0))
        if fresh and fresh[0].requester in self._zoned:
            self._zoned.remove(fresh[0].requester)
            self._push(at + 5 * MINUTE, 0, NameZone(fresh[0].requester))
        for story in fresh:
            self._left[story.number] = self._random.randint(2, 14)
            self._later(at, story)

    def _there(self) -> list[str]:
        """All customers but those who were erased and have not come back."""
        return [name for name in CUSTOMERS if name not in self.model.erased]

    def _copied(self, who: str, command: Command) -> tuple[str, ...]:
        """Now and then, a colleague in Cc."""
        theirs = [
            CUSTOMERS[name] for name in self._there() if CUSTOMERS[name].account == EVERYBODY[who].account
        ]
        names = [one.name for one in theirs if one.name != who and one.mail]
        wanted = isinstance(command, Open) and names and self._random.random() < 0.2
        return (self._random.choice(names),) if wanted else ()

    def _later(self, at: datetime, story: Story) -> None:
        days = self._random.expovariate(self._pace / PATIENCE[story.state])
        asked = self.lines[-1].act.command
        if isinstance(asked, (Concern, ChangePriority)) and self._random.random() < 0.5:
            soon = ("raise_concern", "take_concern") if isinstance(asked, Concern) else ("decide", "contact")
            self._next[story.number] = self._random.choice(soon)
            days = self._random.randint(1, 90) / 1440
        self._push(at + min(days, 60) * DAY + MINUTE, story.number)

    def words(self) -> str:
        """What nobody has said before."""
        self._words += 1
        return f"Words number {self._words}, about what does not work and since when."


def people() -> int:
    """How many take part in a year."""
    return len(CUSTOMERS) + len(STAFF)
