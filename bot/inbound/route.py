"""A route: the case that a message belongs to; or why it belongs to none."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.identity import Proof


@dataclass(frozen=True, slots=True)
class Aside:
    """A message that asks nothing of the desk: kept in the inbox, with the reason."""

    reason: str
    case: int | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """The case a message belongs to. No case: a new one, ``linked`` to the one it mentions, if any."""

    case: int | None
    proof: Proof
    evidence: tuple[str, ...]
    audience: str = "public"
    right: bool = False
    """The sender may speak on the case."""
    linked: int | None = None
    outdated: str = ""
    """Why the message is too old for command lines, which are kept as text; or empty."""
