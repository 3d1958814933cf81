"""Accept or reject what came from somebody unproven."""

from __future__ import annotations

from bot.commands.triage import Accept, Spam
from bot.desk.handlers.cases import lifecycle, open_case
from bot.desk.handlers.cases import requester as requesters
from bot.desk.handlers.cases.split import entry_of
from bot.desk.handlers.conversation import conversation
from bot.desk.handlers.deadlines import concern_escalation, timers
from bot.desk.handlers.people import rota
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import BadCommand, Refusal
from bot.model.facts import FileFacts, PublicEntry
from bot.model.identity import Proof
from bot.model.message import Attachment
from bot.model.rule import CUSTOMERS
from bot.model.translatable import saying, together
from bot.notices.conversation import Added, Answer, CustomerActed
from bot.policy import permissions
from bot.policy.address_marks import marks_of
from bot.syntax.case_numbers import entry_name, label
from store.cases import attachment as attachments
from store.cases import case as cases
from store.cases import entry as entries
from store.cases import participant
from store.cases.case import SPAM, Case
from store.cases.entry import Entry
from store.people import blocked_sender
from store.people import person as people
from store.people.legible_name import legible
from store.people.person import Person


@handles(Accept)
def accept(turn: Turn, command: Accept) -> str:
    """Accept an unverified entry as its sender's words, with a reply's effects; or a held case.

    Commands in it are not done, whoever wrote them. What was marked as spam can still be accepted.
    """
    case = turn.case(command.case)
    if command.requester:
        given = requesters.give_to(turn, case, command.requester)
        first = entries.first(turn.tx, case.id) if case.held or case.close_reason == SPAM else None
        if first is None:
            return given
        entries.mark(turn.tx, first.id, kind="said", visibility=first.visibility)
        return _release(turn, case)
    if not command.entry and (case.held or case.close_reason == SPAM):
        return _release(turn, case)
    entry = _meant(turn, case, command.entry, kinds=("unverified", SPAM))
    if entry is None:
        raise Refusal(saying("Nothing on {case} waits to be accepted.", case=label(case.id)))
    author = _sender(turn, entry.person_id)
    entries.mark(turn.tx, entry.id, kind="said", visibility="public")
    entries.remember(turn.tx, case.id, (entry.message_id,))
    turn.record(case, "accepted", sender=author.address, entry=entry_name(entry.id))
    joined = _let_in(turn, case, author)
    turn.change(case)
    if conversation.wake(turn, case):
        timers.asked(turn, case)  # whoever accepts it is of the staff: its author is who waits
    _tell(turn, case, entry, author, joined=joined)
    pattern = "What {who} wrote is on {case} now, for all who take part in it."
    return saying(pattern, who=author.shown, case=label(case.id))


@handles(Spam)
def spam(turn: Turn, command: Spam) -> str:
    """Hide an unverified entry, or close the case; nobody is told, and the sender is blocked."""
    case = turn.case(command.case)
    entry = None if case.held and not command.entry else _meant(turn, case, command.entry, ("unverified",))
    if entry is None:
        return _close(turn, case)
    entries.mark(turn.tx, entry.id, kind=SPAM, visibility="internal")
    turn.change(case)
    turn.record(case, "marked as spam", sender=entry.address, entry=entry_name(entry.id))
    _block(turn, case, turn.people.by_id(entry.person_id), Proof.UNPROVEN)
    pattern = "Folded away on {case}; nobody was told. To undo it: accept {entry}."
    return saying(pattern, case=label(case.id), entry=entry_name(entry.id))


def _meant(turn: Turn, case: Case, name: str, kinds: tuple[str, ...]) -> Entry | None:
    """The entry of this name, else the only unverified one; None if there is none. Raises a refusal."""
    if name:
        entry = entry_of(turn, case, name)
        if entry.kind not in kinds:
            pattern = (
                "{entry} is not unverified any more."
                if entry.kind in ("said", SPAM)
                else "{entry} is not unverified."
            )
            raise Refusal(saying(pattern, entry=name))
        return entry
    waiting = [row for row in entries.entries(turn.tx, case.id) if row.kind == "unverified"]
    if len(waiting) > 1:
        names = ", ".join(
            f"{entry_name(row.id)} ({legible(row.person_name or '', row.address)})" for row in waiting[:10]
        )
        pattern = "Several messages on {case} are unverified. Which? {names}"
        raise BadCommand(saying(pattern, case=label(case.id), names=names))
    return waiting[0] if waiting else None


