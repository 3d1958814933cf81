"""Refusals: errors that may be shown to the person who asked."""

from __future__ import annotations

from collections.abc import Mapping

from bot.model.translatable import Saying, saying


class Refusal(Exception):
    """Something the desk will not do; ``str()`` of it may be shown to the asker."""

    @property
    def said(self) -> str:
        """The refusal as a ``Saying``: its words are always ours."""
        words = self.args[0] if self.args else ""
        return words if isinstance(words, Saying) else saying(str(words))


class NotAllowed(Refusal):
    """The asker's role or proof does not permit this command."""


class NotProven(NotAllowed):
    """The asker may do this, but we could not be sure that it was the asker."""


class NoSuchCase(Refusal):
    """The asker has no access to a case of that number, whether or not it exists."""

    def __init__(self, number: str) -> None:
        super().__init__(saying("{case} is not a case that you can reach from here.", case=number))


class BadCommand(Refusal):
    """Words that make no command; ``fields`` maps a field's name to what is wrong with it."""

    def __init__(self, why: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.fields = dict(fields or {})


class Busy(Refusal):
    """The desk is behind with its work: try again in a moment (451 at a mail door)."""


class TooMany(Refusal):
    """Too many unproven messages have come already: try again in an hour, or write a mail."""


class NoRoom(Refusal):
    """There is no room to keep anything now (452 at a mail door)."""
