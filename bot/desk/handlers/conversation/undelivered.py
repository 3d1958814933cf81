"""Dead letters: who would want to know of an undelivered notice is told another way."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from bot.desk.turn.turn import Turn
from bot.model.choice import retry
from bot.model.mail_address import has_mail
from bot.model.rule import CUSTOMERS
from bot.model.translatable import Saying, restored, saying, stored, together
from bot.notices.conversation import CustomerActed
from bot.notices.notice import NOTICES, called
from bot.policy import permissions
from store.cases import case as cases
from store.cases import participant, thread
from store.cases.case import Case
from store.people.person import Person
from store.queues import dispatch, outbox_outcomes
from store.queues.outbox_outcomes import DeadDelivery

KIND, LATE, REFUSED = "undelivered:", "unshown:", "place refused:"
UNREACHED, EPHEMERAL, DELAYED = "unreached:", "passing:", "delayed:"
"""A timer of such a kind, stored so, names the delivery (``undelivered:17``), or why a place did not take it."""
NOT_SHOWN = "This could not be shown in {channel} ({reason}), so it comes by mail"
DELAYED_FOR = (
    "{notice} could not be delivered to {who} so far ({reason}). Later messages are delivered before it, and casebot "
    "keeps trying"
)
NOT_DELIVERED_FOR = "{notice} could not be delivered to {who} ({reason})"


def tell(turn: Turn, case: Case, kind: str, returned: Callable[[Turn, Case], None]) -> str:
    """Tell the desk what a customer did not get, and by mail what its board did not take.

    ``returned`` lets a case return to work that waited for this customer.
    """
    number = int(kind.rpartition(":")[2])
    row = outbox_outcomes.given_up(turn.tx, number)
    if row is None:
        return "tried again meanwhile"
    if kind.startswith(UNREACHED) and _by_their_mail(turn, case, number, row):
        return "told by mail what another channel does not take"
    there = thread.at(turn.tx, row.channel, row.recipient)
    if there is not None and there.side == "customer":
        return tell_of_place(turn, case, f"{REFUSED}{stored(_why(row))}")
    person = turn.people.by_id(row.person_id) if row.person_id else None
    to = person.shown if person else row.channel
    turn.record(case, "not delivered", notice=row.notice, to=to, why=row.reason)
    if person is None:
        _not_shown(turn, case, row)
    elif not person.staff:
        if participant.role(turn.tx, case.id, person.id) in CUSTOMERS:
            returned(turn, case)
        what = saying(NOT_DELIVERED_FOR, notice=called(row.notice), who=person.shown, reason=_why(row))
        turn.notifier.tell_desk(CustomerActed(what=what, choices=(retry(case.id, number),)), case)
    return "told what could not be delivered"


def _by_their_mail(turn: Turn, case: Case, number: int, row: DeadDelivery) -> bool:
    """Tell a customer by mail what their chat does not take; False where none of their addresses is known.

    They are told by mail from then on, unless they read the case with others, until they speak elsewhere again.
    """
    person = turn.people.by_id(row.person_id) if row.person_id else None
    if person is None or not _reads_by_mail(turn, case, person):
        return False
    mail = turn.notifier.relay(row.channel, row.notice, row.payload, to=person, case=case)
    if mail is None:
        return False
    _stands_in(turn, mail, number)
    there = replace(person, channel=row.channel, address=row.recipient)
    if turn.places.reads_with_others(there, case) is None:
        participant.used(turn.tx, case.id, person)
    turn.record(case, "told by mail", notice=row.notice, to=person.shown, why=row.reason)
    return True


def _reads_by_mail(turn: Turn, case: Case, person: Person) -> bool:
    """Is it a customer of this case who can be told by mail?"""
    if person.staff or person.left or not has_mail(person) or not permissions.reachable(person):
        return False
    return participant.role(turn.tx, case.id, person.id) in CUSTOMERS


def _stands_in(turn: Turn, mail: int, number: int) -> None:
    """Make a mail what its reader has in place of this delivery, also in what was sent with it."""
    outbox_outcomes.went_with(turn.tx, number, mail, now=turn.now)
    for sent, channel in dispatch.of_deliveries(turn.tx, [number]).items():
        dispatch.include(turn.tx, sent, mail)
        turn.notifier.show_status(sent, channel)


def tell_ephemeral(turn: Turn, case: Case, kind: str) -> str:
    """Tell the desk what a customer was shown for a while (an ephemeral message), and may have missed.

    Each time of what a person wrote to them, or of files; else of the first notice to each customer.
    """
    number = int(kind.removeprefix(EPHEMERAL))
    row = outbox_outcomes.given_up(turn.tx, number, outcome="sent")
    person = turn.people.by_id(row.person_id) if row and row.person_id else None
    if row is None or person is None or person.staff:
        return "nobody is meant any more"
    files = ", ".join(file.name for file in turn.notifier.files(row.channel, row.payload))
    written = not NOTICES[row.notice].automatic or dispatch.of_deliveries(turn.tx, [number])
    if not files and not written and _shown_before(turn, case, person):
        return "the desk knows"
    turn.record(case, "shown in passing", notice=row.notice, to=person.shown, who=person.address)
    passing = saying(
        "{who} takes no direct messages from the app, so what is for them alone ({notice}) was shown only in passing, "
        "in the channel where they last wrote, and they may have missed it.",
        who=person.shown,
        notice=called(row.notice),
    )
    without = saying("Its files were not shown: {files}.", files=files) if files else ""
    join = saying(
        "Once their mail address is known (the command “join” makes it known), they get such things by mail"
    )
    what = together(passing, without, join)
    turn.notifier.tell_desk(CustomerActed(what=what), case)
    return "told that a customer is shown things in passing"


def _shown_before(turn: Turn, case: Case, person: Person) -> bool:
    """Has the desk heard on this case that this customer is shown things in passing?"""
    events = [row for row in cases.events(turn.tx, case.id) if row.name == "shown in passing"]
    return any(json.loads(row.detail).get("who") == person.address for row in events)


def tell_late(turn: Turn, case: Case, kind: str) -> str:
    """The desk hears by mail what its board has not taken yet."""
    row = outbox_outcomes.given_up(turn.tx, int(kind.removeprefix(LATE)), outcome="waiting")
    if row is None:
        return "shown meanwhile"
    turn.record(case, "not delivered", notice=row.notice, to=row.channel, why=saying("it waits"))
    what = saying(
        "{board} takes nothing from us just now, so this comes by mail. It will be in {board} too, once that works",
        board=turn.config.label_of(row.channel),
    )
    _by_mail(turn, case, row, what)
    return "told by mail what a board does not take"


def tell_delayed(turn: Turn, case: Case, kind: str) -> str:
    """Tell the support team that a delivery fails while later ones on the case are made."""
    row = outbox_outcomes.given_up(turn.tx, int(kind.removeprefix(DELAYED)), outcome="waiting")
    if row is None:
        return "delivered meanwhile"
    person = turn.people.by_id(row.person_id) if row.person_id else None
    there = thread.at(turn.tx, row.channel, row.recipient)
    if person is None and (there is None or there.side != "customer"):
        _not_shown(turn, case, row)
    elif person is None or not person.staff:
        who = person.shown if person else saying("the customers' channel")
        what = saying(DELAYED_FOR, notice=called(row.notice), who=who, reason=_why(row))
        turn.notifier.tell_desk(CustomerActed(what=what), case)
    return "told what is delayed"


def _not_shown(turn: Turn, case: Case, row: DeadDelivery) -> None:
    channel = turn.config.label_of(row.channel)
    _by_mail(turn, case, row, saying(NOT_SHOWN, channel=channel, reason=_why(row)))


def tell_of_place(turn: Turn, case: Case, kind: str) -> str:
    """Tell the desk that a shared place refuses us, and that each of its customers is told alone now."""
    why = restored(kind.removeprefix(REFUSED))
    what = saying(
        "The customers' own channel does not take what we say ({reason}), so each of them is told alone from now on. "
        "If it is to be read there again, let somebody of theirs invite the app",
        reason=why,
    )
    turn.record(case, "not delivered", to=saying("the customers' channel"), why=why)
    turn.notifier.tell_desk(CustomerActed(what=what), case)
    return "told that a place refuses us"


def _by_mail(turn: Turn, case: Case, row: DeadDelivery, what: str) -> None:
    """Send a board's notice by mail; not a card, which says nothing by itself."""
    if row.key:
        return
    text = turn.notifier.words(row.channel, row.payload)
    turn.notifier.tell_all(CustomerActed(what=what, text=text), turn.people.watchers(case), case)


def _why(row: DeadDelivery) -> str:
    """Return the reason (our own as a saying), or "tried again" during an attempt."""
    reason = restored(row.reason) or saying("tried again")
    return reason if isinstance(reason, Saying) else " ".join(reason.split())[:200].rstrip(".")
