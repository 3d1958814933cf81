"""Columns that hold people's words about a case, and how each is written anew."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, or_, select, true, update

from store import channel_state
from store.cases import attachment, broadcast, case, concern, priority_request, survey
from store.engine.transaction import Transaction
from store.erasure.erased_words import FORM, ErasedWords
from store.erasure.event_details import FIGURES, WORDY
from store.queues import inbox, outbox, outbox_batch

Where = Callable[[Collection[int]], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class WordsColumn:
    """A column of words, and which of its rows are about some cases."""

    column: Column[Any]
    where: Where
    json: bool = False
    fixed: Collection[str] = FORM
    """Fields of the JSON that are no words."""
    copies: bool = True
    """May it have a copy of what was said? Else short words in it are somebody else's."""

    def clean(self, stored: str, words: ErasedWords) -> str:
        """A value of it without the words."""
        words = words if self.copies else words.anywhere
        return words.out_of_json(stored, self.fixed) if self.json else words.out_of(stored)


def _of(column: Column[Any]) -> Where:
    return column.in_


def _receipts(numbers: Collection[int]) -> ColumnElement[bool]:
    """What requests about these cases were answered with: it begins with the case's number."""
    return or_(*(inbox.receipt.c.result.startswith(f'{{"case": {number},') for number in numbers))


def _broadcasts(numbers: Collection[int]) -> ColumnElement[bool]:
    addressed = broadcast.broadcast_case
    return broadcast.broadcast.c.id.in_(
        select(addressed.c.broadcast_id).where(addressed.c.case_id.in_(numbers))
    )


def _wordy_events(numbers: Collection[int]) -> ColumnElement[bool]:
    return case.event.c.case_id.in_(numbers) & (case.event.c.name == WORDY)


def _events_but_wordy(numbers: Collection[int]) -> ColumnElement[bool]:
    return case.event.c.case_id.in_(numbers) & (case.event.c.name != WORDY)


CASE = (case.case.c.subject, case.case.c.ids, case.case.c.contact_name, case.case.c.contact_phone)
"""What a case says of itself: whoever has the case in hand writes these, so they are written apart."""
AROUND = (
    WordsColumn(case.event.c.detail, _events_but_wordy, json=True, fixed=FIGURES),
    WordsColumn(case.event.c.detail, _wordy_events, json=True, fixed=()),
    WordsColumn(priority_request.priority_request.c.why, _of(priority_request.priority_request.c.case_id)),
    WordsColumn(survey.survey.c.comment, _of(survey.survey.c.case_id)),
    WordsColumn(concern.concern.c.phone, _of(concern.concern.c.case_id)),
    WordsColumn(broadcast.broadcast.c.text, _broadcasts),
    WordsColumn(broadcast.broadcast_case.c.why, _of(broadcast.broadcast_case.c.case_id)),
    WordsColumn(attachment.attachment.c.name, _of(attachment.attachment.c.case_id)),
    WordsColumn(inbox.inbox.c.envelope, _of(inbox.inbox.c.case_id), json=True),
    WordsColumn(inbox.inbox.c.reason, _of(inbox.inbox.c.case_id)),
    WordsColumn(inbox.receipt.c.result, _receipts, json=True),
    WordsColumn(outbox.outgoing.c.reason, _of(outbox.outgoing.c.case_id)),
    WordsColumn(outbox_batch.draft.c.words, _of(outbox_batch.draft.c.case_id), json=True),
    WordsColumn(channel_state.door.c.state, lambda _: true(), json=True, copies=False),
)
"""Everything else that words of a case go into, but for entries, deliveries and raw messages."""


def take_out(tx: Transaction, numbers: Collection[int], words: ErasedWords) -> int:
    """Take words out of all that stands around these cases; returns in how many places they stood."""
    return sum(_rewritten(tx, place, numbers, words) for place in AROUND)


def take_out_of_cases(tx: Transaction, numbers: Collection[int], words: ErasedWords) -> None:
    """Take words out of what these cases say of themselves; whoever has one in hand begins anew."""
    for column in CASE:
        place = WordsColumn(column, _of(case.case.c.id))
        _rewritten(tx, place, numbers, words, version=case.case.c.version + 1)


def _rewritten(
    tx: Transaction, place: WordsColumn, numbers: Collection[int], words: ErasedWords, **more: Any
) -> int:
    table: Table = place.column.table
    keys = tuple(table.primary_key.columns)
    rows = tx.rows(select(place.column, *keys).where(place.where(numbers), place.column != ""))
    changed = [(row, text) for row in rows if (text := place.clean(row[0], words)) != row[0]]
    for row, text in changed:
        same = [key == value for key, value in zip(keys, row[1:], strict=True)]
        fitting = text[: getattr(place.column.type, "length", None)]
        tx.run(update(table).where(*same).values({place.column.name: fitting, **more}))
    return len(changed)


def related(tx: Transaction, number: int) -> list[int]:
    """A case, and all that was merged with it, split from it or linked to it: words are quoted there."""
    numbers, fresh = {number}, {number}
    while fresh:
        rows: Sequence[Any] = tx.rows(_NEIGHBOURS.where(_beside(fresh)))
        fresh = {value for row in rows for value in row if value} - numbers
        numbers |= fresh
    return sorted(numbers)


_NEIGHBOURS = select(case.case.c.id, case.case.c.merged_id, case.case.c.linked_id)


def _beside(numbers: Collection[int]) -> ColumnElement[bool]:
    return or_(
        case.case.c.id.in_(numbers), case.case.c.merged_id.in_(numbers), case.case.c.linked_id.in_(numbers)
    )
