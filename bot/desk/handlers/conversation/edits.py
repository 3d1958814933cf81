"""Changes of what was sent: in time, they change what leaves; later, a correction is offered."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.commands import catalogue, parser
from bot.commands.browse import Unclear
from bot.commands.case import Attach, Close, Note, Reopen, Reply
from bot.commands.dispatch import Correct, Edit
from bot.commands.parser import UnclearLine
from bot.commands.snippets import SendSnippet
from bot.commands.work import AskFor, Workaround
from bot.desk.handlers.cases import waiting_dispatches
from bot.desk.handlers.conversation import conversation, dispatches, marked
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.choice import correction
from bot.model.errors import BadCommand, Refusal
from bot.model.identity import Identity
from bot.model.message import DELETED, EDITED, Attachment
from bot.model.request import Command
from bot.model.translatable import saying, together
from bot.notices.conversation import CustomerActed
from bot.syntax.case_numbers import ParsedCommand, label
from store.cases import attachment as attachments
from store.cases import entry as entries
from store.cases import thread
from store.cases.case import Case
from store.queues import dispatch
from store.queues.dispatch import Dispatch

WORDS = (Reply, AskFor, Workaround)
"""Commands whose words customers read."""
SPEAKING = (*WORDS, SendSnippet, Attach, Close, Reopen)
"""Commands that customers are told of: a message that has none of them any more sends nothing."""
SENT_INSTEAD = saying("In time: your new words are sent instead of the first.")
NOT_SENT = saying("Taken back: nothing was sent.")
NOT_SENT_ANEW = saying(
    "It was taken back before it was sent, so what it says now goes to nobody. To send it, write it anew."
)
NEVER_SENT = saying("It was taken back before it was sent: nobody was sent it.")
CHANGED_THERE = saying(
    "Customers read your change in the thread, where your words stand. Nothing was sent besides."
)
GONE_THERE = saying("It is gone from the thread.")
GONE = saying("It has left already, so customers have what it said. If it must not stand, write to them.")


@handles(Edit)
def edit(turn: Turn, command: Edit) -> str:
    """Send the new words instead, if the first have not left; else keep them, and offer a correction."""
    sent = dispatch.of_request(turn.tx, turn.request.source, command.original)
    standing = waiting_dispatches.standing(turn, turn.request.source, command.original)
    numbers = {turn.case(row.case_id).leads_to for row in standing or sent}
    case = turn.case(command.case if not numbers or command.case in numbers else max(numbers))
    entry = _keep(turn, case, command)
    if standing and not waiting_dispatches.take_back(turn, standing):
        return _instead(turn, case, command, standing)
    if sent and not standing:
        return NOT_SENT_ANEW if command.anew else NEVER_SENT
    return _too_late(turn, case, command, entry if len(numbers) == 1 else 0)


def _keep(turn: Turn, case: Case, command: Edit) -> int:
    """Keep the change, for the support team alone unless customers read it there; returns its entry."""
    visibility = "public" if command.anew and turn.places.among_customers(case.id) else "internal"
    entry = turn.say(case, command.text, visibility=visibility, kind="automatic")
    turn.record(case, "kept as automatic", sender=turn.person.address, evidence=turn.request.evidence)
    turn.owe_word()
    return entry


def _instead(turn: Turn, case: Case, command: Edit, taken_back: Sequence[Dispatch]) -> str:
    """Do what the message asks for now, as if it had said so at first, with the files that it had."""
    turn.bring_files(_files(turn, taken_back))
    among = any(row.in_thread for row in taken_back)
    commands = (
        _asked(turn, command.case, command.anew, command.mentioned, among=among) if command.anew else []
    )
    if not any(isinstance(asked, SPEAKING) for asked in commands):
        what = saying("{who} took back what was to be sent: no customer has it", who=turn.person.shown)
        turn.notifier.tell_desk(CustomerActed(what=what), case)
        unclear = [asked.why for asked in commands if isinstance(asked, Unclear)]
        keeps = saying("{cases} keeps the words, for the support team alone.", cases=label(case.id))
        return together(NOT_SENT, keeps, *unclear)
    results = [_carried_out(turn, asked) for asked in commands]
    pairs = zip(commands, results, strict=True)
    speaks = any(done and isinstance(asked, SPEAKING) for asked, (done, _) in pairs)
    return together(SENT_INSTEAD if speaks else NOT_SENT, *(words for _, words in results))


def _carried_out(turn: Turn, command: Command) -> tuple[bool, str]:
    """Was one of several commands done, and what is said of it? A refusal stops none of the others."""
    try:
        return True, turn.carry_out(command)
    except Refusal as refusal:
        return False, refusal.said


def _files(turn: Turn, sent: Sequence[Dispatch]) -> list[Attachment]:
    """The files that were to go with these dispatches."""
    ids = {int(entry) for row in sent for entry in json.loads(row.entries)}
    rows = [row for number in {row.case_id for row in sent} for row in attachments.of_case(turn.tx, number)]
    files = {row.id: row for row in rows if row.entry_id in ids}
    return [Attachment(row.name, row.type, row.size, row.sha256, row.inline) for row in files.values()]


def _asked(
    turn: Turn, number: int, text: str, mentioned: Sequence[Identity] = (), *, among: bool = False
) -> list[Command]:
    """The commands of a message; words beside them are an answer where customers read them.

    They are about the case whose thread it stands in unless they name one; in no such thread, about ``number``.
    ``among``: the message stands among customers, wherever that is.
    """
    place = turn.request.place
    here = thread.at(turn.tx, turn.request.source, place) if place else None
    home = here.case_id if here else number
    parsed = parser.begin(text, "!")
    commands = [_command(turn, item, home, mentioned) for item in parsed.asked]
    if parsed.rest.strip() and (among or turn.places.among_customers(home)):
        commands.insert(0, Reply(home, parsed.rest.strip()))
    commands.sort(key=lambda asked: not isinstance(asked, Note))  # which has the files, if there is one
    return commands


def _command(
    turn: Turn, item: ParsedCommand | UnclearLine, number: int, mentioned: Sequence[Identity]
) -> Command:
    if isinstance(item, UnclearLine):
        return Unclear(item.line, item.why)
    try:
        meant = parser.beside_files(item) if turn.said.attachments else item
        return catalogue.command(meant, number, turn.config.lists, mentioned)
    except BadCommand as refusal:
        return Unclear(item.line, refusal.said)


def _too_late(turn: Turn, case: Case, command: Edit, entry: int) -> str:
    """Tell the desk, and offer to send the new words.

    ``entry`` has them; 0: there is no one case whose customers have the first.
    """
    conversation.tell_of_change(turn, case, "heard", command.text)
    if not command.anew:
        return _gone(turn, case, command)
    only_there = not dispatch.of_request(turn.tx, turn.request.source, command.original)
    if only_there and turn.places.among_customers(case.id):
        return CHANGED_THERE
    if not entry or not _corrected(turn, case, command.case, command.anew):
        return saying(
            "It has left already, so customers have its first words. To tell them something else, write to them."
        )
    turn.offer((correction(case.id, entry),))
    return saying(
        "It has left already, so customers have its first words. Shall they have the new ones, marked as a "
        "correction?"
    )


def _gone(turn: Turn, case: Case, command: Edit) -> str:
    """Withhold what was deleted or locked too late: what has not left, and what stood among customers."""
    sent = waiting_dispatches.standing(turn, turn.request.source, command.original)
    also = ""
    if waiting_dispatches.take_back_rest(turn, sent):
        also = saying("What had not left yet was taken back.")
    if not turn.places.among_customers(case.id) and not any(row.in_thread for row in sent):
        return together(GONE, also)
    there = GONE_THERE if command.text.startswith(DELETED) else dispatches.STANDS_THERE
    words = marked.made_internal(turn, command.original, sent)
    turn.touched = case
    return together(there, words, GONE if sent else "", also)


def _corrected(turn: Turn, case: Case, home: int, text: str) -> str:
    """The words of a changed message for this case's customers; none if any are for those of another case."""
    answers = [asked for asked in _asked(turn, home, text) if isinstance(asked, WORDS)]
    cases = [turn.find_case(answer.case) for answer in answers]
    here = all(other is not None and other.leads_to == case.leads_to for other in cases)
    return "\n\n".join(answer.text for answer in answers) if here else ""


@handles(Correct)
def correct(turn: Turn, command: Correct) -> str:
    """Send the changed words, marked as a correction."""
    case = turn.case(command.case)
    rows = [row for row in entries.entries(turn.tx, case.id) if row.id == command.entry]
    if not rows or rows[0].person_id != turn.person.id or not rows[0].text.startswith(EDITED):
        raise Refusal(
            saying("There is nothing to correct there: only who wrote the words can send them corrected.")
        )
    words = _corrected(turn, case, case.id, rows[0].text.removeprefix(EDITED))
    if not words:
        raise Refusal(
            saying("These words were not for the customers of this case alone, so nothing was sent.")
        )
    turn.record(case, "corrected")
    return conversation.answer(turn, case, words, correction=True)
