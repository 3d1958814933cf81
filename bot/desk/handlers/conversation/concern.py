"""Concerns: the owner's manager hears at once, takes them, and the customer hears who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.commands.urgency import Concern, TakeConcern
from bot.config.settings import lasting
from bot.desk.handlers.cases import waiting_dispatches
from bot.desk.handlers.deadlines import concern_escalation, timers
from bot.desk.handlers.people import technical_contact
from bot.desk.handlers.people.managers import managers
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import Refusal
from bot.model.excerpt import beginning
from bot.model.facts import PublicEntry
from bot.model.translatable import enumerated, saying
from bot.notices.conversation import CustomerActed
from bot.notices.urgency import ConcernRaised, ConcernReceived, ConcernTaken
from bot.syntax.case_numbers import label
from bot.syntax.phone_numbers import WrittenNumber, written_number
from store.cases import concern as concerns
from store.cases import entry as entries
from store.cases.case import Case
from store.cases.concern import RaisedConcern as Raised
from store.people.person import Person

NUMBER = "We need a number that we can call, with the country code: +33 1 23 45 67 89"


@handles(Concern)
def raise_concern(turn: Turn, command: Concern) -> str:
    """Tell the manager, with the last of the conversation, and tell the customer who was told.

    A case that waited for its customer waits no longer: they have spoken, and are not reminded to. While an
    earlier concern on the case is recent, this one is added to it: managers are notified only of new details.
    """
    if command.phone:
        command = replace(command, phone=technical_contact.number(command.phone, saying(NUMBER)))
    case = turn.case(command.case)
    before = concern_escalation.digest(turn, case)
    earlier = _earlier(turn, case)
    rows = entries.entries(turn.tx, case.id) if earlier and command.text else ()
    repeated = any(row.text == command.text for row in rows if row.person_id == turn.person.id)
    if command.text:
        turn.say(case, command.text, visibility="public")
    if repeated and not turn.said.attachments:
        command = replace(command, text="")
    if not turn.person.staff:
        waiting_dispatches.settle(turn, case)
        timers.asked(turn, case)
    turn.change(case)
    if earlier is not None and (holders := concern_escalation.holders(turn, earlier)):
        return _add(turn, case, command, earlier, holders)
    recipients = managers(turn, case)
    concerns.add(
        turn.tx,
        case.id,
        turn.person.id,
        phone=command.phone,
        category=command.category,
        recipients=[manager.id for manager in recipients],
        now=turn.now,
    )
    _record(turn, case, command, recipients)
    concern_escalation.begin(turn, case)
    _tell_managers(turn, case, command, recipients, before)
    return _received(turn, case, command, recipients, waits=True)


def hear_number(turn: Turn, case: Case, written: WrittenNumber, text: str) -> str:
    """Take a number for the asker's last concern, if that has none, and tell both sides.

    A number that is uncertain is left to whoever has the concern. Returns what else to say: nothing.
    """
    own = (concern for concern in concerns.of(turn.tx, case.id) if concern.person_id == turn.person.id)
    raised = next(own, None)
    if raised is None or raised.phone:
        return ""
    holders = concern_escalation.holders(turn, raised) or managers(turn, case)
    if not written.sure:
        if raised.taken_at or _perhaps_before(turn, case, raised):
            return ""
        what = saying("{who}, who raised the concern, perhaps gave a phone number", who=turn.person.shown)
        turn.notifier.tell_desk(CustomerActed(what=what, text=text), case, to=holders)
        return ""
    concerns.add_details(turn.tx, raised.id, phone=written.number, category=raised.category)
    turn.record(case, "concern added to", phone=written.number, category="")
    what = saying(
        "{who} gave a phone number for the concern: {phone}", who=turn.person.shown, phone=written.number
    )
    turn.notifier.tell_desk(CustomerActed(what=what, text=text), case, to=holders)
    if turn.request.may_answer:
        _tell_noted(turn, case, raised, holders, phone=written.number)
    return ""


def _perhaps_before(turn: Turn, case: Case, raised: Raised) -> bool:
    """Did they perhaps give a number before? The holders of the concern are told of the first only."""
    texts = [
        row.text
        for row in entries.entries(turn.tx, case.id)
        if row.person_id == turn.person.id and row.received_at > raised.raised_at
    ]
    numbers = (written_number(text, turn.config.lists.id_names) for text in texts)
    return len([number for number in numbers if number and not number.sure]) > 1


def _tell_noted(turn: Turn, case: Case, raised: Raised, holders: Sequence[Person], *, phone: str) -> None:
    """Tell at which number they will be called, and by when they hear from whom; asks nothing twice."""
    after = turn.config.concern.remind_after
    by = None if raised.taken_at else concern_escalation.moment(turn, case, after)
    category, who = (
        concern_escalation.words(turn, raised.category),
        ", ".join(holder.shown for holder in holders),
    )
    turn.notifier.tell(ConcernReceived(phone=phone, category=category, who=who, by_at=by), turn.person, case)


def _earlier(turn: Turn, case: Case) -> Raised | None:
    """A concern raised on the case within the quiet time: the asker's own, else the last."""
    quiet = turn.config.concern.quiet
    if not quiet:
        return None
    fresh = [
        recent for recent in concerns.of(turn.tx, case.id) if turn.now - recent.raised_at < lasting(quiet)
    ]
    own = [recent for recent in fresh if recent.person_id == turn.person.id]
    return next(iter(own or fresh), None)


