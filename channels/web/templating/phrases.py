"""Phrases: what pages say in a language, and in English where it lacks something."""

from __future__ import annotations

from typing import Any

_NONE = object()


class Phrases:
    """One language's ``phrases.j2``, with English for what is missing, within mappings too."""

    def __init__(self, own: Any, english: Any) -> None:
        self._own, self._english = own, english

    def __getattr__(self, name: str) -> Any:
        own, english = getattr(self._own, name, _NONE), getattr(self._english, name, _NONE)
        if own is _NONE and english is _NONE:
            raise AttributeError(name)
        if isinstance(own, dict) and isinstance(english, dict):
            return {**english, **own}
        return english if own is _NONE else own
