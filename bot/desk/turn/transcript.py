"""The transcript: what the asker of a turn may be sent, of all that was understood, done and refused."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from bot.model.facts import CaseList


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

    def list_cases(self, listing: CaseList) -> None:
        """Show a list of cases below the transcript."""
        self.lists.append(listing)
        self.shown["listing"] = listing
        self.shown["cases"] = tuple(line for each in self.lists for line in each.lines)

    def facts(self) -> dict[str, Any]:
        """What it shows besides its lines; a single list needs no name."""
        lists = [listing for listing in self.lists if listing.lines]
        cases = lists if len(lists) > 1 else [replace(listing, asked="") for listing in lists]
        shown = {name: value for name, value in self.shown.items() if name != "listing"}
        return {**shown, "cases": tuple(cases)}
