"""Words that lead to no case: put on the only open one of their writer, or its writer is asked."""

from __future__ import annotations

import json
from datetime import timedelta

from bot.commands.case import Attach, Keep, Reply, SeekCase
from bot.desk.handlers.conversation import conversation
from bot.desk.turn import rights
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.notices.conversation import CaseSought
from bot.queries.case_detail import case_line
from bot.queries.message_status import UNCHOSEN
from store.cases import case_list, participant, thread, timer
from store.cases.case import Case
from store.cases.thread import Thread
from store.people import rate_limit
from store.queues import inbox

OPEN = ("new", "open", "waiting")
MOST = 4
"""Cases that are named as a choice; the list has the others."""
TIME_TO_CHOOSE = timedelta(minutes=5)
"""Until a message is shown to the support team although its sender has chosen no case."""
OFFERED_EVERY = 600_000
"""Milliseconds within which a case is offered to one writer in one place once for the same text."""


@handles(SeekCase)
def seek(turn: Turn, command: SeekCase) -> str:
    """Put it on the asker's only open case if it was said to the desk alone; else ask, and do nothing."""
    if command.offered:
        return _offer(turn)
    states = (*OPEN, "resolved")
    numbers, count = participant.own(turn.tx, turn.person.id, states=states, most=MOST + 1)
    in_work = participant.own(turn.tx, turn.person.id, states=OPEN, most=2)[0]
    if turn.request.key.startswith(UNCHOSEN):
        put = turn.request.source, f"p:{turn.request.key.removeprefix(UNCHOSEN)}"
        if inbox.find(turn.tx, *put) or inbox.changes(turn.tx, *put):
            return ""  # a case was chosen
        newest = in_work or participant.own(turn.tx, turn.person.id, states=(*states, "closed"), most=1)[0]
        return conversation.keep(turn, Keep(newest[0], command.text, "unverified")) if newest else ""
    if command.alone and len(in_work) == 1 and not turn.person.staff:
        return _put(turn, in_work[0], command.text)
    rows = case_list.cases(turn.tx, numbers=numbers[:MOST], limit=MOST) if numbers else ()
    lines = tuple(map(case_line, rows))
    turn.notifier.tell(CaseSought(cases=lines, more=count > MOST, letter=turn.request.key), turn.person, None)
    if command.alone and in_work and not turn.person.staff:
        timer.start(turn.tx, in_work[0], f"{UNCHOSEN}{turn.said.inbox}", turn.now + TIME_TO_CHOOSE)
    return ""


def read_again(turn: Turn, case: Case, kind: str) -> str:
    """Put a message into the inbox again, whose reader shows it unless its sender has chosen a case."""
    row = inbox.get(turn.tx, int(kind.removeprefix(UNCHOSEN)))
    if row is None or row.dropped:
        return "the message is not kept any more"
    envelope = json.loads(row.envelope) | {"arrived": row.received_at.isoformat()}
    again = (row.source, f"{UNCHOSEN}{row.key}", row.raw, row.file, row.size, envelope, turn.now)
    inbox.accept(turn.tx, [inbox.DoorMessage(*again)], lease=timedelta())
    return "the message is read again"


def _put(turn: Turn, number: int, text: str) -> str:
    """Add it to the case; what is written below it from now on belongs there too."""
    words = turn.said.text.strip()
    rights.allow(turn, Reply(number, text))
    if turn.request.place:
        own = Thread(turn.request.source, turn.request.place, number, "customer", turn.person.id)
        thread.begin(turn.tx, own)
    done = (
        conversation.reply(turn, Reply(number, text)) if words else conversation.attach(turn, Attach(number))
    )
    turn.owe_word()
    return done


def _offer(turn: Turn) -> str:
    """Offer to open a case; for the same text once in a while."""
    place, text = thread.place_of(turn.request.place), turn.said.text.casefold().split()
    budget = rate_limit.key("case offered", turn.person.channel, turn.person.address, place, *text)
    if rate_limit.once(turn.tx, budget, now=rate_limit.millis(turn.now), every=OFFERED_EVERY):
        turn.notifier.tell(CaseSought(unasked=True, letter=turn.request.key), turn.person, None)
    return ""
