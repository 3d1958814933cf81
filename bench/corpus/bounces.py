"""A folder of delivery reports and automatic replies: which are recognised, and how much of them is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from channels.email.automatic import classify
from channels.email.automatic.classify import OwnAddresses
from channels.email.mime import message

_REPLY = re.compile(r"(?:^|-)rfc3834-")
_NEITHER = re.compile(r"(?:^|-)is-not-bounce-")
_OURS = OwnAddresses(frozenset({"support@example.com"}), "example.com")


@dataclass
class Score:
    """Counts of files. By their names they are reports, automatic replies (``rfc3834-``), or neither."""

    reports: int = 0
    recognised: int = 0
    recipients: int = 0
    """Reports of which at least one recipient was found."""
    statuses: int = 0
    replies: int = 0
    replies_right: int = 0
    missed: list[str] = field(default_factory=list)
    acted: list[str] = field(default_factory=list)
    """Files that would open a case."""


def score(folder: Path) -> Score:
    """Read every ``NAME.eml``, of whose envelope nothing is known."""
    found = Score()
    for file in sorted(folder.glob("*.eml")):
        if not _NEITHER.search(file.stem):
            _count(file, found)
    return found


def _count(file: Path, found: Score) -> None:
    verdict = classify.judge(message.read(file.read_bytes()), None, _OURS)
    bounce = None if verdict.bounce and verdict.bounce.doubtful else verdict.bounce
    if verdict.activity and not bounce:
        found.acted.append(file.name)
    if _REPLY.search(file.stem):
        found.replies += 1
        found.replies_right += bounce is None
        return
    found.reports += 1
    if bounce is None:
        found.missed.append(file.name)
        return
    found.recognised += 1
    found.recipients += any(one.address for one in bounce.recipients)
    found.statuses += any(one.status for one in bounce.recipients)
