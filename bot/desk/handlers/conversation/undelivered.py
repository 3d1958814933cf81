"""Dead letters: who would want to know of an undelivered notice is told another way."""

from __future__ import annotations

from collections.abc import Callable

from bot.desk.turn.turn import Turn
from bot.model.choice import retry
from bot.model.rule import CUSTOMERS
from bot.notices.conversation import CustomerActed
from store.cases import participant, thread
from store.cases.case import Case
from store.queues import outbox_outcomes
from store.queues.outbox_outcomes import DeadDelivery

KIND, LATE, REFUSED = "undelivered:", "unshown:", "place refused:"
"""A timer of such a kind names the delivery (``undelivered:17``), or why a place did not take it."""


def tell(turn: Turn, case: Case, kind: str, returned: Callable[[Turn, Case], None]) -> str:
    """Tell the desk what a customer did not get, and by mail what its board did not take.

    ``returned`` lets a case return to work that waited for this customer.
    """
    number = int(kind.removeprefix(KIND))
    row = outbox_outcomes.given_up(turn.tx, number)
    if row is None:
        return "tried again meanwhile"
    there = thread.at(turn.tx, row.channel, row.recipient)
    if there is not None and there.side == "customer":
        return tell_of_place(turn, case, f"{REFUSED}{_why(row)}")
    person = turn.people.by_id(row.person_id) if row.person_id else None
    turn.record(
        case, "not delivered", notice=row.notice, to=person.shown if person else row.channel, why=row.reason
    )
    if person is None:
        board = row.channel.title()
        _by_mail(
            turn,
            case,
            row,
            f"The message “{row.notice}” could not be shown in {board} ({_why(row)}), so it comes by mail",
        )
    elif not person.staff:
        if participant.role(turn.tx, case.id, person.id) in CUSTOMERS:
            returned(turn, case)
        what = f"The message “{row.notice}” could not be delivered to {person.shown} ({_why(row)})"
        choices = (retry(case.id, number),)
        turn.notifier.tell_desk(CustomerActed(what=what, choices=choices), case)
    return "told what could not be delivered"


def tell_late(turn: Turn, case: Case, kind: str) -> str:
    """The desk hears by mail what its board has not taken yet."""
    row = outbox_outcomes.given_up(turn.tx, int(kind.removeprefix(LATE)), outcome="waiting")
    if row is None:
        return "shown meanwhile"
    turn.record(case, "not delivered", notice=row.notice, to=row.channel, why="it waits")
    board = row.channel.title()
    what = f"{board} takes nothing from us just now, so this comes by mail. It will be in {board} too, once that works"
    _by_mail(turn, case, row, what)
    return "told by mail what a board does not take"


def tell_of_place(turn: Turn, case: Case, kind: str) -> str:
    """Tell the desk that a shared place refuses us, and that each of its customers is told alone now."""
    why = kind.removeprefix(REFUSED)
    what = (
        f"The customers' own channel does not take what we say ({why}), so each of them is told alone from now on. "
        "If it is to be read there again, let somebody of theirs invite the app"
    )
    turn.record(case, "not delivered", notice="what is said here", to="the customers' channel", why=why)
    turn.notifier.tell_desk(CustomerActed(what=what), case)
    return "told that a place refuses us"


def _by_mail(turn: Turn, case: Case, row: DeadDelivery, what: str) -> None:
    """Send a board's notice by mail; not a card, which says nothing by itself."""
    if row.key:
        return
    text = turn.notifier.words(row.channel, row.payload)
    turn.notifier.tell_all(CustomerActed(what=what, text=text), turn.people.watchers(case), case)


def _why(row: DeadDelivery) -> str:
    return " ".join(row.reason.split())[:200].rstrip(".")
