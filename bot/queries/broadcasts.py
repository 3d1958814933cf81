"""Questions about broadcasts: what one would do, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.config.load import Config
from bot.model.errors import BadCommand
from bot.replies import library
from bot.syntax.case_numbers import label
from store.cases import broadcast as broadcasts
from store.cases import case as cases
from store.cases import participant
from store.cases.broadcast import PlannedBroadcast
from store.engine.transaction import Transaction
from store.people import person as people


@dataclass(frozen=True, slots=True)
class BroadcastPreview:
    """A planned broadcast as it is confirmed."""

    id: int
    numbers: tuple[str, ...]
    people: int
    example: str
    """The words as they are told on the first case; or why they cannot be."""
    fits: bool


@dataclass(frozen=True, slots=True)
class PlannedBy:
    """The newest broadcast that somebody has planned and not sent; None if there is none."""

    config: Config
    channel: str
    address: str

    def answer(self, tx: Transaction) -> BroadcastPreview | None:
        author = people.find(tx, self.channel, self.address)
        planned = broadcasts.planned_by(tx, author.id) if author else None
        if author is None or planned is None:
            return None
        numbers = [row.case_id for row in broadcasts.cases(tx, planned.id)]
        example, fits = self._example(tx, planned, numbers[0], author)
        count = participant.count_on(tx, numbers)
        return BroadcastPreview(planned.id, tuple(map(label, numbers)), count, example, fits)

    def _example(
        self, tx: Transaction, planned: PlannedBroadcast, number: int, author: people.Person
    ) -> tuple[str, bool]:
        case = cases.get(tx, number)
        if case is None:
            return planned.text, True
        try:
            return library.fill(tx, self.config, planned.text, case, author), True
        except BadCommand as refusal:
            return refusal.said, False


@dataclass(frozen=True, slots=True)
class BroadcastLine:
    """A case of a broadcast, and what became of it there."""

    case: str
    outcome: str
    people: int
    why: str


@dataclass(frozen=True, slots=True)
class BroadcastView:
    """A broadcast that was sent."""

    id: int
    author: str
    text: str
    sent_at: datetime
    done_at: datetime | None
    lines: tuple[BroadcastLine, ...]


@dataclass(frozen=True, slots=True)
class ListBroadcasts:
    """Those that were sent, newest first; before the one ``after``, for that stands above them."""

    limit: int = 50
    after: int | None = None

    def answer(self, tx: Transaction) -> tuple[BroadcastView, ...]:
        sent_ones = broadcasts.latest(tx, self.limit, before=self.after)
        return tuple(_view(tx, sent) for sent in sent_ones if sent.sent_at)


@dataclass(frozen=True, slots=True)
class ShowBroadcast:
    """A broadcast that was sent; None if there is none of that id."""

    id: int

    def answer(self, tx: Transaction) -> BroadcastView | None:
        sent = broadcasts.get(tx, self.id)
        return _view(tx, sent) if sent and sent.sent_at else None


def _view(tx: Transaction, sent: PlannedBroadcast) -> BroadcastView:
    author = people.by_id(tx, sent.person_id)
    lines = (
        BroadcastLine(label(row.case_id), row.outcome, row.people, row.why)
        for row in broadcasts.cases(tx, sent.id)
    )
    at = sent.sent_at or sent.planned_at
    return BroadcastView(sent.id, author.shown if author else "", sent.text, at, sent.done_at, tuple(lines))
