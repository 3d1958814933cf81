"""The labels of the picture of a week: words, where its font can draw them, else figures alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.model.translatable import in_words, saying
from bot.reports.charts import STATES
from bot.reports.figures import AGES

WORDS = (saying("Opened and closed"), saying("Waiting now"), saying("opened"), saying("closed"))
SHORT = ("< 1", "1 - 3", "3 - 7", "7 - 30", "> 30")
"""The ages in days, as figures alone say them."""


def draws(words: Mapping[str, str]) -> bool:
    """Can the font draw all that is said in these words? Pillow's own has the letters of ASCII."""
    texts = (*WORDS, *(saying(state) for state in STATES.values()), *(saying(name) for name, _ in AGES))
    return all(in_words(text, words).isascii() for text in texts)


def of_ages(words: Mapping[str, str]) -> Sequence[str]:
    """What the ages are called in the picture."""
    return [in_words(name, words) for name, _ in AGES] if draws(words) else SHORT
