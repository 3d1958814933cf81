"""Concerns: the owner's manager hears at once, takes it or is reminded, and then the next level hears."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.commands import Concern
from bot.commands.urgency import TakeConcern
from bot.excerpt import beginning
from bot.facts import PublicEntry
from bot.grammar import label
from bot.handlers import targets, timers
from bot.handlers.superiors import above, managers
from bot.refusals import Refusal
from bot.sayings import saying
from bot.settings import lasting
from bot.turn import Turn
from store import concern as concerns
from store import conversation, timer
from store.case import Case
from store.concern import Concern as Raised
from store.people import Person

REMIND, NEXT = "concern waits", "concern goes up"
KINDS = (REMIND, NEXT)


def raise_concern(turn: Turn, command: Concern) -> str:
    """Tell the manager, with the last of the conversation, and tell the customer who was told.

    A case that waited for its customer waits no longer: they have spoken, and are not reminded to.
    While an earlier one on the case is fresh, it is added to that: nobody is called twice.
    """
    case = turn.case(command.case)
    before = _digest(turn, case)
    if command.text:
        turn.say(case, command.text, visibility="public")
    if not turn.person.staff:
        timers.asked(turn, case)
    turn.change(case)
    earlier = concerns.latest(turn.tx, case.id)
    if earlier is not None and _fresh(turn, earlier):
        return _add(turn, case, command, earlier)
    told = managers(turn, case)
    concerns.add(
        turn.tx,
        case.id,
        turn.person.id,
        phone=command.phone,
        category=command.category,
        told=[manager.id for manager in told],
        now=turn.now,
    )
    _record(turn, case, command, told)
    _remind(turn, case, REMIND, turn.config.concern.remind_after)
    _tell_managers(turn, case, command, told, before)
    return _received(turn, case, command, told)


def _fresh(turn: Turn, earlier: Raised) -> bool:
    quiet = turn.config.concern.quiet
    return bool(quiet) and turn.now - earlier.raised_at < lasting(quiet)


def _add(turn: Turn, case: Case, command: Concern, earlier: Raised) -> str:
    """What is said again, or was missing, belongs to the one that is on its way already."""
    phone, category = command.phone or earlier.phone, command.category or earlier.category
    concerns.add_details(turn.tx, earlier.id, phone=phone, category=category)
    turn.record(case, "concern added to", phone=command.phone, category=command.category)
    told = [person for number in earlier.told if (person := turn.by_id(number))]
    fresh = command.phone not in ("", earlier.phone) or command.category not in ("", earlier.category)
    more = f" (phone: {command.phone})" if command.phone else ""
    what = f"{turn.person.shown} added to the concern{more}"
    turn.tell_desk("customer acted", case, to=told if fresh else None, what=what, text=command.text)
    return _received(turn, case, command, told, phone=phone, category=category)


def _record(turn: Turn, case: Case, command: Concern, told: Sequence[Person]) -> None:
    turn.record(
        case,
        "concern raised",
        phone=command.phone,
        category=command.category,
        told=[manager.shown for manager in told],
    )


def _tell_managers(
    turn: Turn, case: Case, command: Concern, told: Sequence[Person], before: tuple[PublicEntry, ...]
) -> None:
    facts = {"phone": command.phone, "category": _words(turn, command.category)}
    more = {"text": command.text, "sender": turn.person.shown, "entries": before}
    turn.tell_desk("concern raised", case, to=told, urgent=True, **facts, **more)


def _received(
    turn: Turn,
    case: Case,
    command: Concern,
    told: Sequence[Person],
    *,
    phone: str = "",
    category: str = "",
) -> str:
    who = ", ".join(person.shown for person in told)
    if not turn.person.staff and turn.request.may_answer:
        text = beginning(command.text)
        phone, category = phone or command.phone, category or command.category
        facts: dict[str, Any] = {"phone": phone, "category": _words(turn, category), "who": who}
        facts |= {"text": text, "whole": text == command.text, "missing": _missing(phone, category)}
        by = _moment(turn, case, turn.config.concern.remind_after)
        turn.tell("concern received", turn.person, case, by_at=by, **facts)
    return saying(
        "Your concern about {case} was passed to {who}.",
        case=label(case.id),
        who=who or saying("the support team"),
    )


def take(turn: Turn, command: TakeConcern) -> str:
    """Somebody of the desk takes what was raised: nobody is reminded any more, and each raiser hears who it is."""
    case = turn.case(command.case)
    raised = _untaken(turn, case)
    for one in raised:
        concerns.take(turn.tx, one.id, turn.person.id, now=turn.now)
        timer.cancel(turn.tx, one.case_id, KINDS)
    if command.text:
        turn.say(case, command.text, visibility="public")
    turn.change(case)
    turn.record(case, "concern taken")
    told = _tell_raisers(turn, case, raised, command.text)
    known = f", and {' and '.join(told)} {'was' if len(told) == 1 else 'were'} told" if told else ""
    turn.tell_desk("customer acted", case, what=f"{turn.person.shown} has taken the concern", text="")
    return f"The concern on {label(case.id)} is yours{known}."


def _untaken(turn: Turn, case: Case) -> Sequence[Raised]:
    """What nobody has taken, the last first. Raises a refusal if there is nothing."""
    if raised := concerns.untaken(turn.tx, case.id):
        return raised
    last = concerns.latest(turn.tx, case.id)
    if last is None:
        raise Refusal(f"No concern was raised on {label(case.id)}.")
    taker = turn.by_id(last.taken_by) if last.taken_by else None
    raise Refusal(f"{taker.shown if taker else 'Somebody'} has taken that concern already.")


def _tell_raisers(turn: Turn, case: Case, raised: Sequence[Raised], text: str) -> list[str]:
    """Once each, with the number that they gave last; their names."""
    phones = {one.person_id: one.phone for one in reversed(raised)}
    raisers = [person for person in turn.customers(case) if person.id in phones]
    for person in raisers:
        facts = {"by": turn.person.shown, "phone": phones[person.id], "text": text}
        turn.tell("concern taken", person, case, **facts)
    return [person.shown for person in raisers]


def strike(turn: Turn, case: Case, kind: str) -> str:
    """Remind who was told; if that did not help, tell the next level."""
    raised = concerns.last_on(turn.tx, case.id)
    if raised is None or raised.taken_at is not None:
        return "taken already"
    if kind == REMIND:
        told = [person for number in raised.told if (person := turn.by_id(number)) and person.staff]
        turn.record(case, "concern reminded", who=[person.shown for person in told])
        _remind(turn, case, NEXT, turn.config.concern.next_after)
    else:
        told = above(turn, raised.told)
        if not told:
            return "there is nobody above"
        numbers = [*raised.told, *(person.id for person in told)]
        concerns.pass_on(turn.tx, raised.id, told=numbers, level=raised.level + 1)
        turn.record(case, "concern passed on", who=[person.shown for person in told])
        _remind(turn, case, NEXT, turn.config.concern.next_after)
    _tell_waiting(turn, case, raised, told)
    return "told that nobody has taken the concern"


def _tell_waiting(turn: Turn, case: Case, raised: Raised, told: Sequence[Person]) -> None:
    raiser = turn.by_id(raised.person_id)
    turn.tell_desk(
        "concern waits",
        case,
        to=told,
        urgent=True,
        sender=raiser.shown if raiser else "",
        phone=raised.phone,
        category=_words(turn, raised.category),
        since=raised.raised_at,
        entries=_digest(turn, case),
    )


def _remind(turn: Turn, case: Case, kind: str, after: str) -> None:
    timer.cancel(turn.tx, case.id, KINDS)
    at = _moment(turn, case, after)
    if at:
        timer.start(turn.tx, case.id, kind, at)


def _moment(turn: Turn, case: Case, after: str) -> datetime | None:
    """In the working hours of the case's calendar; a Blocker knows none. None: never."""
    if not after:
        return None
    if case.priority in targets.level(turn, case.account_id).round_the_clock:
        return turn.now + lasting(after)
    return targets.level(turn, case.account_id).calendar.after(turn.now, lasting(after))


def _words(turn: Turn, category: str) -> str:
    return turn.config.lists.concern_categories.get(category, "")


def _missing(phone: str, category: str) -> tuple[str, ...]:
    wanted = (
        ("a phone number where we can reach you", phone),
        ("what kind of concern it is", category),
    )
    return tuple(words for words, given in wanted if not given)


def _digest(turn: Turn, case: Case) -> tuple[PublicEntry, ...]:
    rows = conversation.latest(turn.tx, case.id, 3)
    return tuple(PublicEntry(row.name, row.text, row.received_at) for row in rows)