def _sender(turn: Turn, person_id: int) -> Person:
    """The sender, who becomes a contact."""
    author = turn.people.by_id(person_id)
    if author is None or author.staff:
        why = saying("That was written by the support team: there is no sender to accept. Send it anew.")
        raise Refusal(why)
    permissions.refuse_who_left(author)
    marks = marks_of(turn.config).of(author.channel, author.address)
    blocked_sender.release(turn.tx, author.channel, author.address, marks=marks)
    return people.meet(turn.tx, author.channel, author.address, known=True, now=turn.now)


def _let_in(turn: Turn, case: Case, author: Person) -> bool:
    """Make the sender take part, even if they were removed before; False if they did already."""
    if participant.role(turn.tx, case.id, author.id) in CUSTOMERS:
        return False
    participant.set_role(turn.tx, case.id, author, role="collaborator", now=turn.now)
    turn.record(case, "participant added", who=author.address)
    return True


def _tell(turn: Turn, case: Case, entry: Entry, author: Person, *, joined: bool) -> None:
    files = [
        Attachment(file.name, file.type, file.size, file.sha256)
        for file in attachments.of_case(turn.tx, case.id)
        if file.entry_id == entry.id and not file.inline
    ]
    named = tuple(FileFacts(file.name, file.size) for file in files)
    public = PublicEntry(author.shown, entry.text, entry.received_at, named)
    others = [person for person in turn.people.customers(case) if person.id != author.id]
    answer, name = Answer(entry=public), author.shown
    turn.notifier.tell_all(answer, others, case, author=name, files=files)
    turn.notifier.tell_place(answer, case, author=name, files=files)
    if joined:
        turn.notifier.tell_all(Added(by=turn.person.shown, entry=None, whole=False), [author], case)
    what = saying("{who} accepted what {author} wrote", who=turn.person.shown, author=author.shown)
    turn.notifier.tell_desk(CustomerActed(what=what), case)


def _release(turn: Turn, case: Case) -> str:
    """Release a held case: its sender is told its number now, if it is known who that is."""
    requester = turn.people.by_id(case.requester_id)
    if requester is None or permissions.reachable(requester):
        requester = _sender(turn, case.requester_id)
    turn.change(case, held=False, account_id=case.account_id or requester.account_id)
    turn.record(case, "accepted", sender=requester.address)
    if case.over:
        lifecycle.set_open(turn, case)
        concern_escalation.go_on(turn, case)
    else:
        timers.reopened(turn, case)
        rota.give(turn, case)
    first = entries.first(turn.tx, case.id)
    if first is not None:
        entries.remember(turn.tx, case.id, (first.message_id,))
    notified = open_case.confirm_to_writer(turn, case, requester)
    what = saying("{who} accepted the sender", who=turn.person.shown)
    turn.notifier.tell_desk(CustomerActed(what=what), case)
    if not permissions.reachable(requester):
        unnamed = saying(
            "{case} continues, but no customer was notified: mail cannot reach its sender.",
            case=label(case.id),
        )
        return together(unnamed, conversation.name_requester(turn, case))
    pattern = (
        "{case} goes on, and {who} was told its number."
        if notified
        else "{case} goes on, and {who} was not told its number."
    )
    return saying(pattern, case=label(case.id), who=requester.shown)


def _block(turn: Turn, case: Case, sender: Person | None, proof: Proof) -> None:
    """Block the sender. If anybody could have written the entry, the sender's proven mail still comes in."""
    if sender is not None and not sender.staff and "@" in sender.address:
        blocked_sender.block(
            turn.tx, sender.channel, sender.address, proof=proof, case_id=case.id, now=turn.now
        )


def _close(turn: Turn, case: Case) -> str:
    if case.over:
        pattern = {
            "resolved": "{case} is resolved already, and nothing on it is unverified.",
            "closed": "{case} is closed already, and nothing on it is unverified.",
        }[case.state]
        raise Refusal(saying(pattern, case=label(case.id)))
    turn.change(case, state="closed", close_reason=SPAM, closed_at=turn.now)
    timers.closed(turn, case)
    concern_escalation.rest(turn, case)
    turn.record(case, "closed", reason=SPAM, state="closed")
    sender = turn.people.by_id(case.requester_id)
    form = cases.offered(turn.tx, case.id) and sender and not permissions.reachable(sender)
    _block(turn, case, None if form else sender, Proof.UNPROVEN if case.held else Proof.LINKED)
    pattern = "{case} is closed as spam; nobody was told. To undo it: accept {case}."
    return saying(pattern, case=label(case.id))
