"""Cards of a case are drawn anew once what they showed was erased."""

from __future__ import annotations

from bot.commands.house import ShowAnew
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn


@handles(ShowAnew)
def show_anew(turn: Turn, command: ShowAnew) -> str:
    """Draw the cards of a case anew; it is changed in nothing."""
    turn.notifier.show_anew(turn.case(command.case))
    return ""
