"""Broadcasts: planned, confirmed once, then told on each case in a transaction of its own."""

from __future__ import annotations

from bot.commands.broadcast import PlanBroadcast, SendBroadcast
from bot.desk.handlers.deadlines import timers
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import BadCommand, NotAllowed, Refusal
from bot.model.translatable import saying, together
from bot.notices.conversation import Answer
from bot.notices.desk import BroadcastDone
from bot.replies import library, placeholders
from bot.syntax.case_numbers import label
from store.cases import broadcast as broadcasts
from store.cases import case_list, timer
from store.cases.broadcast import PlannedBroadcast
from store.cases.case import Case
from store.people import account
from store.people.person import Person

KIND = "broadcast "
"""How the timers of its cases are called; the broadcast's id follows."""
MOST, LONGEST = 5000, 2500
"""Cases, and characters of its words."""
NAMED = 50
"""Cases that were not told and are named in the report; more are counted."""
NOT_YOURS = saying("Only managers send broadcasts here ([desk] broadcast in the config says who may).")


@handles(PlanBroadcast)
def plan(turn: Turn, command: PlanBroadcast) -> str:
    """Write which cases are told what, for the preview; nothing is sent."""
    _require_right(turn)
    _require_words(command.text)
    numbers = _chosen(turn, command)
    if not numbers:
        why = saying("No open case fits, so there is nobody to tell.")
        raise BadCommand(why, {"numbers": why})
    if len(numbers) > MOST:
        why = saying(
            "{count} cases are more than the {most} of one broadcast: choose fewer.",
            count=f"{len(numbers):,}",
            most=f"{MOST:,}",
        )
        raise BadCommand(why, {"numbers": why})
    broadcasts.plan(turn.tx, turn.person.id, command.text.strip(), numbers, now=turn.now)
    pattern = (
        "1 case would be told. Nothing is sent yet."
        if len(numbers) == 1
        else "{count} cases would be told. Nothing is sent yet."
    )
    return saying(pattern, count=f"{len(numbers):,}")


def _require_right(turn: Turn) -> None:
    if turn.config.desk.broadcast == "managers" and turn.person.role not in ("manager", "operator"):
        raise NotAllowed(NOT_YOURS)


def _require_words(text: str) -> None:
    wrong = list(placeholders.mistakes(text))
    if not text.strip():
        wrong.append(saying("Please write what they are to read."))
    if len(text) > LONGEST:
        wrong.append(saying("It is longer than {most} characters.", most=f"{LONGEST:,}"))
    if wrong:
        words = together(*wrong)
        raise BadCommand(words, {"text": words})


def _chosen(turn: Turn, command: PlanBroadcast) -> list[int]:
    """Numbers of the cases that fit all filters, and of those that were named. Raises ``BadCommand``."""
    accounts = [_account(turn, name) for name in command.accounts]
    filters = (command.types, accounts, command.ids, command.states)
    if not any(filters) and not command.numbers:
        why = saying("Choose at least one: a type, an account, an ID, a state, or numbers of cases.")
        raise BadCommand(why, {"numbers": why})
    fitting = case_list.open_numbers(
        turn.tx, types=command.types, accounts=accounts, ids=command.ids, states=command.states
    )
    return sorted({*(fitting if any(filters) else ()), *(_named(turn, number) for number in command.numbers)})


def _account(turn: Turn, name: str) -> int:
    account_id = account.named(turn.tx, name)
    if account_id is None:
        why = saying("There is no account “{name}”.", name=name[:60])
        raise BadCommand(why, {"accounts": why})
    return account_id


def _named(turn: Turn, number: int) -> int:
    """The open case that a number leads to. Raises ``BadCommand``."""
    case = turn.find_case(number)
    case = turn.find_case(case.leads_to) if case else None
    if case is None or case.over or case.held:
        pattern = (
            "{case} is held: accept it first."
            if case and case.held
            else "{case} is over: reopen it first."
            if case
            else "{case} is no case."
        )
        why = saying(pattern, case=label(number))
        raise BadCommand(why, {"numbers": why})
    return case.id