def _add(turn: Turn, case: Case, command: Concern, earlier: Raised, holders: Sequence[Person]) -> str:
    """Add to a concern that is waiting, or was taken already.

    Another person's concern joins it, beside it: its raiser is called at their own number. Without a new number,
    a first category or another person, only new text is passed on, to the owner and the taker of the concern.
    """
    news = True
    if earlier.person_id == turn.person.id:
        phone, category = command.phone or earlier.phone, command.category or earlier.category
        news = phone != earlier.phone or bool(command.category and not earlier.category)
        concerns.add_details(turn.tx, earlier.id, phone=phone, category=category)
        turn.record(case, "concern added to", phone=command.phone, category=command.category)
    else:
        phone, category = command.phone, command.category
        _join(turn, case, command, earlier, holders)
    waits = earlier.taken_at is None
    if news or command.text:
        _tell_holders(turn, case, command, earlier, () if waits and not news else holders)
    return _received(turn, case, command, holders, waits=waits, phone=phone, category=category, news=news)


def _join(turn: Turn, case: Case, command: Concern, earlier: Raised, holders: Sequence[Person]) -> None:
    """Join another person's concern. Where none on this very case is reminded of, it stands by itself."""
    details = {"phone": command.phone, "category": command.category}
    concerns.join(turn.tx, earlier, case_id=case.id, person_id=turn.person.id, **details)
    _record(turn, case, command, holders)
    if earlier.taken_at is None and earlier.case_id != case.id and not concern_escalation.running(turn, case):
        concern_escalation.begin(turn, case)


def _tell_holders(
    turn: Turn, case: Case, command: Concern, earlier: Raised, holders: Sequence[Person]
) -> None:
    """Tell those who have the concern, or know of it, and the case's owner, what was added."""
    owner = turn.people.by_id(case.owner_id) if case.owner_id else None
    also = [owner] if owner and owner.staff and owner not in holders else []
    own = earlier.person_id == turn.person.id
    category = concern_escalation.words(turn, command.category)
    details = _DETAILS[bool(command.phone), bool(category)]
    pattern = _ADDED if own else _RAISED_TOO
    what = saying(
        pattern[bool(details)],
        who=turn.person.shown,
        details=saying(details, phone=command.phone, category=saying(category)),
    )
    readers = [*holders, *also] or [turn.person]  # nobody but the boards
    turn.notifier.tell_desk(CustomerActed(what=what, text=command.text), case, to=readers)


_ADDED = ("{who} added to the concern", "{who} added to the concern ({details})")
_RAISED_TOO = ("{who} has raised a concern too", "{who} has raised a concern too ({details})")
_DETAILS = {
    (False, False): "",
    (True, False): "phone: {phone}",
    (False, True): "{category}",
    (True, True): "phone: {phone}, {category}",
}


