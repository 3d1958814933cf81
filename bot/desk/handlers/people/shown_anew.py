"""Cards and messages of a case are written anew once what they showed was erased."""

from __future__ import annotations

from bot.commands.house import ShowAnew
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from store.erasure import chat_messages
from store.queues import redacted_message


@handles(ShowAnew)
def show_anew(turn: Turn, command: ShowAnew) -> str:
    """Have all that stands in chats about a case written anew; the case is changed in nothing."""
    turn.notifier.show_anew(turn.case(command.case))
    for delivery, channel, recipient in chat_messages.of(turn.tx, command.case):
        if turn.notifier.traits(channel).edits:
            turn.notifier.posted += redacted_message.refresh(
                turn.tx, delivery, channel, recipient, case_id=command.case, now=turn.now
            )
    return ""
