"""Opening a case."""

from __future__ import annotations

from datetime import datetime

from bot.commands import missing_fields
from bot.commands.case import Open
from bot.desk.handlers.cases import articles
from bot.desk.handlers.deadlines import timers
from bot.desk.handlers.people import cc_people, rota, technical_contact
from bot.desk.handlers.people.cc_people import Copied
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.excerpt import beginning
from bot.model.facts import PublicEntry
from bot.model.identity import Proof
from bot.model.mail_address import has_mail
from bot.model.rule import CUSTOMERS
from bot.model.translatable import saying
from bot.notices.case import Acknowledgement, CaseAnnounced, CaseOpened, Confirmation
from bot.notices.conversation import Added
from bot.policy import answer_target, permissions
from bot.syntax.case_numbers import label
from bot.syntax.ids import distinct
from store.cases import case as cases
from store.cases import entry as entries
from store.cases import participant, thread
from store.cases.case import Case
from store.cases.thread import Thread
from store.people import account
from store.people.person import Person


@handles(Open)
def open_case(turn: Turn, command: Open) -> str:
    """Open a case for the asker, tell them its number, and tell the staff."""
    case = start(turn, command)
    rota.give(turn, case)
    met = cc_people.meet(turn, case)
    heard = _confirm(turn, case, command, met)
    if met.added and turn.request.may_answer:
        _tell_added(turn, case, command.text, met.added)
    if command.also_at:
        turn.notifier.announce(CaseAnnounced(by=turn.person.shown), case, command.also_at)
    sender = turn.person
    earlier = turn.find_case(case.linked_id) if case.linked_id else None
    turn.notifier.tell_desk(
        CaseOpened(
            entry=turn.public(command.text),
            sender=_sender(sender),
            proof=PROOF_WORDS[turn.proof],
            held=case.held,
            unnamed=not permissions.reachable(sender),
            writer=turn.said.writer,
            acknowledged=heard,
            evidence=turn.request.evidence,
            offered="" if case.held else None,
            proposed=met.outside,
            linked=turn.notifier.facts(earlier) if earlier else None,
            follows=earlier is not None and _takes_part(turn, earlier.id),
        ),
        case,
    )
    return saying("Your case is open. Its number is {case}.", case=label(case.id))


def _tell_added(turn: Turn, case: Case, text: str, people: list[Person]) -> None:
    """Tell people who were added on opening at once what was said."""
    excerpt = beginning(text)
    added = Added(by=turn.person.shown, entry=turn.public(excerpt), whole=excerpt == text)
    turn.notifier.tell_all(added, people, case)


def _takes_part(turn: Turn, number: int) -> bool:
    return participant.role(turn.tx, number, turn.person.id) in CUSTOMERS


def _sender(sender: Person) -> str:
    """Name and mail address; a chat's ids are not legible."""
    mail = has_mail(sender) and sender.shown != sender.address
    return f"{sender.name} <{sender.address}>" if mail else sender.shown


PROOF_WORDS = {
    Proof.UNPROVEN: saying("unproven: anybody could have sent this"),
    Proof.PLAUSIBLE: saying("plausible"),
    Proof.PROVEN: saying("proven by our own reply address"),
    Proof.LINKED: saying("proven"),
}


def start(turn: Turn, command: Open) -> Case:
    """Write the case with its first entry, requester and history; tells nobody yet."""
    priority = command.priority or turn.config.lists.default_priority
    case = timers.opened(
        turn,
        subject=(command.subject or first_words(command.text))[:300],
        priority=priority,
        type=command.type or default_type(turn),
        category=command.category or "",
        feature=command.feature or "",
        ids="\n".join(distinct(command.ids)),
        mailbox=turn.request.mailbox,
        requester_id=turn.person.id,
        account_id=turn.person.account_id
        or account.of_place(turn.tx, turn.request.source, turn.request.place),
        held=turn.proof is Proof.UNPROVEN or bool(turn.said.writer),
        linked_id=command.linked,
        **technical_contact.named(turn, command.contact),
    )
    address = turn.person.address if turn.person.channel == turn.request.source else ""
    participant.first(turn.tx, case, channel=turn.request.source, address=address, place=opened_at(turn))
    turn.say(case, command.text, visibility="public", kind="automatic" if command.automatic else "said")
    if turn.proof >= Proof.PLAUSIBLE:
        turn.anchor(case)  # the ids of an unproven mail must not draw others' mail to its case
    live_below(turn, case)
    detail = {"linked": label(command.linked)} if command.linked else {}
    turn.record(case, "opened", via=turn.request.source, **detail, evidence=turn.request.evidence)
    if turn.said.writer:
        turn.record(case, "requester offered", who=turn.said.writer)
    return case


