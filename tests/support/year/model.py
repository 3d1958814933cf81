"""A year as the process says it: who must be told what and when, worked out without the desk's own code."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import NamedTuple

from tests.support.year.cast import (
    ACCOUNTS,
    BOARD,
    CUSTOMERS,
    DESKS,
    DUTY,
    FIRST,
    NEXT,
    SOLUTION,
    STAFF,
    STRANGER,
    TARGETS,
    Person,
)
from tests.support.year.clocks import moment
from tests.support.year.hours import ALWAYS, days_later, later, quarters

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REMIND, NEXT_LEVEL, ASK_FOR_CONTACT = HOUR / 2, HOUR, HOUR / 2
SILENCE = (3, 5, 10)
"""Business days: reminded twice, then closed."""
CONFIRM, REOPEN, PERIOD, DELAY = 5, 14 * DAY, 90 * DAY, 3 * DAY
NEVER_ASKED = ("duplicate", "out_of_scope", "spam")
When = Callable[[str], str]
"""What words say of a moment, in the zone of whoever reads them."""
NOTICES = {
    "reply": ("reply due", "reply overdue", "still no reply"),
    "solution": ("solution due", "solution overdue", "still not solved"),
}


class Told(NamedTuple):
    """One notice, to one reader, in one channel."""

    case: int
    at: datetime
    notice: str
    channel: str
    reader: str
    says: str = ""
    """What its sentences say of when, by its reader's clock."""


@dataclass
class Concern:
    """A concern that was raised: by whom, when managers were told of it, and who."""

    raiser: str
    at: datetime
    told: list[str]
    taken: str = ""
    """By whom."""
    phone: str = ""
    nth: int = field(default_factory=count().__next__)
    """The later one has more."""


class Refused(Exception):
    """The desk says no, and does nothing."""


