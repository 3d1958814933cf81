"""Pasted pictures: which ones within a mail's text people are to see, and which are a signature's."""

from __future__ import annotations

from dataclasses import replace

from bot.model.message import Attachment, Said
from store.cases import attachment as attachments
from store.engine.transaction import Transaction

ICON = 2_000
"""Bytes up to which a picture within a text is nothing to look at: icons, lines, pixels that count readers."""
LOGO = 60_000
"""Bytes up to which a picture that somebody has sent before is their signature's."""


def shown(tx: Transaction, message: Said, *, case_id: int, person_id: int) -> tuple[Attachment, ...]:
    """The files of a message, with what its writer pasted among those that are listed.

    What was on the case before is quoted, and what they have sent with another case is their logo: these stay hidden,
    like those that the plain text names below the new part only.
    """
    pasted = [file for file in message.attachments if _is_candidate(file, message)]
    if not pasted:
        return message.attachments
    cases = attachments.came_before(
        tx, [file.sha256 for file in pasted], case_id=case_id, person_id=person_id
    )
    fresh = {
        file.sha256
        for file in pasted
        if not (before := cases.get(file.sha256)) or (case_id not in before and file.size > LOGO)
    }
    return tuple(
        replace(file, inline=False) if file.sha256 in fresh else file for file in message.attachments
    )


def _is_candidate(file: Attachment, message: Said) -> bool:
    if not file.inline or not file.type.startswith("image/") or file.size <= ICON:
        return False
    naming = {part.kind for part in message.parts if file.name in part.text}
    return not naming or "new" in naming
