"""A folder of real mail, scored: how often our reading agrees with what is known of it, and where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.corpus import bounces, messages, replies


@dataclass(frozen=True, slots=True)
class Row:
    """How often our reading agrees: ``right`` of ``of`` files.

    ``most``: of a row that counts what should not be (or seconds), how much may be.
    """

    folder: str
    measure: str
    right: float
    of: int
    least: float = 0.0
    """Percent that should be right; 0: told only."""
    most: float | None = None

    @property
    def good(self) -> bool:
        """Is it as it should be?"""
        if self.most is not None:
            return self.right <= self.most
        return not self.of or 100 * self.right / self.of >= self.least


@dataclass(frozen=True, slots=True)
class Differs:
    """A file that is read differently from what is known of it."""

    file: str
    what: str
    ours: str
    theirs: str


Scored = tuple[list[Row], list[Differs]]


def score(folder: Path) -> Scored:
    """Score ``messages/``, ``bounces/`` and ``replies/`` below ``folder``.

    Or ``folder`` itself, if it is one of them.

    Raises ``LookupError`` if there is nothing of that shape.
    """
    rows: list[Row] = []
    differing: list[Differs] = []
    for found in _scored(folder):
        rows += found[0]
        differing += found[1]
    if not rows:
        raise LookupError(f"{folder} holds no messages/, bounces/ or replies/ of the expected shape")
    return rows, differing


def _scored(folder: Path) -> Iterator[Scored]:
    for name, how in _FOLDERS.items():
        for one in (folder / name, folder if folder.name == name else None):
            if one and one.is_dir():
                yield how(one)


def _messages(folder: Path) -> Scored:
    found = messages.score(folder)
    rows = [
        Row("messages", "exceptions", len(found.raised), found.mails, most=0),
        Row("messages", "seconds for the slowest", round(found.slowest, 3), found.mails, most=1),
    ]
    for measure, least in (("subject", 99.0), ("sender", 99.0), ("text", 97.0), ("files", 97.0)):
        asked = sum(count for (_, what), count in found.asked.items() if what == measure)
        agreed = sum(count for (_, what), count in found.agreed.items() if what == measure)
        rows.append(Row("messages", measure, agreed, asked, least))
    return rows, [Differs(one.file, one.what, one.ours, one.theirs) for one in found.disagreements]


def _bounces(folder: Path) -> Scored:
    found = bounces.score(folder)
    rows = [
        Row("bounces", "recognised", found.recognised, found.reports, 97),
        Row("bounces", "with a recipient", found.recipients, found.reports, 95),
        Row("bounces", "with a status", found.statuses, found.reports),
        Row("bounces", "automatic replies that are no bounces", found.replies_right, found.replies, 100),
        Row("bounces", "would open a case", len(found.acted), found.reports + found.replies, most=0),
    ]
    missed = [Differs(name, "bounce", "no", "yes") for name in found.missed]
    return rows, [*missed, *(Differs(name, "activity", "a person's", "none") for name in found.acted)]


def _replies(folder: Path) -> Scored:
    halves = replies.score(folder)
    names = ("exact, even files", "exact, odd files")
    rows = [
        Row("replies", name, half.exact, half.files, 85) for name, half in zip(names, halves, strict=True)
    ]
    return rows, [
        Differs(name, "new", ours, theirs) for half in halves for name, ours, theirs in half.differing
    ]


_FOLDERS: dict[str, Callable[[Path], Scored]] = {
    "messages": _messages,
    "bounces": _bounces,
    "replies": _replies,
}
