"""Commands about articles: one has solved a case, or kept somebody from opening one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.model.request import Command, OnCase
from bot.model.rule import ASKED, LINKED_REQUESTER, Rule


@dataclass(frozen=True, slots=True)
class Solved(OnCase):
    """An article has solved it: that is counted, and the asker's own case is closed."""

    rule: ClassVar[Rule] = LINKED_REQUESTER
    article: int


@dataclass(frozen=True, slots=True)
class Deflect(Command):
    """An article has solved it before there was a case: that is counted."""

    rule: ClassVar[Rule] = ASKED
    article: int
