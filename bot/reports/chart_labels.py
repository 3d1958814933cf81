"""The labels of the picture of a week: words, where its font can draw them, else figures alone."""

from __future__ import annotations

from collections.abc import Mapping

from bot.model.translatable import in_words, saying
from bot.reports.charts import STATES
from bot.reports.figures import AGES

WORDS = (saying("Opened and closed"), saying("Waiting now"), saying("Cases opened"), saying("Cases closed"))
SHORT = dict(zip((name for name, _ in AGES), ("< 1", "1 - 3", "3 - 7", "7 - 30", "> 30"), strict=True))
"""The ages in days, as figures alone say them."""


def draws(words: Mapping[str, str]) -> bool:
    """Can the font draw all that is said in these words? Pillow's own has the letters of ASCII."""
    texts = (*WORDS, *(saying(state) for state in STATES.values()), *(saying(name) for name, _ in AGES))
    return all(in_words(text, words).isascii() for text in texts)


def age_name(name: str, words: Mapping[str, str]) -> str:
    """What an age is called in the picture."""
    return in_words(saying(name), words) if draws(words) else SHORT[name]
