"""The transcript: what the asker of a turn may be sent, of all that was understood, done and refused."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.model.facts import CaseFacts, CaseLine, CaseList, EventLine, HelpLine, PublicEntry


@dataclass(slots=True)
class TranscriptDraft:
    """What is collected for it while the commands are done."""

    owed: bool = False
    """Must the asker, who wrote a mail of plain words, hear what became of them?"""
    in_full: bool = False
    """Whatever else they are told?"""
    lists: list[CaseList] = field(default_factory=list)
    """The cases that were asked for, list by list."""
    view: CaseFacts | None = None
    """The case that was asked for in full; with its entries and its history."""
    entries: tuple[PublicEntry, ...] = ()
    history: tuple[EventLine, ...] = ()
    help: tuple[HelpLine, ...] = ()
    """What can be asked for."""

    @property
    def listing(self) -> CaseList | None:
        """The last of the lists."""
        return self.lists[-1] if self.lists else None

    @property
    def cases(self) -> tuple[CaseLine, ...]:
        """The lines of all lists."""
        return tuple(line for listing in self.lists for line in listing.lines)

    def shown_lists(self) -> tuple[CaseList, ...]:
        """The lists as the transcript shows them: none that is empty, and a single one without a name."""
        lists = [listing for listing in self.lists if listing.lines]
        return tuple(lists if len(lists) > 1 else [replace(listing, asked="") for listing in lists])
