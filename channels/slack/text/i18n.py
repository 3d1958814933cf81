"""The language of a request, known wherever one of its views is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bot.model.translatable import Saying, saying

Translate = Callable[[str], str]
"""From a saying to the same in a language."""
_WORDS: ContextVar[Translate] = ContextVar("words", default=str)


@contextmanager
def translating(words: Translate) -> Iterator[None]:
    """Make ``_`` use this translator within the block.

    Threads that continue a request need its context (``copy_context``).
    """
    before = _WORDS.set(words)
    try:
        yield
    finally:
        _WORDS.reset(before)


def _(sentence: str, **values: object) -> str:
    """A sentence of ours in the reader's language; its placeholders are filled afterwards.

    Whoever calls it says that it is ours: never what people wrote, or are called.
    """
    words = _WORDS.get()(sentence if isinstance(sentence, Saying) else saying(sentence))
    return words.format(**values) if values else words
