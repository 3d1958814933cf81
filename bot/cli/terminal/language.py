"""The language of a terminal: the desk's, in which `casebot case …` answers; ``--json`` is English."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from bot.model.translatable import Saying, in_words, saying

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.config.load import Config

_WORDS: ContextVar[Mapping[str, str]] = ContextVar("terminal")


def read_by(config: Config) -> None:
    """Say everything in the language of this desk from now on, by the words of its templates."""
    from bot.render.translations import Translations

    _WORDS.set(Translations(*config.templates()).words(config.desk.language))


def _(sentence: str, **values: str) -> str:
    """A sentence of ours in the terminal's language; English, where no desk is known."""
    words = sentence if isinstance(sentence, Saying) else saying(sentence, **values)
    return in_words(words, _WORDS.get({}))
