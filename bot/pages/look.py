"""How pages look: each mailbox's logo and colour, read when a page first needs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from bot.brand import palette
from bot.brand.logo import Logo, UnfitLogo, read_logo
from bot.config.settings import MailboxSection


class Looks:
    """The looks of all the desk's addresses."""

    def __init__(self, mailboxes: Sequence[MailboxSection]) -> None:
        self._mailboxes = mailboxes

    @cached_property
    def logos(self) -> Mapping[str, Logo]:
        """By the name in their addresses."""
        return {logo.name: logo for logo in self._files.values() if isinstance(logo, Logo)}

    def logo_of(self, mailbox: str) -> str:
        """The name of a mailbox's logo, or ``""``."""
        files = {box.address: box.logo for box in self._mailboxes}
        logo = self._files.get(files.get(mailbox, ""))
        return logo.name if isinstance(logo, Logo) else ""

    @property
    def problems(self) -> Iterator[str]:
        """A sentence for each logo that cannot be shown."""
        return (problem for problem in self._files.values() if isinstance(problem, str))

    @property
    def advice(self) -> Iterator[str]:
        """A sentence for each colour that was changed so that everybody can read it."""
        for colour in dict.fromkeys(box.colour for box in self._mailboxes if box.colour):
            if words := palette.changes(colour):
                yield f"colour {words}"

    @cached_property
    def _files(self) -> Mapping[str, Logo | str]:
        """By file: the logo, or why there is none."""
        return {box.logo: _read(Path(box.logo)) for box in self._mailboxes if box.logo}


def _read(file: Path) -> Logo | str:
    try:
        return read_logo(file)
    except UnfitLogo as unfit:
        return str(unfit)
