"""Callback: a phone number in plain words, kept where a concern or a Blocker needs one."""

from __future__ import annotations

import re

from bot.commands.urgency import NameContact
from bot.desk.handlers.conversation import concern
from bot.desk.handlers.people import technical_contact
from bot.desk.turn.turn import Turn
from bot.model.translatable import together
from bot.syntax.phone_numbers import WrittenNumber, written_number
from store.cases.case import Case

_NAME = re.compile(r"[A-ZÀ-ÖØ-ÞŁŚŻ][\w’'-]+(?: [A-ZÀ-ÖØ-ÞŁŚŻ][\w’'-]+){1,3}")
"""A first name and more, and nothing else."""


def hear(turn: Turn, case: Case, text: str) -> str:
    """Take a phone number that something waits for; returns what to say, ``""`` if there is nothing."""
    written = written_number(text, turn.config.lists.id_names)
    if written is None:
        return ""
    return together(concern.hear_number(turn, case, written, text), _for_blocker(turn, case, written))


def _for_blocker(turn: Turn, case: Case, written: WrittenNumber) -> str:
    """Name a Blocker's contact by a number that is certain; others the desk reads in the reply itself."""
    if not written.named or not technical_contact.needs(turn, case):
        return ""
    name = written.before if _NAME.fullmatch(written.before) else ""
    turn.owe_word()
    return technical_contact.name(turn, NameContact(case.id, written.number, name))
