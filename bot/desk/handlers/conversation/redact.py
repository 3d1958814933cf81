"""Redaction: an entry's words and files are taken out of every place they went, for good."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.redaction import Redact
from bot.desk.handlers.cases.open_case import first_words
from bot.desk.handlers.cases.split import entry_of
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import Refusal
from bot.model.translatable import listed, saying, together
from bot.syntax.case_numbers import entry_name, label
from store.cases import entry as entries_of
from store.cases.case import Case
from store.cases.entry import Entry
from store.erasure import entries, erased_words, redaction
from store.erasure.erased_words import MARK, ErasedWords
from store.erasure.messages import ChangedDelivery
from store.erasure.redaction import Redacted
from store.queues import redacted_message

SHORTEST = 3
"""Characters of words that are taken out: shorter ones stand everywhere."""
REACHED = ("sent", "delayed", "failed", "complained")
"""Outcomes of deliveries that were handed over: nobody can take them back."""
_NO_FILE = "{entry} has no file {name}, so nothing was done. `case show` names its files."
_NOTHING = "Nothing of that is left on {case}: it was taken out before, or never stood there."
_TOO_SHORT = "Words of fewer than {least} characters stand everywhere, so nothing was done. Give more."
_DONE = "Taken out of {entry} on {case} and wherever else it stood, for good."
_FILES = "Files that are deleted: {count}."
_WAITING = "Messages that waited, and will say {mark} instead: {count}."
_IN_CHAT = "Messages of ours in the chat that will say {mark} in a moment: {count}."
_DELIVERED = "Out of reach, for it was delivered: {names}."
_OWN = "What they wrote in the chat themselves stands there until they delete it."


@handles(Redact)
def redact(turn: Turn, command: Redact) -> str:
    """Take out the words, the file, or the whole entry; say what is gone, and what is out of reach."""
    case = turn.case(command.case)
    entry = entry_of(turn, case, command.entry)
    whole = not command.words and not command.file
    words = words_of(turn, case, entry) if whole else _wanted(command.words)
    files = entries.files_of(turn.tx, entry.id, command.file) if whole or command.file else []
    if command.file and not files:
        raise Refusal(saying(_NO_FILE, entry=command.entry, name=command.file))
    named = whole and names_the_case(turn, case, entry)
    redacted = redaction.redact(
        turn.tx, case.id, words, now=turn.now, since=entry.received_at, files=files, in_hand=(case.id,),
        emptied=[entry.id] if whole and entry.text != MARK else (),
    )  # fmt: skip
    if not _own_fields(turn, case, words, named=named) and not redacted.anything:
        return saying(_NOTHING, case=label(case.id))
    turn.record(case, "redacted", entry=entry_name(entry.id), why=words.out_of(command.why))
    turn.change(case)
    _show_anew(turn, redacted)
    return _said(turn, case, entry, redacted)


def words_of(turn: Turn, case: Case, entry: Entry) -> ErasedWords:
    """What goes with a whole entry: its words, and the subject that was made of them."""
    own = names_the_case(turn, case, entry)
    return erased_words.of_entry(f"{case.subject}\n{entry.text}" if own else entry.text)


def names_the_case(turn: Turn, case: Case, entry: Entry) -> bool:
    """Does the case begin with this entry, and has its subject from it?"""
    opening = entries_of.first(turn.tx, case.id)
    begins = opening is not None and opening.id == entry.id and case.subject != MARK
    return begins and entry.text != MARK and case.subject == (first_words(entry.text) or case.subject)


def _wanted(phrases: Sequence[str]) -> ErasedWords:
    short = [phrase for phrase in phrases if len(phrase.strip()) < SHORTEST]
    if short:
        raise Refusal(saying(_TOO_SHORT, least=str(SHORTEST)))
    return ErasedWords(phrases)


def _own_fields(turn: Turn, case: Case, words: ErasedWords, *, named: bool) -> bool:
    """Take the words out of what the case says of itself; were they there?"""
    subject = MARK if named else words.out_of(case.subject)[:300]
    before = (case.subject, case.ids, case.contact_name, case.contact_phone)
    after = (subject, *(words.out_of(text) for text in before[1:]))
    turn.change(
        case, subject=after[0], ids=after[1], contact_name=after[2][:200], contact_phone=after[3][:60]
    )  # fmt: skip
    return before != after


def _show_anew(turn: Turn, redacted: Redacted) -> None:
    """Have cards and messages of ours written anew wherever they stand."""
    for number in redacted.cases:
        if (case := turn.find_case(number)) is not None:
            turn.notifier.show_anew(case)
    write_anew(turn, redacted.deliveries)


def write_anew(turn: Turn, deliveries: Sequence[ChangedDelivery]) -> None:
    """Have messages of ours written anew where they stand."""
    for row in deliveries:
        if _can_edit(turn, row):
            turn.notifier.posted += redacted_message.refresh(
                turn.tx, row.id, row.channel, row.recipient, case_id=row.case_id, now=turn.now
            )


def _said(turn: Turn, case: Case, entry: Entry, redacted: Redacted) -> str:
    """What is gone, and what is not."""
    done = saying(_DONE, entry=entry_name(entry.id), case=label(case.id))
    changed = sum(_can_edit(turn, row) for row in redacted.deliveries)
    waiting = sum(row.waits for row in redacted.deliveries)
    counts = ((_FILES, redacted.files), (_WAITING, waiting), (_IN_CHAT, changed))
    facts = [saying(pattern, count=str(count), mark=MARK) for pattern, count in counts if count]
    return together(done, *facts, _out_of_reach(turn, entry, redacted))


def _out_of_reach(turn: Turn, entry: Entry, redacted: Redacted) -> str:
    """Whom it has reached, and what somebody else has to delete."""
    reached = [
        row.recipient for row in redacted.deliveries if row.outcome in REACHED and not _can_edit(turn, row)
    ]
    mails = saying(_DELIVERED, names=listed(*dict.fromkeys(reached))) if reached else ""
    own = turn.notifier.traits(entry.channel).threads
    there = saying(_OWN) if own else ""
    return together(mails, there)


def _can_edit(turn: Turn, row: ChangedDelivery) -> bool:
    return bool(row.place) and turn.notifier.traits(row.channel).edits
