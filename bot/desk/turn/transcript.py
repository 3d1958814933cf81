"""The transcript: what the asker of a turn may be sent, of all that was understood, done and refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from bot.model.facts import CaseLine, CaseList


@dataclass(slots=True)
class TranscriptDraft:
    """What is collected for it while the commands are done."""

    owed: bool = False
    """Must the asker, who wrote a mail of plain words, hear what became of them?"""
    in_full: bool = False
    """Whatever else they are told?"""
    lists: list[CaseList] = field(default_factory=list)
    """The cases that were asked for, list by list."""
    shown: dict[str, Any] = field(default_factory=dict)
    """What stands there besides its lines: ``cases``, ``view``, ``entries``, ``history``, ``help``."""

    def list_cases(self, asked: str, lines: Iterable[CaseLine]) -> None:
        """Show a list of cases below the transcript.

        ``asked``: the words that asked for it, where there are several lists.
        """
        self.lists.append(CaseList(asked, tuple(lines)))
        self.shown["cases"] = tuple(line for listing in self.lists for line in listing.lines)

    def facts(self) -> dict[str, Any]:
        """What it shows besides its lines; a single list needs no name."""
        lists = [listing for listing in self.lists if listing.lines]
        cases = lists if len(lists) > 1 else [replace(listing, asked="") for listing in lists]
        return {**self.shown, "cases": tuple(listing.first() for listing in cases)}