@dataclass(eq=False)
class Story:
    """One case, as somebody would tell it. People are names of the cast."""

    number: int
    requester: str
    priority: str
    state: str = "new"
    owner: str = ""
    customers: list[str] = field(default_factory=list)
    contact: str = ""
    """Who can always be called."""
    held: bool = False
    begun: datetime | None = None
    answered: bool = False
    asked: datetime | None = None
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    steps: dict[str, int] = field(default_factory=lambda: {"reply": 0, "solution": 0})
    reminders: int = 0
    reason: str = ""
    over_since: datetime | None = None
    thanked: bool = False
    wishes: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    """Who has asked for another priority, when, and for which."""
    linked: int = 0
    """The number of the case that it continues."""
    concerns: list[Concern] = field(default_factory=list)
    into: Story | None = None
    before: tuple[str, str, datetime | None, datetime | None, dict[str, datetime]] | None = None
    """How it was before it was merged."""
    gone: list[str] = field(default_factory=list)
    """Who was removed from it."""
    joined: list[str] = field(default_factory=list)
    """Who takes part in ``into`` through it."""
    due: dict[str, datetime] = field(default_factory=dict)
    spoken: tuple[datetime, str] | None = None
    """When customers last read or said something new, and who said it."""
    path: list[str] = field(default_factory=lambda: ["new"])
    met: set[str] = field(default_factory=set)
    """Who was ever a customer of it."""
    words: dict[str, str] = field(default_factory=dict)
    """What customers said on this very case, and who; but what was taken out."""
    expired: bool = False
    """Did its words go because it was closed long ago?"""
    closings: list[tuple[datetime, str]] = field(default_factory=list)
    reopenings: list[datetime] = field(default_factory=list)
    """As the report counts both."""

    @property
    def over(self) -> bool:
        return self.state in ("resolved", "closed")

    @property
    def level(self) -> str:
        account = ACCOUNTS.get(self.account)
        return account.level if account else "standard"

    @property
    def account(self) -> str:
        return person_of(self.requester).account

    @property
    def calendar(self) -> str:
        return next(one.calendar for one in ACCOUNTS.values() if one.level == self.level)

    @property
    def hours(self) -> str:
        """Of its targets and concerns: day and night for a Blocker."""
        return ALWAYS if self.priority == "Blocker" else self.calendar

    def become(self, state: str) -> None:
        self.state = state

    def rename(self, name: str, nobody: str) -> None:
        """Somebody is nobody any more."""
        self.requester = nobody if self.requester == name else self.requester
        for names in (self.customers, self.gone, self.joined):
            names[:] = [nobody if each == name else each for each in names]
        self.met = {nobody if each == name else each for each in self.met}
        self.wishes = {nobody if each == name else each: wish for each, wish in self.wishes.items()}
        for concern in self.concerns:
            concern.raiser = nobody if concern.raiser == name else concern.raiser

    def moments(self, clock: str) -> list[datetime] | None:
        """When somebody is warned of a target, when it is missed, and when the manager hears; None: it rests."""
        first = clock == "reply" and not self.answered
        since = self.asked if clock == "reply" and self.answered else self.begun
        if since is None or self.held or self.state not in ("new", "open"):
            return None
        target = SOLUTION if clock == "solution" else FIRST if first else NEXT
        whole = quarters(self.hours, since, TARGETS[self.level][target][self.priority])
        pauses = [pause for pause in self.pauses if pause[1] is None or pause[1] > since]
        return [later(self.hours, since, whole * share // 100, pauses) for share in (75, 100, 125)]


def person_of(name: str) -> Person:
    """The customer by a name; of somebody who is nobody any more (``Ana 3``), who that was."""
    return CUSTOMERS.get(name.partition(" ")[0], STRANGER)


class Model:
    """All cases of a year.

    ``told`` is what must be found in the outbox; ``rules`` what each due moment does.
    """

    def __init__(self) -> None:
        self.stories: list[Story] = []
        self.told: list[Told] = []
        self.now = datetime.min
        self.asker = ""
        self.copied: tuple[str, ...] = ()
        self.known: set[str] = set()
        """Of whom the desk knows to which account they belong."""
        self.zones: dict[str, str] = {}
        """Who has named a zone of their own."""
        self.erased: list[str] = []
        self.redacted: list[str] = []
        """Who was erased, and which words were taken out."""
        self.gone = 0
        """How many are nobody any more."""
        self.asked: dict[str, datetime] = {}
        """When each customer was last asked how it went."""
        self.invited: list[Story] = []
        self.ratings: dict[tuple[int, int], int] = {}
        """What was answered last: by case, and by how many invitations about it there had been."""
        self.expired: list[tuple[datetime, int]] = []
        """When the words of which case went."""
        self.rules: Mapping[str, Callable[[Model, Story], None]] = {
            "reply": lambda model, story: model._step(story, "reply"),
            "solution": lambda model, story: model._step(story, "solution"),
        }
        self._heap: list[tuple[datetime, int, int, str]] = []
        self._order = count()

    # who is told

    def zone(self, name: str) -> str:
        """By whose clock a customer reads: their own, else their account's if that is known, else the desk's."""
        person = CUSTOMERS.get(name, STRANGER)
        account = ACCOUNTS.get(person.account) if person.mail or name in self.known else None
        return self.zones.get(name) or (account.zone if account else "") or DESKS

    def customer(self, story: Story, notice: str, name: str, says: When | None = None) -> None:
        if " " in name:  # nobody any more
            return
        channel, reader = CUSTOMERS.get(name, STRANGER).told
        words = says(self.zone(name)) if says else ""
        self.told.append(Told(story.number, self.now, notice, channel, reader, words))

    def customers(
        self, story: Story, notice: str, only: Iterable[str] | None = None, says: When | None = None
    ) -> None:
        """All who take part, but who caused it."""
        for name in story.customers if only is None else only:
            if name != self.asker:
                self.customer(story, notice, name, says)

    def desk(
        self,
        story: Story,
        notice: str,
        to: Iterable[str] | None = None,
        *,
        urgent: bool = False,
        says: When | None = None,
    ) -> None:
        """Once on the board; by mail whoever reads no board; what is urgent, everybody by every way."""
        if to is None:
            to = [story.owner] if story.owner else STAFF
        ways = [("slack", BOARD, DESKS)]
        for person in (STAFF[name] for name in to if name != self.asker):
            if urgent or not person.slack:
                ways.append(("email", person.mail, person.zone or DESKS))
            if urgent and person.slack:
                ways.append(("slack", person.slack, person.zone or DESKS))
        for channel, reader, zone in ways:
            words = says(zone) if says else ""
            self.told.append(Told(story.number, self.now, notice, channel, reader.lower(), words))

    def managers(self, story: Story) -> list[str]:
        """The owner's manager, else the duty manager."""
        return [(STAFF[story.owner].manager if story.owner else "") or DUTY]

    # what is due

    def start(self, story: Story, kind: str, at: datetime) -> None:
        if story.due.get(kind) != at:
            story.due[kind] = at
            heapq.heappush(self._heap, (at, next(self._order), story.number, kind))

    def retime(self, story: Story) -> None:
        """The case as it stands now: of the three steps of each target, the next that was not told is due."""
        story.met |= {story.requester, *story.customers, *story.gone}
        if story.path[-1] != story.state:
            story.path.append(story.state)
        for clock, told in story.steps.items():
            moments = story.moments(clock) if told < 3 else None
            if moments:
                self.start(story, clock, moments[told])
            else:
                story.due.pop(clock, None)

    def advance(self, until: datetime) -> None:
        """Let happen what is due by then, each at its own moment."""
        while self._heap and self._heap[0][0] <= until:
            at, _, number, kind = heapq.heappop(self._heap)
            story = self.stories[number - 1]
            if story.due.get(kind) != at:
                continue
            del story.due[kind]
            self.now, self.asker = max(at, self.now), ""
            self.rules[kind](self, story)
            self.retime(story)
        self.now = until

    def _step(self, story: Story, clock: str) -> None:
        moments, step = story.moments(clock), story.steps[clock]
        assert moments is not None
        story.steps[clock] += 1
        notice, due = NOTICES[clock][step], partial(moment, moments[1])
        if step == 0 and self.now < moments[1]:
            self.desk(story, notice, says=due)
        elif step == 1:
            self.desk(story, notice, urgent=bool(story.owner), says=due)
        elif step == 2:
            self.desk(story, notice, self.managers(story), urgent=True, says=due)

    # what becomes of a case

    def own(self, story: Story, name: str) -> None:
        """Whoever first does something with a case works on it."""
        story.owner = story.owner or name
        if story.state == "new":
            story.become("open")

    def wait(self, story: Story) -> None:
        """The customer is waited for, from now on."""
        self.end_pause(story)
        story.become("waiting")
        story.pauses.append((self.now, None))
        story.reminders = 0
        self.start(story, "silence", days_later(story.calendar, self.now, SILENCE[0]))

    def end_pause(self, story: Story) -> None:
        if story.pauses and story.pauses[-1][1] is None:
            story.pauses[-1] = (story.pauses[-1][0], self.now)
        story.due.pop("silence", None)

    def go_on(self, story: Story) -> None:
        self.end_pause(story)
        story.become("open")

    def answer(self, story: Story) -> None:
        """Nobody waits for an answer any more; whoever wrote a held case was told nothing."""
        if story.held:
            return
        story.steps["reply"] = 0 if not story.answered or story.asked else story.steps["reply"]
        story.answered, story.asked = True, None

    def ask(self, story: Story) -> None:
        """A customer has said something: a case that is over opens, one that waits goes on; an answer is due."""
        if story.over:
            self.reopen(story)
            return
        if story.state == "waiting":
            self.go_on(story)
        if story.answered and story.asked is None and not story.held:
            story.asked, story.steps["reply"] = self.now, 0

    def reopen(self, story: Story) -> None:
        story.become("open")
        if story.closings[-1][1] == "spam":
            story.closings.pop()
        else:
            story.reopenings.append(self.now)
        story.reason, story.over_since = "", None
        self.begin(story)

    def begin(self, story: Story) -> None:
        """Whoever waits begins to wait now."""
        for kind in ("confirm", "survey"):
            story.due.pop(kind, None)
        story.begun = self.now
        story.asked = self.now if story.answered and self.asker not in STAFF else None
        story.steps = {"reply": 0, "solution": 0}
        self.watch(story)

    def watch(self, story: Story) -> None:
        """A Blocker needs somebody who can always be called."""
        if story.priority == "Blocker" and not (story.contact or story.over or story.held):
            story.due.pop("contact", None)
            self.start(story, "contact", self.now + ASK_FOR_CONTACT)

    def end(self, story: Story, state: str, reason: str, *, quiet: bool = False) -> None:
        """Resolved, or closed."""
        self.end_pause(story)
        story.closings += [] if story.over else [(self.now, reason)]
        story.become(state)
        story.reason, story.over_since, story.asked = reason, self.now, None
        story.due = {kind: at for kind, at in story.due.items() if kind.startswith("concern")}
        if quiet:
            return
        if state == "resolved":
            self.start(story, "confirm", days_later(story.calendar, self.now, CONFIRM))
        elif not story.held and reason not in NEVER_ASKED:
            self.start(story, "survey", self.now + DELAY)
