"""A veil: a language in which each sentence of ours has other letters, so that what is not translated shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from html import unescape
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import write_po

from bot.model.translatable import Saying, in_words, saying
from bot.render.translations import CATALOG
from tests.house.inventory import inventory

_STAYS = re.compile(r"(\{\w+\}|`[^`]*`|\"[^\"]*\")")
"""Values, and what people type."""
_LATIN = re.compile(r"[A-Za-zÀ-ž]")
_WORD = re.compile(r"[A-Za-zÀ-ž]{3,}")
_TECHNICAL = re.compile(
    r"<!date\^[^>]*>|<(?:https?|mailto):[^<>|]*\|?|`[^`]*`|https?://\S+|\S+@\S+|\b\d+ (?:min|kB|MB)\b"
)


def veiled(sentence: str) -> str:
    """The sentence with other letters; its places and what people type in it stay."""
    return "".join(
        part if _STAYS.fullmatch(part) else _LATIN.sub("ж", part) for part in _STAYS.split(sentence)
    )


@cache
def covered() -> Mapping[str, str]:
    """Each sentence of ours, and it veiled."""
    return {sentence: veiled(sentence) for sentence in inventory()}


def say(sentence: str) -> str:
    """A sentence of ours, veiled, as ``Renderer.in_words`` says it in a language."""
    return in_words(sentence if isinstance(sentence, Saying) else saying(sentence), covered())


def bare(texts: Iterable[str], people_said: Iterable[str]) -> set[str]:
    """The words of texts that no veil covers, without what people have said and are called."""
    spoken = {word for text in people_said for word in _WORD.findall(text)}
    shown = (_TECHNICAL.sub(" ", unescape(text)) for text in texts)
    return {word for text in shown for word in _WORD.findall(text)} - spoken


def folder(place: Path) -> Path:
    """An operator's templates in which the language ``xx`` is the veil: its notices are the English ones."""
    catalog = Catalog()
    for sentence, text in covered().items():
        catalog.add(sentence, text)
    file = place / "locale" / "xx" / CATALOG
    file.parent.mkdir(parents=True)
    with file.open("wb") as written:
        write_po(written, catalog)
    return place