def _record(turn: Turn, case: Case, command: Concern, recipients: Sequence[Person]) -> None:
    turn.record(
        case,
        "concern raised",
        phone=command.phone,
        category=command.category,
        told=[manager.shown for manager in recipients],
    )


def _tell_managers(
    turn: Turn, case: Case, command: Concern, recipients: Sequence[Person], before: tuple[PublicEntry, ...]
) -> None:
    notice = ConcernRaised(
        phone=command.phone,
        category=concern_escalation.words(turn, command.category),
        text=command.text,
        sender=turn.person.shown,
        entries=before,
    )
    turn.notifier.tell_desk(notice, case, to=recipients, urgent=True)


def _received(
    turn: Turn,
    case: Case,
    command: Concern,
    recipients: Sequence[Person],
    *,
    waits: bool,
    phone: str = "",
    category: str = "",
    news: bool = True,
) -> str:
    """Tell the customer any news: who is informed, and by when they hear who has taken it."""
    who = ", ".join(person.shown for person in recipients)
    if news and not turn.person.staff and turn.request.may_answer:
        text = beginning(command.text)
        phone, category = phone or command.phone, category or command.category
        after = turn.config.concern.remind_after
        notice = ConcernReceived(
            phone=phone,
            category=concern_escalation.words(turn, category),
            text=text,
            whole=text == command.text,
            missing=_missing(phone, category),
            who=who,
            by_at=concern_escalation.moment(turn, case, after) if waits else None,
        )
        turn.notifier.tell(notice, turn.person, case)
    return saying(
        "Your concern about {case} was passed to {who}.",
        case=label(case.id),
        who=who or saying("the support team"),
    )


@handles(TakeConcern)
def take(turn: Turn, command: TakeConcern) -> str:
    """Take the concerns of a case: nobody is reminded any more, and each raiser is told who took them."""
    case = turn.case(command.case)
    raised = _untaken(turn, case)
    for untaken in raised:
        concerns.take(turn.tx, untaken.id, turn.person.id, now=turn.now)
    concern_escalation.end(turn, raised)
    if command.text:
        turn.say(case, command.text, visibility="public")
    turn.change(case)
    turn.record(case, "concern taken")
    names = _tell_raisers(turn, case, raised, command.text)
    what = saying("{who} has taken the concern", who=turn.person.shown)
    turn.notifier.tell_desk(CustomerActed(what=what), case)
    return saying(_YOURS[min(len(names), 2)], case=label(case.id), who=enumerated(*names))


_YOURS = (
    "The concern on {case} is yours.",
    "The concern on {case} is yours, and {who} was told.",
    "The concern on {case} is yours, and {who} were told.",
)


def _untaken(turn: Turn, case: Case) -> Sequence[Raised]:
    """Concerns that nobody has taken, the last first. Raises a refusal if there are none."""
    if raised := concerns.untaken(turn.tx, case.id):
        return raised
    last = concerns.latest(turn.tx, case.id)
    if last is None:
        raise Refusal(saying("No concern was raised on {case}.", case=label(case.id)))
    taker = turn.people.by_id(last.taken_by) if last.taken_by else None
    if taker is None:
        raise Refusal(saying("Somebody has taken that concern already."))
    raise Refusal(saying("{who} has taken that concern already.", who=taker.shown))


def _tell_raisers(turn: Turn, case: Case, raised: Sequence[Raised], text: str) -> list[str]:
    """Tell each raiser once, with the number that they gave last; returns their names."""
    by_raiser = concern_escalation.by_raiser(raised)
    raisers = [person for person in turn.people.customers(case) if person.id in by_raiser]
    for person in raisers:
        phone = by_raiser[person.id].phone
        turn.notifier.tell(ConcernTaken(by=turn.person.shown, phone=phone, text=text), person, case)
    return [person.shown for person in raisers]


def _missing(phone: str, category: str) -> tuple[str, ...]:
    wanted = (
        (saying("a phone number where we can reach you"), phone),
        (saying("what kind of concern it is"), category),
    )
    return tuple(words for words, value in wanted if not value)
