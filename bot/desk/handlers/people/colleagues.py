"""Colleagues: what only a person of the staff can ask for, and not the desk itself."""

from __future__ import annotations

from bot.desk.turn.turn import Turn
from bot.model.errors import BadCommand
from bot.model.translatable import saying, together


def require_colleague(turn: Turn, verb: str, why: str) -> None:
    """Refuse the operator, who is nobody. Raises ``BadCommand`` that begins with ``why``."""
    if not turn.people.is_colleague(turn.person.id):
        words = together(why, saying("Say who: --as MAIL with `{verb}`.", verb=verb))
        raise BadCommand(words, {"as": saying("is needed")})
