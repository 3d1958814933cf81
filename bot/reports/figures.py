"""Figures: what a report tells of a stretch of time, each as a person would check it by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

AGES = (
    ("under 1 day", timedelta(days=1)),
    ("1 to 3 days", timedelta(days=3)),
    ("3 to 7 days", timedelta(days=7)),
    ("7 to 30 days", timedelta(days=30)),
    ("over 30 days", timedelta.max),
)
"""How old a case is that waits: time since it was opened, day and night, less than this."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The distribution of some times, in working time of each case's calendar.

    Day and night where its target runs so.
    """

    count: int
    """Of how many cases."""
    median: timedelta | None = None
    """Half of them took no longer: the middle one, or halfway between the middle two."""
    p90: timedelta | None = None
    """Nine in ten took no longer: the shortest of them of which that is true."""


def spread(times: Sequence[int]) -> Spread:
    """Median and ninth decile of microseconds; empty if there are no times."""
    if not times:
        return Spread(0)
    ordered, count = sorted(times), len(times)
    middle = timedelta(microseconds=ordered[(count - 1) // 2] + ordered[count // 2]) / 2
    return Spread(count, middle, timedelta(microseconds=ordered[-(-count * 9 // 10) - 1]))


@dataclass(frozen=True, slots=True)
class Pace:
    """How soon something was done for cases of one priority and service level (both empty: for all)."""

    priority: str
    level: str
    times: Spread
    """From opening until then. Imported history is left out."""
    promised: int = 0
    """How many of them had a target."""
    kept: int = 0
    """For how many of those it was done by then."""
    target: str = ""
    """As the service level says it now: ``4 h``, or ``2 d`` for business days."""

    @property
    def share(self) -> float | None:
        """The share of targets that were met: 0 to 1."""
        return self.kept / self.promised if self.promised else None


@dataclass(frozen=True, slots=True)
class Comment:
    """A customer's comment with a rating."""

    case: str
    rating: int
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """The results of surveys."""

    invited: int = 0
    """Invitations sent in the period."""
    returned: int = 0
    """How many of these are answered by now."""
    scale: tuple[int, ...] = (0,) * 5
    """Answers given in the period with 1, 2, 3, 4 and 5, whenever they were asked for; a later answer replaces one."""
    comments: tuple[Comment, ...] = ()
    """The words of these answers, newest first."""

    @property
    def answers(self) -> int:
        return sum(self.scale)

    @property
    def mean(self) -> float | None:
        """The mean rating of the answers."""
        total = sum(rating * count for rating, count in enumerate(self.scale, 1))
        return total / self.answers if self.answers else None

    @property
    def rate(self) -> float | None:
        """The share of invitations that were answered: 0 to 1."""
        return self.returned / self.invited if self.invited else None


@dataclass(frozen=True, slots=True)
class Moved:
    """Cases opened and closed: of an account, or in one step of the period."""

    name: str
    opened: int
    closed: int
    start: date | None = None
    """The first day of the step."""


@dataclass(frozen=True, slots=True)
class Work:
    """The figures of one staff member's work."""

    name: str
    handled: int
    """Cases they own that were closed in the period."""
    answers: int
    """Cases to which theirs was the first answer, in the period."""


Counts = tuple[tuple[str, int], ...]
"""``(name, count)``, the largest first."""


@dataclass(frozen=True, slots=True)
class Helped:
    """An article: in how many cases it was shown, how often opened, and how often it solved one."""

    name: str
    shown: int
    clicked: int
    solved: int


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The suggestions that the period's new cases were shown, if there were articles at all."""

    shown: int = 0
    """Cases whose requester was shown one or more."""
    nothing: int = 0
    """Cases that none fitted."""
    articles: tuple[Helped, ...] = ()
    """Those shown most first."""
    unanswered: Counts = ()
    """The subjects of the cases that none fitted, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one period. Spam never counts.

    A merged case counts as opened, and as closed as a duplicate.
    """

    opened: int
    """Cases whose first words reached us in the period."""
    closed: int
    """Times a case was closed in the period that was not closed already; confirming a resolved one is no other."""
    reopened: int
    """Times a closed case was opened again in the period."""
    breaches: int
    """Times a target passed in the period that was not kept by then."""
    answering: tuple[Pace, ...]
    """First answers, of the cases that were first answered in the period. The first is of all."""
    solving: tuple[Pace, ...]
    """Resolution, of the cases closed in the period, at the last closing in it; duplicates are none. A target counts
    if it ran when the case was closed (not while the customer was waited for), and the case was not opened again."""
    concerns: Counts
    """Times a concern was raised in the period, by category."""
    satisfaction: Satisfaction
    deflections: int | None
    """Times somebody said in the period that an article solved it. None: not of one account or mailbox alone."""
    types: Counts
    """Cases opened in the period, by their type of now."""
    categories: Counts
    """The same by type and category."""
    channels: Counts
    """The same by the channel they came through."""
    reasons: Counts
    """The closings counted as closed, by reason."""
    accounts: tuple[Moved, ...]
    """The busiest first."""
    owners: tuple[Work, ...]
    """The busiest first."""
    course: tuple[Moved, ...]
    """Opened and closed by day, week or month."""
    suggestions: Suggestions = Suggestions()

    @property
    def raised(self) -> int:
        """Concerns of all categories."""
        return sum(count for _, count in self.concerns)


@dataclass(frozen=True, slots=True)
class OpenCases:
    """Cases that are not over at the time of the report: new, open, waiting for the customer, or held."""

    states: tuple[str, ...]
    """Those that there are, ``held`` (nobody has looked at their sender yet) last."""
    ages: tuple[tuple[str, tuple[int, ...]], ...]
    """For each of ``AGES``, the counts by state."""

    @property
    def total(self) -> int:
        return sum(sum(counts) for _, counts in self.ages)

    def of_state(self, state: str) -> int:
        at = self.states.index(state)
        return sum(counts[at] for _, counts in self.ages)


@dataclass(frozen=True, slots=True)
class Waits:
    """One of the cases that have waited longest for the desk."""

    case: str
    subject: str
    priority: str
    owner: str
    age: timedelta
    """Since it was opened, day and night."""