@handles(SendBroadcast)
def send(turn: Turn, command: SendBroadcast) -> str:
    """Confirm what was planned: each of its cases gets a timer that is due now."""
    _require_right(turn)
    planned = broadcasts.get(turn.tx, command.broadcast)
    if planned is None or planned.person_id != turn.person.id:
        raise Refusal(saying("There is no such broadcast of yours. Nothing was sent."))
    if not broadcasts.send(turn.tx, planned.id, now=turn.now):
        return saying("That was sent already. Nothing is sent twice.")
    rows = broadcasts.cases(turn.tx, planned.id)
    for row in rows:
        timer.start(turn.tx, row.case_id, f"{KIND}{planned.id}", turn.now)
    colleague = turn.people.is_colleague(planned.person_id)
    pattern = (
        "It is on its way to the customers of 1 case."
        if len(rows) == 1
        else "It is on its way to the customers of {count} cases."
    )
    then = (
        saying("You are told when all of them have it.")
        if colleague
        else saying("How far it is: casebot broadcast list.")
    )
    return together(saying(pattern, count=f"{len(rows):,}"), then)


def when_due(turn: Turn, case: Case, kind: str) -> str:
    """Tell one case; after the last one, tell whoever sent it."""
    planned = broadcasts.get(turn.tx, int(kind.removeprefix(KIND)))
    author = turn.people.by_id(planned.person_id) if planned else None
    if planned is None or author is None:
        return "not there any more"
    people, why = _tell(turn, planned, author, turn.case(case.leads_to), case)
    outcome = "failed" if why and not people else "told"
    why = turn.words_for(author, why)
    broadcasts.settle(turn.tx, planned.id, case.id, outcome, why=why, people=people)
    if broadcasts.finished(turn.tx, planned.id, now=turn.now):
        _report(turn, planned, author)
    return why or "told"


def _tell(turn: Turn, planned: PlannedBroadcast, author: Person, case: Case, listed: Case) -> tuple[int, str]:
    """Write and send it on a case; returns how many people get it, and why nobody does."""
    if why := _unfit(turn, planned, case, listed):
        return 0, why
    try:
        text = library.fill(turn.tx, turn.config, planned.text, case, author)
    except BadCommand as refusal:
        return 0, str(refusal.said)
    speaker = turn.acting_as(author)
    case = speaker.case(case.id)
    speaker.say(case, text, visibility="public")
    speaker.record(case, "broadcast", id=planned.id)
    timers.answered(speaker, case)
    people = _send_to_customers(speaker, case, text)
    turn.include(speaker)
    return people, ""


def _send_to_customers(speaker: Turn, case: Case, text: str) -> int:
    """Send the words to all customers of a case; returns to how many."""
    answer, author = Answer(entry=speaker.public(text)), speaker.person.shown
    customers = [person for person in speaker.people.customers(case) if person.id != speaker.person.id]
    recipients = [
        person for person in customers if speaker.notifier.tell(answer, person, case, author=author)
    ]
    speaker.notifier.tell_place(answer, case, author=author)
    return len(recipients)


def _unfit(turn: Turn, planned: PlannedBroadcast, case: Case, listed: Case) -> str:
    """Why nothing is told on a case, as it stands by now."""
    if case.id != listed.id and case.id in {row.case_id for row in broadcasts.cases(turn.tx, planned.id)}:
        return saying("it is a part of {case} now, which is told itself", case=label(case.id))
    if case.over:
        return saying("it is closed by now")
    if case.held:
        return saying("it is held: nobody has proven who wrote it")
    return "" if turn.people.customers(case) else saying("no customer of it can be reached")


def _report(turn: Turn, planned: PlannedBroadcast, author: Person) -> None:
    rows = broadcasts.cases(turn.tx, planned.id)
    failed = [(label(row.case_id), row.why) for row in rows if row.outcome == "failed"]
    text, read_on = _example(
        turn, planned, author, next((row.case_id for row in rows if row.outcome == "told"), 0)
    )
    notice = BroadcastDone(
        text=text,
        read_on=read_on,
        cases=len(rows) - len(failed),
        people=sum(row.people for row in rows),
        failed=tuple(failed[:NAMED]),
        more=max(len(failed) - NAMED, 0),
        number=str(planned.id),
    )
    turn.notifier.tell_alone(notice, author)


def _example(turn: Turn, planned: PlannedBroadcast, author: Person, number: int) -> tuple[str, str]:
    """The words as they read on a case, and its number; as planned if they are alike on all."""
    case = turn.find_case(number)
    case = turn.find_case(case.leads_to) if case else None
    if case is None:
        return planned.text, ""
    try:
        text = library.fill(turn.tx, turn.config, planned.text, case, author)
    except BadCommand:  # what it named is not there any more
        return planned.text, ""
    return text, "" if text == planned.text else label(case.id)
