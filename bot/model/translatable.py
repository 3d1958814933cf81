"""Translatable sentences: English text that knows its values, as gettext has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

PEOPLES = frozenset({"who", "author", "owner", "contact", "name", "last", "title", "word", "words", "text"})
"""Values that people chose: a colleague may be called Grant. What is ours among them is a saying."""


class Saying(str):
    """An English sentence that can be translated: ``pattern`` is its key, ``values`` fill it."""

    pattern: str
    values: Mapping[str, str]


def saying(pattern: str, **values: str) -> Saying:
    """A sentence: ``saying("{case} is open again.", case="CS-000123")``.

    Values may be sayings, or words of the desk's lists; ``PEOPLES`` are never translated.
    """
    result = Saying(pattern.format(**values) if values else pattern)
    result.pattern, result.values = pattern, values
    return result


def together(*sentences: str) -> str:
    """Sentences one after the other, without empty ones."""
    return _joined(" ", filter(None, sentences), "part")


def listed(*words: str) -> str:
    """Names with commas between them."""
    return _joined(", ", words, "name")


def enumerated(*words: str) -> str:
    """Names as a list that ends: ``Ana, Ben and Cléo``."""
    if len(words) < 2:
        return listed(*words)
    return saying("{names} and {last}", names=listed(*words[:-1]), last=words[-1])


def _joined(between: str, parts: Iterable[str], name: str) -> Saying:
    named = {f"{name}{number}": part for number, part in enumerate(parts)}
    return saying(between.join(f"{{{name}}}" for name in named), **named)


def localized(value: Any, words: Mapping[str, str]) -> Any:
    """A fact with all sayings in it in another language by ``words``; the same fact, if there are none."""
    if isinstance(value, Saying):
        return in_words(value, words)
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, (tuple, list)):
        items = [localized(item, words) for item in value]
        if all(item is before for item, before in zip(items, value, strict=True)):
            return value
        return type(value)(items) if type(value) in (tuple, list) else type(value)(*items)
    changes = {
        name: fact
        for name in getattr(value, "__dataclass_fields__", ())
        if (fact := localized(before := getattr(value, name), words)) is not before
    }
    return replace(value, **changes) if changes else value


def in_words(sentence: str, words: Mapping[str, str]) -> str:
    """The sentence in another language by ``words`` (English patterns → its own); English if missing."""
    if not isinstance(sentence, Saying):
        return words.get(sentence, sentence)
    values = {
        name: in_words(value, words) if isinstance(value, Saying) or not _of_people(name) else value
        for name, value in sentence.values.items()
    }
    pattern = words.get(sentence.pattern, sentence.pattern)
    return pattern.format(**values) if values else pattern


def packed(sentence: str) -> Any:
    """A sentence as JSON values, with what it can be translated by."""
    if not isinstance(sentence, Saying):
        return str(sentence)
    return [sentence.pattern, {name: packed(value) for name, value in sentence.values.items()}]


def unpacked(values: Any) -> str:
    """A sentence from JSON values; one whose pattern asks for more than its values is not formatted."""
    if isinstance(values, str):
        return values
    pattern, names = str(values[0]), {str(name): unpacked(value) for name, value in values[1].items()}
    plain = _PLACE.sub(lambda place: "" if place[1] in names else place[0], pattern)
    return pattern if {"{", "}"} & set(plain) else saying(pattern, **names)


_PLACE = re.compile(r"\{(\w+)\}")


def _of_people(name: str) -> bool:
    return name.rstrip("0123456789") in PEOPLES
