"""Commands about articles: one has solved a case, or kept somebody from opening one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.model.request import Command, OnCase
from bot.model.rule import ASKED, LINKED_REQUESTER, Rule


@dataclass(frozen=True, slots=True)
class Solved(OnCase):
    """Record that an article solved the asker's own case, and close it."""

    rule: ClassVar[Rule] = LINKED_REQUESTER
    article: int


@dataclass(frozen=True, slots=True)
class Deflect(Command):
    """Record that an article solved a problem before there was a case."""

    rule: ClassVar[Rule] = ASKED
    article: int
