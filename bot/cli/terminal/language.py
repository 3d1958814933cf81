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
    _WORDS.set({} if config.desk.language == "en" else _words_of(config))


def _words_of(config: Config) -> Mapping[str, str]:
    from bot.config.state_files import cache_folder
    from bot.render.renderer import Renderer

    return Renderer(*config.templates(), cache=cache_folder(config)).words_of(config.desk.language)


def _(sentence: str, **values: str) -> str:
    """A sentence of ours in the terminal's language; English, where no desk is known."""
    words = sentence if isinstance(sentence, Saying) else saying(sentence, **values)
    return in_words(words, _WORDS.get({}))
