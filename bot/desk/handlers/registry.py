"""The registry: which function handles which command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.commands import (
    AddPerson,
    Assign,
    Attach,
    Bounced,
    Close,
    Command,
    Concern,
    Due,
    Help,
    Keep,
    Missed,
    My,
    Note,
    Open,
    Rate,
    RemovePerson,
    Reopen,
    Reply,
    Search,
    Show,
    Take,
    Unclear,
)
from bot.commands.articles import Deflect, Solved
from bot.commands.triage import Accept, Merge, OpenFor, Spam, Split, Unmerge
from bot.commands.urgency import ChangePriority, DecidePriority, NameContact, Queue, TakeConcern
from bot.commands.work import AskFor, Handover, SetField, Wait, Workaround
from bot.desk.handlers import browse, queue, timer_due
from bot.desk.handlers.cases import articles, forward, handover, lifecycle, merge, open_case, split, survey
from bot.desk.handlers.conversation import accept_spam, bounced, case_fields, concern, conversation, priority
from bot.desk.handlers.people import participants, technical_contact
from bot.desk.turn.turn import Turn

Handler = Callable[[Turn, Any], str]
"""Does it within the turn's transaction, and says in a sentence what was done; raises a refusal."""

HANDLERS: Mapping[type[Command], Handler] = {
    Open: open_case.open_case,
    Reply: conversation.reply,
    Attach: conversation.attach,
    Note: conversation.note,
    Keep: conversation.keep,
    Missed: conversation.missed,
    Reopen: lifecycle.reopen,
    Close: lifecycle.close,
    Take: lifecycle.take,
    Assign: lifecycle.assign,
    Handover: handover.hand_over,
    Concern: concern.raise_concern,
    AddPerson: participants.add_person,
    RemovePerson: participants.remove_person,
    My: browse.my,
    Show: browse.show,
    Search: browse.find,
    Help: browse.give_help,
    Rate: survey.rate,
    Solved: articles.solved,
    Deflect: articles.deflect,
    Due: timer_due.due,
    Bounced: bounced.bounced_back,
    OpenFor: forward.open_for,
    Merge: merge.merge,
    Unmerge: merge.unmerge,
    Split: split.split,
    Accept: accept_spam.accept,
    Spam: accept_spam.spam,
    ChangePriority: priority.change,
    DecidePriority: priority.decide,
    NameContact: technical_contact.name,
    TakeConcern: concern.take,
    Queue: queue.queue,
    AskFor: case_fields.ask_for,
    Wait: case_fields.wait,
    Workaround: case_fields.workaround,
    SetField: case_fields.set_field,
    Unclear: browse.unclear,
}
