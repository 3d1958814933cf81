"""Translatable sentences: English text that knows its values, as gettext has them."""

from __future__ import annotations

from collections.abc import Mapping


class Saying(str):
    """An English sentence, to be used as one; ``pattern`` is how catalogues know it, ``values`` fill it."""

    pattern: str
    values: Mapping[str, str]


def saying(pattern: str, **values: str) -> Saying:
    """``saying("{case} is open again.", case="CS-000123")``. Values may be sayings, or words of the desk's lists."""
    made = Saying(pattern.format(**values))
    made.pattern, made.values = pattern, values
    return made


def together(*sentences: str) -> str:
    """Sentences one after the other; those that are empty are left out."""
    named = {f"part{number}": sentence for number, sentence in enumerate(filter(None, sentences))}
    return saying(" ".join(f"{{{name}}}" for name in named), **named)


def in_words(sentence: str, words: Mapping[str, str]) -> str:
    """A sentence as ``words`` (English patterns → another language's) say it; English where they lack it."""
    if not isinstance(sentence, Saying):
        return words.get(sentence, sentence)
    values = {name: in_words(value, words) for name, value in sentence.values.items()}
    return words.get(sentence.pattern, sentence.pattern).format(**values)
