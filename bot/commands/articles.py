"""Commands about articles: one has solved a case, or kept somebody from opening one."""

from __future__ import annotations

from dataclasses import dataclass

from bot.commands import Command, OnCase


@dataclass(frozen=True, slots=True)
class Solved(OnCase):
    """An article has solved it: that is counted, and the asker's own case is closed."""

    article: int


@dataclass(frozen=True, slots=True)
class Deflect(Command):
    """An article has solved it before there was a case: that is counted."""

    article: int
