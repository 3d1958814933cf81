"""Every column that may hold something of a person is accounted for: a new one must say what erasing does to it."""

from __future__ import annotations

from sqlalchemy import LargeBinary, String, Text

import store.schema  # noqa: F401 - so that the tables are there
from store.engine.columns import metadata
from store.engine.packed import Packed

ERASED = {
    "anchor": "value",
    "attachment": "name sha256 type",
    "broadcast_case": "why",
    "concern": "phone",
    "door": "name state",
    "draft": "words",
    "entry": "text rest message_id",
    "entry_text": "words",
    "event": "detail",
    "identity": "address",
    "inbox": "raw file envelope reason",
    "outgoing": "recipient bounce_to payload lines reason place",
    "outgoing_body": "content",
    "participant": "address place",
    "person": "name language phone time_zone",
    "priority_request": "why",
    "receipt": "result",
    "snippet": "name text",
    "support_case": "subject ids contact_name contact_phone",
    "survey": "comment",
    "thread": "address",
}
"""Taken out, or scrubbed, by ``people erase``."""
HASHED = {"blocked": "address", "erasure": "marks"}
IMPERSONAL = {
    "account": "name service_level local_team time_zone",
    "account_domain": "domain",
    "account_place": "channel address",
    "article": "origin name title url language keywords text hash",
    "article_click": "title",
    "article_text": "title keywords body",
    "blocked": "channel",
    "broadcast": "text",
    "broadcast_case": "outcome",
    "concern": "category told",
    "deflection": "title channel",
    "dispatch": "source key state entries changes",
    "entry": "visibility kind channel",
    "erasure": "persons",
    "erasure_task": "sha256",
    "event": "name",
    "identity": "channel",
    "inbox": "source key outcome",
    "merger": "before",
    "outgoing": "channel notice key message_id outcome",
    "outgoing_body": "blanks",
    "participant": "role channel",
    "person": "role",
    "priority_request": "wanted",
    "receipt": "source key",
    "rota": "name",
    "support_case": "state priority type category feature mailbox close_reason",
    "thread": "channel side",
    "timer": "kind outcome",
}
"""Numbers, states, names of the desk's own lists, hashes, and what an account or the desk itself is called."""


def test_erasing_accounts_for_every_column_with_words() -> None:
    wordy = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String | Text | LargeBinary | Packed)
    }
    listed = [
        f"{table}.{column}"
        for group in (ERASED, HASHED, IMPERSONAL)
        for table, columns in group.items()
        for column in columns.split()
    ]
    assert len(listed) == len(set(listed)), "each stands in one list"
    assert sorted(wordy - set(listed)) == [], "what does `people erase` do to these?"
    assert sorted(set(listed) - wordy) == [], "these are no columns any more"
