"""Translatable sentences: English text that knows its values, as gettext has them."""

from __future__ import annotations

from collections.abc import Mapping


class Saying(str):
    """An English sentence that can be translated: ``pattern`` is its key, ``values`` fill it."""

    pattern: str
    values: Mapping[str, str]


def saying(pattern: str, **values: str) -> Saying:
    """A sentence: ``saying("{case} is open again.", case="CS-000123")``.

    Values may be sayings, or words of the desk's lists.
    """
    result = Saying(pattern.format(**values))
    result.pattern, result.values = pattern, values
    return result


def together(*sentences: str) -> str:
    """Sentences one after the other, without empty ones."""
    named = {f"part{number}": sentence for number, sentence in enumerate(filter(None, sentences))}
    return saying(" ".join(f"{{{name}}}" for name in named), **named)


def in_words(sentence: str, words: Mapping[str, str]) -> str:
    """The sentence in another language by ``words`` (English patterns → its own); English if missing."""
    if not isinstance(sentence, Saying):
        return words.get(sentence, sentence)
    values = {name: in_words(value, words) for name, value in sentence.values.items()}
    return words.get(sentence.pattern, sentence.pattern).format(**values)
