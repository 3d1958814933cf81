"""All presets, from this folder: a file per trade and language, and how a fresh config begins."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
NEUTRAL = "neutral"
"""What the config has without a preset."""
_ENGLISH, _FRESH = "en", "fresh"


def names() -> tuple[str, ...]:
    """The names of all presets, the neutral one first."""
    trades = {file.stem for file in (FOLDER / _ENGLISH).glob("*.toml")} - {_FRESH}
    return (NEUTRAL, *sorted(trades))


def text(name: str, language: str = _ENGLISH) -> str:
    """The TOML of a preset's ``[lists]``, comments included; ``""`` for the neutral one.

    In ``language`` (``ja``), else in English.
    """
    return "" if name == NEUTRAL else _read(name, language)


def fresh_config(language: str) -> str:
    """How a fresh config.toml begins, its comments in ``language``, else in English.

    Has the fields ``address``, ``domain`` and ``keys`` (of the config) of a format string.
    """
    return _read(_FRESH, language)


def _read(name: str, language: str) -> str:
    own, english = (FOLDER / code / f"{name}.toml" for code in (language, _ENGLISH))
    return (own if own.is_file() else english).read_text(encoding="utf-8")
