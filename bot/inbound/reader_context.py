"""Reader contexts: what was sent and noted on the cases that a letter may belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import TypeVar

from bot.channel.protocols import Anchor, Context
from bot.links.tokens import Links
from store.cases import entry as entries
from store.cases.entry import bare
from store.engine.transaction import Transaction
from store.queues import outbox

MOST_KNOWN = 200_000
"""Bytes of what was sent, and characters of internal entries, that the reader of one letter is given."""
_TextT = TypeVar("_TextT", str, bytes)


def contexts(
    tx: Transaction, links: Links, anchors: Mapping[int, Sequence[Anchor]], *, now: datetime
) -> dict[int, Context]:
    """Return what was sent and noted on the cases to which anchors may lead; implies no right."""
    case_by_id = entries.follow(
        tx, [anchor.value for them in anchors.values() for anchor in them if anchor.kind == "id"]
    )
    led: dict[int, tuple[set[int], set[int], set[int]]] = {}
    for letter, them in anchors.items():
        tokens = [token for anchor in them if (token := links.read_reply_token(anchor.value, now=now))]
        pairs = [pair for anchor in them if (pair := links.read_message_id(anchor.value))]
        followed = {case for anchor in them if (case := case_by_id.get(bare(anchor.value)))}
        cases_here = {token.case for token in tokens} | {case for case, _ in pairs if case} | followed
        led[letter] = cases_here, {token.person for token in tokens}, {delivery for _, delivery in pairs}
    readers_by_id = outbox.readers(tx, [number for _, _, deliveries in led.values() for number in deliveries])
    notes = {case: entries.internal_texts(tx, case) for cases, _, _ in led.values() for case in cases}
    contexts = {}
    for letter, (cases, readers, deliveries) in led.items():
        readers |= {readers_by_id[number] for number in deliveries if number in readers_by_id}
        sent = (lines for pair in product(cases, readers) for lines in outbox.sent_lines(tx, *pair))
        others = (row.text for case in cases for row in notes[case] if row.person_id not in readers)
        contexts[letter] = Context(_first(sent), _first(others))
    return contexts


def _first(texts: Iterable[_TextT]) -> tuple[_TextT, ...]:
    """Return the beginning of the texts, as much as one letter is given; a multiple of eight bytes."""
    room, first = MOST_KNOWN, list[_TextT]()
    for text in texts:
        if room > 0:
            first.append(text[:room])
            room -= len(text)
    return tuple(first)
