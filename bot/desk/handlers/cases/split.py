"""Split: an entry that came to the wrong case moves into a case of its own."""

from __future__ import annotations

from bot.commands.triage import Split
from bot.desk.handlers.cases.open_case import first_words
from bot.desk.handlers.deadlines import sla_targets, timers
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import Refusal
from bot.model.excerpt import beginning
from bot.model.translatable import saying
from bot.notices.case import SplitOff
from bot.notices.conversation import CustomerActed
from bot.syntax.case_numbers import entry_name, label
from store.cases import attachment as attachments
from store.cases import entry as entries
from store.cases import participant
from store.cases.case import SPAM, Case
from store.cases.entry import Entry
from store.people.person import Person


@handles(Split)
def split(turn: Turn, command: Split) -> str:
    """Open a case with the entry's own words and files; its author is the requester and told the number.

    Merging the new case back undoes it. An unverified entry makes a held case: nobody is told of that.
    """
    case = turn.case(command.case)
    entry = entry_of(turn, case, command.entry)
    author = turn.people.by_id(entry.person_id)
    if author is None or author.staff:
        raise Refusal(
            saying("That was said by the support team. Only a customer's words make a case of their own.")
        )
    opening = entries.first(turn.tx, entry.case_id)
    if opening and entry.id == opening.id:
        pattern = "{case} begins with that. Open a new case, or merge it into another."
        raise Refusal(saying(pattern, case=label(entry.case_id)))
    fresh = _opened(turn, case, entry, author)
    entries.move(turn.tx, entry.id, fresh.id, before=entry.case_id, message_id=entry.message_id)
    attachments.move(turn.tx, entry.id, fresh.id)
    if fresh.held:
        entries.mark(turn.tx, entry.id, kind="said", visibility="public")
    _forget(turn, case, entry)
    turn.change(case)
    turn.record(case, "split off", entry=entry_name(entry.id), into=label(fresh.id), why=command.why)
    detail = {"came_from": label(case.id), "why": command.why}
    turn.record(fresh, "opened", via=entry.channel, **detail)
    text = beginning(entry.text)
    turn.notifier.tell(SplitOff(came_from=label(case.id), text=text, whole=text == entry.text), author, fresh)
    what = saying(
        "{who} made this case of what {author} wrote on {case}",
        who=turn.person.shown,
        author=author.shown,
        case=label(case.id),
    )
    turn.notifier.tell_desk(CustomerActed(what=what, text=entry.text), fresh)
    pattern = "That is {case} now, by itself. To undo it: merge {case} into {other}."
    return saying(pattern, case=label(fresh.id), other=label(case.id))


def _forget(turn: Turn, case: Case, entry: Entry) -> None:
    """Move the start of the customers' waiting, if it was this entry that wanted an answer.

    To the next entry of theirs that is not answered, else nobody waits.
    """
    rows = entries.entries(turn.tx, case.id)
    answers = (row.received_at for row in rows if row.person_role != "contact" and row.visibility == "public")
    answered = max(answers, default=entry.received_at)
    if case.asked_at is None or not answered <= entry.received_at <= case.asked_at or entry.kind != "said":
        return
    times = (row.received_at for row in rows if row.person_role == "contact" and row.kind == "said")
    turn.change(case, asked_at=next((at for at in times if at >= entry.received_at), None), reply_told=0)
    sla_targets.run(turn, case)


def entry_of(turn: Turn, case: Case, name: str) -> Entry:
    """The entry of a case (or of a part of it) with this name. Raises a refusal if there is none."""
    matches = [row for row in entries.entries(turn.tx, case.id) if entry_name(row.id) == name.lower()]
    if len(matches) != 1:
        pattern = "There is no entry {entry} on {case}; `case show` names them all."
        raise Refusal(saying(pattern, entry=name, case=label(case.id)))
    return matches[0]


def _opened(turn: Turn, case: Case, entry: Entry, author: Person) -> Case:
    fresh = timers.opened(
        turn,
        subject=(first_words(entry.text) or case.subject)[:300],
        priority=case.priority,
        type=case.type,
        category=case.category,
        mailbox=case.mailbox,
        requester_id=author.id,
        account_id=author.account_id,
        held=entry.kind in ("unverified", SPAM),
        linked_id=case.id,
    )
    participant.first(turn.tx, fresh, channel=entry.channel)
    return fresh
