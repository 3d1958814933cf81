"""Forward: a message that a specialist passes on becomes its writer's case."""

from __future__ import annotations

from bot.commands.case import Open
from bot.commands.triage import OpenFor
from bot.desk.handlers.cases import open_case
from bot.desk.handlers.deadlines import timers
from bot.desk.handlers.people import rota
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.facts import PublicEntry
from bot.model.translatable import saying
from bot.notices.case import CaseOpened
from bot.policy import permissions
from bot.syntax.case_numbers import label
from bot.syntax.ids import distinct
from store.cases import entry as entries
from store.cases import participant, search
from store.cases.case import Case
from store.people import account, person
from store.people.person import Person


@handles(OpenFor)
def open_for(turn: Turn, command: OpenFor) -> str:
    """Open a case for the original sender and tell them its number.

    The forwarder's words and files stay internal, because nobody can tell which files the original sender has
    sent.
    """
    who = command.requester
    permissions.refuse_who_left(person.find(turn.tx, who.channel, who.address))
    requester = person.meet(turn.tx, who.channel, who.address, name=who.name, now=turn.now)
    if requester.staff:
        note = f"{command.note}\n\n{command.text}".strip()
        return open_case.open_case(turn, Open(command.subject, note, priority=command.priority))
    case = _opened(turn, command, requester)
    _write(turn, case, command, requester)
    rota.give(turn, case)
    entry = PublicEntry(requester.shown, command.text, turn.request.at)
    reached = open_case.confirm_to(turn, case, requester, text=command.text, at=turn.request.at)
    by = saying("forwarded by {who}", who=turn.person.shown)
    turn.notifier.tell_desk(
        CaseOpened(
            entry=entry,
            sender=requester.shown,
            proof=by,
            acknowledged=reached,
            evidence=turn.request.evidence,
        ),
        case,
    )
    words = {"case": label(case.id), "who": requester.identified, "name": requester.shown}
    if not reached:
        return saying("{case} is open for {who}; {name} cannot be told.", **words)
    return saying("{case} is open for {who}; {name} was told its number.", **words)


def _opened(turn: Turn, command: OpenFor, requester: Person) -> Case:
    priority = command.priority or turn.config.lists.default_priority
    case = timers.opened(
        turn,
        held=False,
        subject=(command.subject or open_case.first_words(command.text))[:300],
        priority=priority,
        type=command.type or open_case.default_type(turn),
        category=command.category or "",
        feature=command.feature or "",
        ids="\n".join(distinct(command.ids)),
        mailbox=turn.request.mailbox,
        requester_id=requester.id,
        account_id=requester.account_id or account.of_place(turn.tx, turn.request.source, turn.request.place),
    )
    place = open_case.opened_at(turn) if requester.channel == turn.request.source else ""
    participant.first(turn.tx, case, channel=requester.channel, address=requester.address, place=place)
    open_case.live_below(turn, case)
    return case


def _write(turn: Turn, case: Case, command: OpenFor, requester: Person) -> None:
    """Write first what the customer wrote, then what came with it from the desk."""
    entry_id = entries.say(
        turn.tx,
        case.id,
        person_id=requester.id,
        visibility="public",
        text=command.text,
        received_at=turn.request.at,
        channel=turn.request.source,
        inbox_id=turn.said.inbox,
        message_id=command.message_id,
    )
    search.index(turn.tx, entry_id, f"{case.subject}\n{command.text}")
    entries.remember(turn.tx, case.id, (command.message_id, turn.said.message_id))
    note = command.note or turn.in_words(saying("Forwarded by {who}.", who=turn.person.shown))
    turn.say(case, note, visibility="internal")
    turn.record(
        case,
        "opened",
        via=turn.request.source,
        forwarded_by=turn.person.address,
        evidence=turn.request.evidence,
    )
