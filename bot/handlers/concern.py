"""Raising a concern: the owner's manager hears at once."""

from __future__ import annotations

from typing import Any

from bot.commands import Concern
from bot.excerpt import beginning
from bot.facts import PublicEntry
from bot.grammar import label
from bot.turn import Turn
from store import conversation
from store.case import Case
from store.people import Person


def raise_concern(turn: Turn, command: Concern) -> str:
    """Tell the manager, with the last of the conversation, and tell the customer who was told."""
    case = turn.case(command.case)
    told = managers(turn, case)
    before = _digest(turn, case)
    category = turn.config.lists.concern_categories.get(command.category, "")
    if command.text:
        turn.say(case, command.text, visibility="public")
    turn.change(case)
    turn.record(
        case,
        "concern raised",
        phone=command.phone,
        category=command.category,
        told=[manager.shown for manager in told],
    )
    facts = {"phone": command.phone, "category": category}
    more = {"text": command.text, "sender": turn.person.shown, "entries": before}
    turn.tell_desk("concern raised", case, to=told, urgent=True, **facts, **more)
    who = ", ".join(manager.shown for manager in told)
    if not turn.person.staff and turn.request.may_answer:
        _confirm(turn, case, command, who=who, **facts)
    return f"Your concern about {label(case.id)} was passed to {who or 'the support team'}."


def _confirm(turn: Turn, case: Case, command: Concern, **facts: str) -> None:
    text = beginning(command.text)
    words: dict[str, Any] = {"text": text, "whole": text == command.text, "missing": _missing(command)}
    turn.tell("concern received", turn.person, case, **facts, **words)


def managers(turn: Turn, case: Case) -> list[Person]:
    """The owner's manager, else every manager, else all of the staff."""
    owner = turn.by_id(case.owner_id) if case.owner_id else None
    manager = turn.by_id(owner.manager_id) if owner and owner.manager_id else None
    if manager and manager.staff:
        return [manager]
    staff = turn.staff()
    return [person for person in staff if person.role == "manager"] or staff


def _missing(command: Concern) -> tuple[str, ...]:
    wanted = (
        ("a phone number where we can reach you", command.phone),
        ("what kind of concern it is", command.category),
    )
    return tuple(words for words, given in wanted if not given)


def _digest(turn: Turn, case: Case) -> tuple[PublicEntry, ...]:
    rows = conversation.latest(turn.tx, case.id, 3)
    return tuple(PublicEntry(row.name, row.text, row.received_at) for row in rows)
