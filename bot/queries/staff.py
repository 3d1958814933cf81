"""Questions about the staff: who they are, who is away, and how much each has to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.config.load import Config
from bot.model.translatable import listed, saying
from bot.syntax import moments
from store.cases import case as cases
from store.engine.transaction import Transaction
from store.people import absence, person


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One of the staff in a list."""

    name: str
    mail: str
    role: str
    away: bool
    away_until: datetime | None
    """None while they are there, and if they did not say until when."""
    to_do: int
    """Their cases that are in the queue."""


@dataclass(frozen=True, slots=True)
class ListStaff:
    """The staff, as the config has it at the last start."""

    now: datetime

    def answer(self, tx: Transaction) -> tuple[StaffLine, ...]:
        away, loads = absence.now(tx, self.now), cases.loads(tx)
        return tuple(
            StaffLine(
                name=someone.shown,
                mail=someone.address,
                role=someone.role,
                away=someone.id in away,
                away_until=away.get(someone.id),
                to_do=loads.get(someone.id, 0),
            )
            for someone in person.staff(tx)
        )


def away_in_words(tx: Transaction, config: Config, *, now: datetime) -> str:
    """Who is away, in a sentence; ``""`` if nobody is."""
    ends = absence.now(tx, now)
    names = [
        _named(config, member.shown, ends[member.id]) for member in person.staff(tx) if member.id in ends
    ]
    return saying("Away: {names}.", names=listed(*names)) if names else ""


def _named(config: Config, name: str, until: datetime | None) -> str:
    if until is None:
        return name
    return saying("{who} (until {moment})", who=name, moment=moments.written(until, config.office))
