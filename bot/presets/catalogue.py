"""All presets, read from the files of this folder; ``neutral`` is what the config has without one."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parent
NEUTRAL = "neutral"
_SECTION = re.compile(r"^\[lists\]$.*?(?=^(?:\n|#[^\n]*\n)*\[+(?!lists[.\]])|\Z)", re.MULTILINE | re.DOTALL)


def names() -> tuple[str, ...]:
    """The names of all presets, the neutral one first."""
    return (NEUTRAL, *sorted(file.stem for file in FOLDER.glob("*.toml")))


def text(name: str) -> str:
    """The TOML of a preset's ``[lists]``, comments included; ``""`` for the neutral one."""
    return "" if name == NEUTRAL else (FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def written_into(config: str, name: str) -> str:
    """The text of a config file with the lists of a preset in place of its own."""
    if name == NEUTRAL:
        return config
    _, section, lists = text(name).partition("[lists]\n")
    return _SECTION.sub(lambda _: section + lists, config, count=1)
