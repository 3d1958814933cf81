"""Absences: a specialist is away and gets no new case by turn, and is back."""

from __future__ import annotations

from bot.commands.absence import Away, Back
from bot.desk.handlers.people.colleagues import require_colleague
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import Refusal
from bot.model.translatable import saying, together
from bot.syntax import moments
from store.people import absence

NEVER_AWAY = saying("The desk itself is never away.")


@handles(Away)
def away(turn: Turn, command: Away) -> str:
    """Note that the asker is away. Their cases stay theirs."""
    require_colleague(turn, "away", NEVER_AWAY)
    calendar = turn.config.office
    until = moments.moment(command.until, now=turn.now, calendar=calendar) if command.until else None
    absence.leave(turn.tx, turn.person.id, now=turn.now, until=until)
    away_until = (
        saying("You are away until {moment}.", moment=moments.written(until, calendar))
        if until
        else saying("You are away until you say: back.")
    )
    return together(
        away_until, saying("You get no new case by turn; yours stay yours, and you hear of them.")
    )


@handles(Back)
def back(turn: Turn, command: Back) -> str:
    """Note that the asker is there."""
    require_colleague(turn, "back", NEVER_AWAY)
    if not absence.back(turn.tx, turn.person.id):
        raise Refusal(saying("You were not away."))
    return saying("You are back: new cases come to you by turn again.")
