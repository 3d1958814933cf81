"""Which of the desk's cases a list shows, and the words that ask for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

MARKS = ("mine", "unassigned", "waiting", "snoozed", "due today", "concerns", "decisions")
"""What cases can be chosen by in a word, besides the keys below."""
KEYS = ("type", "account", "priority", "state")
"""What they can be chosen by with a value: ``type:report``."""
CONTRARY = (("mine", "unassigned"), ("waiting", "unassigned"))
"""Marks that no case has both of."""


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """A choice of cases; a case is listed if it has all that is said here."""

    marks: tuple[str, ...] = ()
    """Of ``MARKS``, in their order."""
    type: str = ""
    account: str = ""
    """A name, or a part of one that several may have."""
    priority: str = ""
    state: str = ""

    def has(self, mark: str) -> bool:
        """Is it one of its marks?"""
        return mark in self.marks

    def marked(self, *marks: str) -> Self:
        """The same with these marks in place of its own."""
        return replace(self, marks=tuple(mark for mark in MARKS if mark in marks))

    @property
    def soonest_first(self) -> bool:
        """Is the list in the order in which things are due, and not by urgency?"""
        return self.has("mine") or self.has("due today")

    @property
    def words(self) -> str:
        """The words that ask for it: ``mine due today type:"In-app ads"``."""
        pairs = ((key, getattr(self, key)) for key in KEYS)
        return " ".join((*self.marks, *(f"{key}:{_quoted(value)}" for key, value in pairs if value)))


EVERYTHING = CaseFilter()


def _quoted(value: str) -> str:
    return value if value.isalnum() else f'"{value}"'
