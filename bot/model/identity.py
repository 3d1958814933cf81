"""Identity: who somebody is in a channel, and how sure we are of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Proof(IntEnum):
    """How sure we are that a request comes from the person it names."""

    UNPROVEN = 0
    """Nothing aligned: anybody could have written this."""
    PLAUSIBLE = 1
    """DMARC-aligned, or submitted from a trusted network."""
    PROVEN = 2
    """Plausible, with a reply token of ours that was issued to this person."""
    LINKED = 3
    """A mapped Slack identity, a signed web link, or the operator's own command line."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody in one channel: ``("email", "ana@acme.com")``; the name is a label, never proof."""

    channel: str
    address: str
    name: str = ""
    language: str = ""
    """What their program is set to (``de-AT``), where it tells: it counts until they have written something."""


OPERATOR = Identity("cli", "operator", "The operator")
"""Whoever works on the command line."""


CLOCK = Identity("clock", "clock")
"""Who asks for what is due."""
