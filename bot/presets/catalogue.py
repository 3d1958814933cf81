"""All presets, read from the files of this folder; ``neutral`` is what the config has without one."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
NEUTRAL = "neutral"


def names() -> tuple[str, ...]:
    """The names of all presets, the neutral one first."""
    return (NEUTRAL, *sorted(file.stem for file in FOLDER.glob("*.toml")))


def text(name: str) -> str:
    """The TOML of a preset's ``[lists]``, comments included; ``""`` for the neutral one."""
    return "" if name == NEUTRAL else (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
