"""Commands that take something out of a case for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.commands.verb import PAUSE, Arguments, verb
from bot.model.errors import BadCommand
from bot.model.request import OnCase
from bot.model.rule import DESK, Rule
from bot.model.translatable import saying
from bot.syntax.case_numbers import ENTRY


@dataclass(frozen=True, slots=True)
class Redact(OnCase):
    """Take an entry's words and files out of every place they went.

    Or only some ``words``, or only the ``file`` of a name. ``why`` stands in the history.
    """

    rule: ClassVar[Rule] = DESK
    entry: str
    """Its name, as ``bot.syntax.case_numbers.entry_name`` makes it."""
    why: str = ""
    words: tuple[str, ...] = ()
    file: str = ""

    def __repr__(self) -> str:
        """Without the words: what is shown or logged of a command must not have them."""
        return f"Redact(case={self.case}, entry={self.entry!r})"


@verb(
    Redact,
    "redact e-k4q7x2 [why]",
    "take what was said there, and its files, out of the case for good",
    text=True,
)
def redact(words: Arguments) -> Redact:
    """``redact e-k4q7x2 A password.``"""
    case, text = words.case, words.text.strip()
    match = ENTRY.match(text)
    if match is None:
        raise BadCommand(
            saying("Which entry? redact e-k4q7x2"), {"entry": saying("is needed, as `case show` names it")}
        )
    return Redact(case, match.group().lower(), text[match.end() :].lstrip(PAUSE))
