"""Changes of what was sent: in time, they change what leaves; later, a correction is offered."""

from __future__ import annotations

from bot.commands import catalogue, parser
from bot.commands.case import Reply
from bot.commands.dispatch import Correct, Edit
from bot.commands.work import AskFor, Workaround
from bot.desk.handlers.conversation import conversation, dispatches
from bot.desk.turn.handler import HANDLERS, handles
from bot.desk.turn.restore import state_of
from bot.desk.turn.turn import Turn
from bot.model.choice import correction
from bot.model.errors import BadCommand, Refusal
from bot.model.message import EDITED
from bot.model.request import Command
from bot.model.translatable import together
from bot.notices.conversation import CustomerActed
from bot.syntax.case_numbers import label
from store.cases import entry as entries
from store.cases.case import Case
from store.queues import dispatch

WORDS = (Reply, AskFor, Workaround)
"""Commands whose words customers read."""


@handles(Edit)
def edit(turn: Turn, command: Edit) -> str:
    """Send the new words instead, if the first have not left; else keep them, and offer a correction."""
    case = turn.case(command.case)
    entry = turn.say(case, command.text, visibility="public", kind="automatic")
    turn.record(case, "kept as automatic", sender=turn.person.address, evidence=turn.request.evidence)
    turn.owe_word()
    waiting = dispatches.waiting(turn, case, command.original)
    if waiting and not dispatches.take_back(turn, case, waiting):
        turn.restored[case.id] = state_of(turn, case)
        return _instead(turn, case, command)
    sent = dispatch.of_request(turn.tx, turn.request.source, command.original)
    return _too_late(turn, case, command, entry if sent else 0)


def _instead(turn: Turn, case: Case, command: Edit) -> str:
    """Do what the message asks for now, as if it had said so at first."""
    commands = _asked(turn, case, command.anew)
    if not command.anew or not any(isinstance(asked, WORDS) for asked in commands):
        what = f"{turn.person.shown} took back what was to be sent: no customer has it"
        turn.notifier.tell_desk(CustomerActed(what=what), case)
        return f"Taken back: nothing was sent. {label(case.id)} keeps the words, for the support team alone."
    done = [HANDLERS[type(asked)](turn, asked) for asked in commands]
    return together("In time: your new words are sent instead of the first.", *done)


def _asked(turn: Turn, case: Case, text: str) -> list[Command]:
    """The commands of a message; words beside them are an answer where customers read them."""
    parsed = parser.begin(text, "!")
    here = turn.places.here(case.id)
    commands: list[Command] = []
    if parsed.rest.strip() and here is not None and here.side == "customer":
        commands.append(Reply(case.id, parsed.rest.strip()))
    for item in parsed.asked:
        try:
            commands.append(catalogue.command(item, case.id, turn.config.lists))  # type: ignore[arg-type]
        except (BadCommand, AttributeError):
            return []
    return commands


def _too_late(turn: Turn, case: Case, command: Edit, entry: int) -> str:
    """Tell the desk, and offer to send the new words."""
    conversation.tell_of_change(turn, case, "heard", command.text)
    if not command.anew:
        return "It has left already, so customers have what it said. If it must not stand, write to them."
    if not entry or not any(isinstance(asked, WORDS) for asked in _asked(turn, case, command.anew)):
        return "It has left already, so customers have its first words."
    turn.offer((correction(case.id, entry),))
    return (
        "It has left already, so customers have its first words. Shall they have the new ones, marked as a "
        "correction?"
    )


@handles(Correct)
def correct(turn: Turn, command: Correct) -> str:
    """Send the changed words, marked as a correction."""
    case = turn.case(command.case)
    rows = [row for row in entries.entries(turn.tx, case.id) if row.id == command.entry]
    if not rows or rows[0].person_id != turn.person.id or not rows[0].text.startswith(EDITED):
        raise Refusal("There is nothing to correct there: only who wrote the words can send them corrected.")
    asked = _asked(turn, case, rows[0].text.removeprefix(EDITED))
    words = [wanted.text for wanted in asked if isinstance(wanted, WORDS)]
    if not words:
        raise Refusal("These words were for nobody but the support team, so nothing was sent.")
    turn.record(case, "corrected")
    return conversation.answer(turn, case, "\n\n".join(words), correction=True)
