"""What only signs on messages ask for: the files of one message, and a message that stays inside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bot.commands.case import AddFiles, AskClosing, Attach, Withhold
from bot.desk.handlers.cases import waiting_dispatches
from bot.desk.handlers.conversation import conversation, dispatches
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import Refusal
from bot.model.translatable import enumerated, saying, together
from bot.notices.conversation import ClosingAsked, NoteWritten
from bot.syntax.case_numbers import label
from store.cases import attachment as attachments
from store.cases import entry
from store.cases.case import Case
from store.queues import inbox
from store.queues.dispatch import Dispatch


@handles(AskClosing)
def ask_closing(turn: Turn, command: AskClosing) -> str:
    """Ask the asker whether to close the case; it stays as it is until they say so."""
    case = turn.case(command.case)
    unknown = turn.person.role == "contact" and waiting_dispatches.closing_waits(turn, case)
    if case.state == "closed" and not unknown:
        raise Refusal(saying("{case} was closed already.", case=label(case.id)))
    turn.notifier.tell(ClosingAsked(), turn.person, case)
    return saying("{case} stays open until you say so.", case=label(case.id))


@handles(AddFiles)
def add_files(turn: Turn, command: AddFiles) -> str:
    """Add a message's files, as a note or for everybody; files that are there already are not added twice."""
    case = turn.case(command.case)
    if not _news(turn, case, inward=command.inward):
        raise Refusal(saying("These files are on {case} already.", case=label(case.id)))
    if not command.inward:
        return conversation.attach(turn, Attach(case.id))
    turn.say(case, "", visibility="internal")
    turn.record(case, "noted", evidence=turn.request.evidence)
    turn.notifier.tell_desk(NoteWritten(entry=turn.internal("")), case)
    return saying("The files were kept on {case}. Only the support team sees them.", case=label(case.id))


def _news(turn: Turn, case: Case, *, inward: bool) -> bool:
    """Is there a file that those who are meant do not have yet?"""
    present = attachments.hashes(turn.tx, case.id, public=not inward)
    return any(file.sha256 not in present for file in turn.said.attachments)


@handles(Withhold)
def withhold(turn: Turn, command: Withhold) -> str:
    """Make what a message said internal, on whatever case it did; it leaves no more, unless it has."""
    case = turn.case(command.case)
    sent = waiting_dispatches.standing(turn, turn.request.source, command.letter)
    if sent and not waiting_dispatches.take_back(turn, sent):
        return dispatches.taken_back(turn, sent)
    waiting_dispatches.take_back_rest(turn, sent)
    words = made_internal(turn, command.letter, sent)
    if not words:
        raise Refusal(saying("That message is no part of {case}.", case=label(case.id)))
    there = turn.places.among_customers(case.id) or any(row.in_thread for row in sent)
    return together(words, dispatches.STANDS_THERE if there else "")


def made_internal(turn: Turn, key: str, sent: Sequence[Dispatch]) -> str:
    """Make what the message of this key said internal; returns that in words.

    ``""`` if it said nothing. ``sent``: what it sent and was not taken back.
    """
    rows = _said_by(turn, key, sent)
    if not rows:
        return ""
    public = [row for row in rows if row.visibility == "public"]
    numbers = sorted({turn.case(row.case_id).leads_to for row in public or rows})
    names = enumerated(*map(label, numbers))
    if not public:
        return saying("On {cases} only the support team sees it.", cases=names)
    for row in public:
        entry.mark(turn.tx, row.id, kind=row.kind, visibility="internal")
    for number in numbers:
        case = turn.case(number)
        turn.change(case)
        turn.record(case, "made internal", evidence=turn.request.evidence)
    return saying(
        "On {cases} only the support team sees it from now on. Whoever was sent it already has it.",
        cases=names,
    )


def _said_by(turn: Turn, key: str, sent: Sequence[Dispatch]) -> list[Any]:
    """The entries that a message made, as it was written and as it was changed since."""
    letter = inbox.find(turn.tx, turn.request.source, key)
    numbers = {row.case_id for row in sent} | ({letter.case_id} if letter and letter.case_id else set())
    of_changes = {int(number) for row in sent for number in json.loads(row.entries)}
    rows = {row.id: row for number in numbers for row in entry.entries(turn.tx, number)}
    return [row for row in rows.values() if (letter and row.inbox_id == letter.id) or row.id in of_changes]