def opened_at(turn: Turn) -> str:
    """Where in its channel a case is opened; ``""`` at the desk's own places."""
    request = turn.request
    own = turn.places.is_desks(request.place)
    return "" if own or not turn.notifier.traits(request.source).threads else request.place


def live_below(turn: Turn, case: Case) -> None:
    """Begin the case's thread at the words that open it, where these stand in the account's own place."""
    request = turn.request
    if request.below and turn.places.own(request.place, case):
        thread.begin(turn.tx, Thread(request.source, request.place, case.id, "customer"))


def first_words(text: str) -> str:
    """A subject for a message that came without one."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= 80 else line[:80].rsplit(" ", 1)[0] + " …"


def default_type(turn: Turn) -> str:
    """The type of case that the mailbox is for."""
    boxes = {box.address: box.default_type for box in turn.config.mailboxes}
    return boxes.get(turn.request.mailbox, "")


def _confirm(turn: Turn, case: Case, command: Open, met: Copied) -> bool:
    """Tell the sender the case's number; was it told? Of a held case they are told nothing else."""
    if not turn.request.may_answer or command.automatic:
        return False
    if case.held:
        if turn.person.known and turn.person.account_id:  # a contact, not just somebody who wrote once
            return turn.notifier.tell(Acknowledgement(), turn.person, case)
        return False
    text = beginning(command.text)
    return turn.notifier.tell(
        Confirmation(
            entry=turn.public(text),
            whole=text == command.text,
            missing=missing_fields.missing(
                command, turn.config.lists, kind=case.type, files=bool(turn.said.attachments)
            ),
            added=tuple(person.shown for person in met.added),
            follows=label(command.linked) if command.linked and _takes_part(turn, command.linked) else "",
            addable=tuple(met.addable),
            proposed=tuple(met.proposed),
            english_hint=turn.request.language not in ("", "en"),
            contact=technical_contact.needs(turn, case),
            scope=turn.config.desk.scope,
            articles=articles.suggested(turn, case, turn.person, command.text),
            answer_by=answer_target.told(turn.tx, turn.config, case, now=turn.now),
        ),
        turn.person,
        case,
    )


def confirm_to_writer(turn: Turn, case: Case, writer: Person) -> bool:
    """Tell the author of a case's first entry that it is open; False if unreachable or a machine."""
    if cases.offered(turn.tx, case.id):  # an address that nobody has verified gets no text
        return turn.notifier.tell(Acknowledgement(), writer, case)
    first = entries.first(turn.tx, case.id)
    if first is None or first.kind != "said":
        return False
    return confirm_to(turn, case, writer, text=first.text, at=first.received_at)


def confirm_to(turn: Turn, case: Case, requester: Person, *, text: str, at: datetime) -> bool:
    """Tell somebody who is not the asker that their case is open. False if they cannot be reached."""
    nobody: tuple[str, ...] = ()
    return turn.notifier.tell(
        Confirmation(
            entry=PublicEntry(requester.shown, beginning(text), at),
            whole=beginning(text) == text,
            missing=nobody,
            added=nobody,
            follows="",
            addable=nobody,
            proposed=nobody,
            english_hint=False,
            contact=technical_contact.needs(turn, case),
            scope=turn.config.desk.scope,
            articles=articles.suggested(turn, case, requester, text),
            answer_by=answer_target.told(turn.tx, turn.config, case, now=turn.now),
        ),
        requester,
        case,
    )
