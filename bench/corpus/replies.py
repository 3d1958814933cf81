"""A folder of replies, each beside what its writer wrote: how many are divided exactly so."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from channels import text
from channels.email.replies import split


@dataclass
class Half:
    """Every second file in the order of names.

    Rules may be made looking at one half, and tried on the other.
    """

    files: int = 0
    exact: int = 0
    differing: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, ours, theirs."""


def score(folder: Path) -> tuple[Half, Half]:
    """``emails/NAME.txt`` beside ``trimmed/NAME.txt``; white space around does not count."""
    halves = Half(), Half()
    for number, file in enumerate(sorted((folder / "emails").glob("*.txt"))):
        told = folder / "trimmed" / file.name
        theirs = _read(told).strip() if told.exists() else ""
        ours = "\n".join(part.text for part in split.divide(_read(file)) if part.kind == "new")
        half = halves[number % 2]
        half.files += 1
        if ours.strip() == theirs:
            half.exact += 1
        else:
            half.differing.append((file.name, ours.strip(), theirs))
    return halves


def _read(file: Path) -> str:
    return text.clean(file.read_bytes().decode("utf-8", "replace"))
