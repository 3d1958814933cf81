"""A place has another address: threads, bindings and cards follow it."""

from __future__ import annotations

from bot.commands.house import PlaceMoved
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from store.cases import thread
from store.people import account
from store.queues import outbox_outcomes


@handles(PlaceMoved)
def place_moved(turn: Turn, command: PlaceMoved) -> str:
    """Write the new address over the old one, wherever it is known."""
    threads = thread.move(turn.tx, command.channel, command.old, command.new)
    account.move_place(turn.tx, command.channel, command.old, command.new)
    outbox_outcomes.move(turn.tx, command.channel, command.old, command.new)
    return f"{threads} threads follow {command.new}."
