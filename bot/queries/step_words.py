"""The details of a step in a case's history, in words that can be translated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.config.choices import ListsSection
from bot.model.translatable import listed, restored, saying
from bot.notices.notice import called

LABELS = (
    "address", "after", "articles", "at", "before", "came from", "category", "comment", "entry", "evidence", "field",
    "files", "forwarded by", "into", "linked", "notice", "other", "out of", "phone", "rating", "reason", "sender",
    "state", "to", "turns", "until", "via", "wanted", "who", "why",
)  # fmt: skip
"""What details are called; in the store with ``_`` in place of a space."""
PRIORITIES = ("priority changed", "priority requested", "priority granted", "priority declined")
_SHIPPED = ListsSection()


def detail(step: str, facts: Mapping[str, Any]) -> str:
    """All details of a step: ``before: Low; after: Critical; why: It got worse.``"""
    parts = [_part(step, key, value) for key, value in facts.items() if value]
    whole = parts[-1] if parts else ""
    for part in parts[-2::-1]:
        whole = saying("{first}; {rest}", first=part, rest=whole)
    return whole


def _part(step: str, key: str, value: Any) -> str:
    name = key.replace("_", " ")
    values = value if isinstance(value, list) else [value]
    words = listed(*(_value(step, key, restored(str(each))) for each in values))
    return saying("{label}: {value}", label=saying(name) if name in LABELS else name, value=words)


def _value(step: str, key: str, words: str) -> str:
    if step in PRIORITIES and key in ("before", "after", "wanted"):
        return saying(words)
    return _OURS[key](words) if key in _OURS else words


_OURS: Mapping[str, Callable[[str], str]] = {
    "reason": lambda key: saying(_SHIPPED.close_reasons.get(key, key)),
    "category": lambda key: saying(_SHIPPED.concern_categories.get(key, key)),
    "notice": called,
    "state": lambda state: saying(state.capitalize()),
    "via": saying,
    "field": saying,
}
"""Details that are words of ours, or keys of them."""
