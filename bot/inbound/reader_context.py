"""Reader contexts: what was sent and noted on the cases that a letter may belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
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
    every = sorted(set().union(*(numbers for numbers, _, _ in led.values())))
    rows, notes = outbox.sent_lines(tx, every), entries.internal_texts(tx, every)
    contexts = {}
    for letter, (numbers, readers, deliveries) in led.items():
        here = [row for row in rows if row.case_id in numbers]
        readers |= {row.person_id for row in here if row.id in deliveries}
        sent = (row.lines for row in here if row.person_id in readers)
        others = (row for row in notes if row.case_id in numbers and row.person_id not in readers)
        contexts[letter] = Context(_first(sent), _first(row.text for row in others))
    return contexts


def _first(texts: Iterable[_TextT]) -> tuple[_TextT, ...]:
    """Return the first texts that fit into the room of one letter: many letters are read in one call."""
    every = tuple(texts)
    ends = accumulate(map(len, every))
    return tuple(text for text, end in zip(every, ends, strict=True) if end <= MOST_KNOWN)
