"""Facts for every notice there is, made from its own examples: hostile words, and internal ones, in all of them."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any

from markupsafe import escape

from bot.model.facts import (
    BatchSection,
    CaseFacts,
    DeskFacts,
    EventLine,
    FileFacts,
    InternalEntry,
    PublicEntry,
)
from bot.notices.catalogue import NOTICES

AT = datetime(2026, 11, 5, 14, 3, tzinfo=UTC)
DESK = DeskFacts(
    "Acme Support",
    "support@acme.com",
    docs_url="https://docs.acme.com/?a=1&b=2",
    create_url="mailto:support@acme.com?subject=New%20case",
    my_url="mailto:support@acme.com?subject=%23my",
)
CASE = CaseFacts(
    "CS-000123", "No delivery", "new", "Critical", "Delivery", "Deal", ("Deal 12333",), "Maria", "", AT
)
HOSTILE = "<script>alert(1)</script>\n  & \"q\" {{ 7*7 }} 'x'"
SAID = PublicEntry("Maria Jones", f"Hello,\n\n{HOSTILE}", AT, (FileFacts("a<b>.csv", 48_211),))
NOTE = InternalEntry("Ben Ito", "CANARY third time this week", AT)
NOTE_TO = "support+note@acme.com"
SECTIONS = (
    BatchSection(AT, HOSTILE, escape(HOSTILE)),
    BatchSection(AT, "Tom replied.", escape("Tom replied.")),
)
_PLAIN = re.compile(r"|CS-\d+|\d{4}-\d\d-\d\d|\d+m")
_KEYS = frozenset({"state", "outcome"})
"""Fields that hold one of a few words of ours."""


def hostile(value: Any) -> Any:
    """An example as somebody fills it who means ill; links lead to one host."""
    if isinstance(value, PublicEntry | InternalEntry | CaseFacts):
        return {PublicEntry: SAID, InternalEntry: NOTE, CaseFacts: CASE}[type(value)]
    if isinstance(value, datetime):
        return AT
    if isinstance(value, tuple | list):
        return type(value)(map(hostile, value))
    if isinstance(value, EventLine):
        return EventLine(AT, value.name, f"{value.by} {HOSTILE}")
    if is_dataclass(value) and not isinstance(value, type):
        own = {field.name: getattr(value, field.name) for field in fields(value) if field.name not in _KEYS}
        return replace(value, **{name: hostile(inner) for name, inner in own.items()})
    if not isinstance(value, str) or _PLAIN.fullmatch(value):
        return value
    return (
        re.sub(r"https://[^/]+", "https://docs.acme.com", value) if "://" in value else f"{value} {HOSTILE}"
    )


def _facts(name: str) -> dict[str, Any]:
    notice = NOTICES[name]
    facts = {fact: hostile(value) for fact, value in notice.example().items()}
    if "sections" in facts:
        facts["sections"] = SECTIONS
    if notice.audience == "staff" and notice.example_case is not None:
        facts |= {"as_it_came": "https://docs.acme.com/mail/x", "note_address": NOTE_TO}
    return facts


FACTS: dict[str, dict[str, Any]] = {name: _facts(name) for name in NOTICES}
OF_NO_CASE = tuple(name for name, notice in NOTICES.items() if notice.example_case is None)
"""The notices that are about a mailbox, about all mail, or about the desk."""
