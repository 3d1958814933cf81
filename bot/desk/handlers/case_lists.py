"""Lists of cases: the queue, one's own, a search."""

from __future__ import annotations

from bot.commands.browse import CaseListing, My, Queue, Search
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.queries import case_lists


@handles(Queue)
def queue(turn: Turn, command: Queue) -> str:
    """List the desk's work, most urgent first, and who is away."""
    return _listed(turn, command)


@handles(My)
def my(turn: Turn, command: My) -> str:
    """List the cases that the asker takes part in."""
    return _listed(turn, command)


@handles(Search)
def find(turn: Turn, command: Search) -> str:
    """Find cases by words."""
    return _listed(turn, command)


def _listed(turn: Turn, command: CaseListing) -> str:
    answered = case_lists.read(turn.tx, turn.config, command, by=turn.person.id, now=turn.now)
    turn.transcript.lists.append(answered.listing)
    return answered.said
