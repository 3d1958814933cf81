"""A channel's profile: what it says of itself before it is opened, as ``Settings.PROFILE``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bot.model.mail_address import MAIL


@dataclass(frozen=True, slots=True)
class AddressForm:
    """How a channel writes addresses of one kind: those of people, or those of places that several read.

    An address has parts, with ``/`` between, the largest first: workspace and person; workspace, place and, where there
    are threads, thread.
    """

    pattern: str
    """A regular expression for the whole of it."""
    example: str
    capitals: bool = False
    """It is written in capital letters; the store keeps people's in small ones."""
    workspaces: bool = False
    """Its first part is an organisation's own: people who share that are of one organisation."""
    columns: tuple[str, ...] = ()
    """What else a column of a CSV file may be called that holds them, in small letters and without spaces."""

    def read(self, written: str) -> str:
        """The address as the channel writes it. Raises ``ValueError`` in words if it is not an address."""
        address = self.write(written.strip())
        if not re.fullmatch(self.pattern, address, re.ASCII):
            raise ValueError(f"must look like {self.example}")
        return address

    def write(self, address: str) -> str:
        """An address of the store, as the channel writes it."""
        return address.upper() if self.capitals else address

    def workspace(self, address: str) -> str:
        """Whose organisation's it is, or ``""``."""
        return address.lower().partition("/")[0] if self.workspaces else ""


@dataclass(frozen=True, slots=True)
class MarkupTemplate:
    """How a notice looks beside its plain words: the template of the parts that it is made of."""

    kind: Literal["html", "blocks", "text"]
    """``html``: a whole page · ``blocks``: with ``& < >`` of people's words escaped, ``outbound.GAP`` between
    blocks · ``text``: nothing is escaped, a blank line between blocks."""
    template: str
    """Its name within a folder of templates: ``pager/parts.j2``. It sets ``chat``, and defines what
    ``templates/README.md`` names."""
    folder: Path | None = None
    """Of templates; None: casebot's own. What the operator has of the same name comes first."""
    moment: str = ""
    """How the channel shows a moment in each reader's own zone, from ``seconds`` since 1970 and ``words``, which say it
    by the clock of whoever it is written for, else by the desk's; empty: as in those words."""


TEXT, HTML = MarkupTemplate("text", f"{MAIL}/text.j2"), MarkupTemplate("html", f"{MAIL}/html.j2")
"""The plain words that every notice has, and what a mail has beside them."""


def _nowhere(written: Mapping[str, Any]) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class ChannelProfile:
    """What is known of a channel whether it is open or not."""

    label: str = ""
    """Its name for people: ``Pager``; empty: the name of its section."""
    people: AddressForm | None = None
    """None: nobody is known by an address of it but by the mail addresses that people have anyway."""
    places: AddressForm | None = None
    """None: no place of it can be an account's own."""
    markup: MarkupTemplate = HTML
    desk_places: Callable[[Mapping[str, Any]], Mapping[str, str]] = _nowhere
    """From its section as it is written, unchecked: key → a place where the desk talks among itself (the last part of
    its address)."""
    command: str = ""
    """The key of its section with the command that its people type (``/case``); empty: they have none."""
    shown: tuple[str, ...] = ()
    """Keys of its section that ``casebot run`` and ``check`` name: where messages come in and leave."""


def profile_of(settings: type) -> ChannelProfile:
    """The profile of the channel whose section this is; one without a profile has no capability."""
    profile: ChannelProfile = getattr(settings, "PROFILE", ChannelProfile())
    return profile
