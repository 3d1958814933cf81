"""Translatable sentences: English text that knows its values, as gettext has them.

Only a ``Saying`` is ever translated. A plain string is somebody's own words, whatever it says: a colleague may be
called Grant, a customer May, and a subject be “Closed”. So a word of the desk's lists, as a priority or a closing
reason, is made a saying where it is put into a sentence. A template marks one by ``say.word(…)``, a view of Slack by
``_(…)``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any


class Saying(str):
    """An English sentence that can be translated: ``pattern`` is its key, ``values`` fill it."""

    pattern: str
    values: Mapping[str, str]


def saying(pattern: str, **values: str) -> Saying:
    """A sentence: ``saying("{case} is open again.", case="CS-000123")``.

    Values that are sayings are translated with it, all others stay as they are.
    """
    result = Saying(pattern.format(**values) if values else pattern)
    result.pattern, result.values = pattern, values
    return result


def together(*sentences: str) -> str:
    """Sentences one after the other, without empty ones."""
    return _joined("{first} {rest}", [sentence for sentence in sentences if sentence])


def listed(*words: str) -> str:
    """Names with commas between them."""
    return _joined("{first}, {rest}", words)


def enumerated(*words: str) -> str:
    """Names as a list that ends: ``Ana, Ben and Cléo``."""
    if len(words) < 2:
        return listed(*words)
    return saying("{names} and {last}", names=listed(*words[:-1]), last=words[-1])


def _joined(pattern: str, parts: Sequence[str]) -> str:
    """The parts, joined two by two: a language may want no space between them, or another comma."""
    whole = parts[-1] if parts else ""
    for part in parts[-2::-1]:
        whole = saying(pattern, first=part, rest=whole)
    return whole


def localized(value: Any, words: Mapping[str, str]) -> Any:
    """A fact with all sayings in it in another language by ``words``; the same fact, if there are none."""
    if isinstance(value, str):
        return in_words(value, words)
    if value is None:
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
    """A saying in another language by ``words`` (English patterns → its own); English if missing.

    A plain string stays as it is.
    """
    if not isinstance(sentence, Saying):
        return sentence
    values = {name: in_words(value, words) for name, value in sentence.values.items()}
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


def stored(sentence: str) -> str:
    """A sentence as text for a column; ``restored`` makes the saying of it again."""
    return json.dumps(packed(sentence), ensure_ascii=False) if isinstance(sentence, Saying) else str(sentence)


def restored(text: str) -> str:
    """A sentence from a column; text that was no saying stays as it is."""
    try:
        values = json.loads(text) if text.startswith('["') else text
        return unpacked(values) if isinstance(values, str) or _is_packed(values) else text
    except ValueError:
        return text


def _is_packed(values: Any) -> bool:
    """Is it what ``packed`` makes of a saying?"""
    if not (isinstance(values, list) and len(values) == 2 and isinstance(values[0], str)):
        return False
    return isinstance(values[1], dict) and all(
        isinstance(value, str) or _is_packed(value) for value in values[1].values()
    )


_PLACE = re.compile(r"\{(\w+)\}")
