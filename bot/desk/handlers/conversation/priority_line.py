"""``Priority: Low`` in a reply changes nothing; its writer hears how to ask."""

from __future__ import annotations

from bot.commands.urgency import ChangePriority
from bot.desk.turn.turn import Turn
from bot.model.translatable import saying
from bot.syntax.case_numbers import label
from bot.syntax.fields import fields
from store.cases.case import Case


def answer(turn: Turn, case: Case, text: str) -> str:
    """What to say to a customer whose words begin with a priority line; ``""`` if there is nothing.

    Nothing if they do not begin so, or ask for it by a command as well.
    """
    wanted = fields(text, turn.config.lists)[0].get("priority", "")
    if wanted in ("", case.priority) or any(
        isinstance(command, ChangePriority) for command in turn.request.commands
    ):
        return ""
    turn.owe_word()
    return saying(
        "A specialist decides about the priority of a saved case, so {case} stays {priority}. To ask for another, "
        "write a line such as {line} and say why.",
        case=label(case.id),
        priority=saying(case.priority),
        line=f"{'!' if turn.request.place else '#'}priority {wanted}: …",
    )
