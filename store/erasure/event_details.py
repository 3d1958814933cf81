"""The details of a case's history: which of them are figures, and which may be somebody's words."""

from __future__ import annotations

import json

FIGURES = frozenset(
    (
        "after", "article", "articles", "at", "before", "category", "closes_at", "days", "entry", "id", "into",
        "level", "linked", "notice", "other", "out_of", "rating", "reason", "since", "state", "turns", "until",
        "via", "wanted",
    )
)  # fmt: skip
"""Details that say nothing of anybody: the report and the pages count by them."""
WORDY = "field set"
"""The event whose ``before`` and ``after`` are words of somebody's."""


def figures(name: str, detail: str) -> str:
    """Of an event's details, those that say nothing of anybody."""
    facts = {} if name == WORDY else json.loads(detail)
    return json.dumps({key: value for key, value in facts.items() if key in FIGURES}, ensure_ascii=False)
