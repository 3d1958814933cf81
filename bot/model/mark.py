"""Mark: a sign that somebody puts on a message in place of words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Meaning = Literal["create", "take", "resolve", "reopen", "send", "internal", "concern", "attach"]
MEANINGS: tuple[Meaning, ...] = (
    "create", "take", "resolve", "reopen", "send", "internal", "concern", "attach",
)  # fmt: skip
"""What signs ask for; which sign asks for what, each channel's config says."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign on a message; the message's words and files come with it."""

    meaning: Meaning
    sign: str
    """As people see it, ``👀``."""
    at: str
    """Which sign on which message, as the channel needs it to show the sign itself once all is done."""
    letter: str = ""
    """The key of the marked message in the inbox."""
    own: bool = False
    """Whoever puts it there wrote the message."""
    off: bool = False
    """It was taken off again."""
