"""Message: what somebody has written, and the files that came along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.model.identity import Identity

EDITED, DELETED = "✏️ edited: ", "🗑️ deleted: "
"""What the words of a change begin with, as they are kept."""


PartKind = Literal["new", "quoted", "folded", "signature", "disclaimer", "inserted", "unsure"]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a message; all parts are kept, but only the new one is acted on.

    ``folded``: forwarded or quoted text that people here have not read yet. It is shown below the new text.
    ``inserted`` text stands between or below lines of ours; ``unsure`` text may be quoted, or the sender's own.
    """

    kind: PartKind
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message; ``sha256`` (hex) is its name in the file store, ``size`` in bytes."""

    name: str
    type: str
    size: int
    sha256: str
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """The message that came with a request, as it will be kept on the case."""

    text: str = ""
    """The new part, without command and field lines."""
    parts: tuple[Part, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    emphasis: tuple[tuple[str, str], ...] = ()
    """Styles (``b``, ``i``, ``s``, ``code``) and the words of the text that have them, in order."""
    copied: tuple[Identity, ...] = ()
    """The people in Cc: added to a new case where they are known in the account, else proposed."""
    subject: str = ""
    message_id: str = ""
    """With angle brackets, as in In-Reply-To; empty if it had none."""
    references: tuple[str, ...] = ()
    """Every id in References and In-Reply-To, oldest first."""
    inbox: int | None = None
    """The inbox row that holds the raw bytes."""
    writer: str = ""
    """The writer's unverified mail address, if the message came from an address that takes no replies."""
