"""The table of handlers: which function does what a command asks."""

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
from bot.commands.solving import Deflect, Solved
from bot.commands.sorting import Accept, Merge, OpenFor, Spam, Split, Unmerge
from bot.commands.urgency import ChangePriority, DecidePriority, NameContact, Queue, TakeConcern
from bot.commands.working import AskFor, Handover, SetField, Wait, Workaround
from bot.handlers import (
    accepting,
    bounced,
    browse,
    concern,
    contact,
    conversation,
    deflecting,
    due,
    forwarding,
    handover,
    lifecycle,
    merging,
    opening,
    participants,
    priority,
    queue,
    splitting,
    survey,
    working,
)
from bot.turn import Turn

Handler = Callable[[Turn, Any], str]
"""Does it within the turn's transaction, and says in a sentence what was done; raises a refusal."""

HANDLERS: Mapping[type[Command], Handler] = {
    Open: opening.open_case,
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
    Solved: deflecting.solved,
    Deflect: deflecting.deflect,
    Due: due.due,
    Bounced: bounced.bounced_back,
    OpenFor: forwarding.open_for,
    Merge: merging.merge,
    Unmerge: merging.unmerge,
    Split: splitting.split,
    Accept: accepting.accept,
    Spam: accepting.spam,
    ChangePriority: priority.change,
    DecidePriority: priority.decide,
    NameContact: contact.name,
    TakeConcern: concern.take,
    Queue: queue.queue,
    AskFor: working.ask_for,
    Wait: working.wait,
    Workaround: working.workaround,
    SetField: working.set_field,
    Unclear: browse.unclear,
}
