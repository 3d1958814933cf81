"""Deleted words: what a customer deletes in a chat no customer reads any more; the desk has it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.desk.handlers.conversation.redact import names_the_case, words_of, write_anew
from bot.desk.turn.turn import Turn
from bot.model.message import DELETED
from bot.model.translatable import enumerated, saying
from bot.notices.catalogue import CUSTOMER_NOTICES
from bot.notices.conversation import CustomerActed
from bot.queries.message_status import UNCHOSEN
from bot.syntax.case_numbers import entry_name
from store.cases import entry as entries
from store.cases.case import Case
from store.cases.entry import Entry
from store.erasure import columns, messages
from store.erasure.erased_words import MARK
from store.queues import inbox


def withdraw(turn: Turn, case: Case, key: str) -> None:
    """Make what the message of this key said internal, and take it out of what other customers were shown.

    The desk is told, without the words, and how it takes them out for good. What has left by mail is out of reach.
    """
    settle(turn, case, key)
    deleted = [row for row in said_by(turn, key) if row.visibility == "public"]
    for row in deleted:
        entries.mark(turn.tx, row.id, kind=row.kind, visibility="internal")
        _withdraw_copies(turn, case, row)
    if deleted:
        turn.record(case, "made internal", evidence=turn.request.evidence)
    turn.notifier.tell_desk(CustomerActed(what=_what(turn, deleted)), case)


def settle(turn: Turn, case: Case, key: str) -> bool:
    """Settle a message's unverified entries; return whether customers can read the message on the case."""
    rows = said_by(turn, key)
    for row in rows:
        if row.kind == "unverified":
            entries.mark(turn.tx, row.id, kind="said", visibility="internal")
            turn.change(turn.find_case(row.case_id) or case)
    return any(row.visibility == "public" and row.case_id == case.id for row in rows)


def is_unverified(turn: Turn, key: str) -> bool:
    """Return whether an entry of this message waits for a specialist to accept it."""
    return any(row.kind == "unverified" for row in said_by(turn, key))


def kept_as(text: str) -> str:
    """What is kept of a deletion: that it was one, and not once more what is gone."""
    return DELETED.strip().rstrip(":") if text.startswith(DELETED) else text


def _withdraw_copies(turn: Turn, case: Case, row: Entry) -> None:
    """Take the words out of what waits for other customers, what stands in their chats, and the subject."""
    words, named = words_of(turn, case, row), names_the_case(turn, case, row)
    numbers = columns.related(turn.tx, case.id)
    copies = messages.take_out_of_deliveries(turn.tx, numbers, words, notices=CUSTOMER_NOTICES)
    write_anew(turn, copies)
    if named:
        turn.change(case, subject=MARK)


def _what(turn: Turn, deleted: Sequence[Entry]) -> str:
    who = turn.person.shown
    if not deleted:
        return saying("{who} deleted a message that only the desk has read", who=who)
    names = [entry_name(row.id) for row in deleted]
    return saying(_DELETED_BY, who=who, names=enumerated(*names), line=f"redact {names[0]}")


_DELETED_BY = (
    "{who} deleted {names}: customers do not see it any more, but for what they were sent by mail. To take it out for"
    " good: {line}"
)


def said_by(turn: Turn, key: str) -> list[Entry]:
    """The entries that the message of this key made, also as one that was shown without a chosen case."""
    first = key.removeprefix(UNCHOSEN)
    keys = (first, f"{UNCHOSEN}{first}", f"p:{first}") if key else ()
    versions = [inbox.find(turn.tx, turn.request.source, each) for each in keys]
    letters = {letter.id: letter.case_id for letter in versions if letter and letter.case_id}
    rows = [row for case in {*letters.values()} for row in entries.entries(turn.tx, case)]
    return [row for row in rows if row.inbox_id in letters and row.person_id == turn.person.id]
