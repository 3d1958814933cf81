"""The desk as every page shows it, and the page that says that a link leads nowhere any more."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.facts import DeskFacts


@dataclass(frozen=True, slots=True)
class Front:
    """What every page says of the desk."""

    desk: DeskFacts
    language: str
    """The desk's own, for a reader whose language we do not have."""
    local_team: str = ""
    """An address that may help, or empty."""
    new_url: str = ""
    """The page on which a case is opened: the reader's own, where the page may lead there; empty: there is none."""
    my_url: str = ""
    """The reader's own cases, where the page may lead there; else empty."""
    reader: str = ""
    """The language of the very reader, if that is known."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A link that was ours and leads nowhere any more."""

    front: Front
