"""A batch of notices: what is stored of each until they are sent as one mail."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from markupsafe import Markup

from bot.channel.outbound import Words
from bot.model.facts import BatchSection
from bot.model.message import Attachment


@dataclass(frozen=True, slots=True)
class BatchNotice:
    """One notice twice: as a mail of its own, and as a section of one; and the files that go along."""

    words: Words
    section: BatchSection
    files: tuple[Attachment, ...]


def packed(words: Words, section: BatchSection, along: Sequence[Attachment]) -> str:
    """As JSON."""
    kept = {
        "words": [words.subject, words.text, words.html],
        "section": [section.at.isoformat(), section.text, section.html],
        "files": [asdict(file) for file in along],
    }
    return json.dumps(kept, ensure_ascii=False)


def unpacked(text: str) -> BatchNotice:
    """What ``packed`` made."""
    kept = json.loads(text)
    at, plain, html = kept["section"]
    section = BatchSection(datetime.fromisoformat(at), plain, Markup(html))  # noqa: S704 - it was escaped when it was made
    return BatchNotice(Words(*kept["words"]), section, tuple(Attachment(**file) for file in kept["files"]))


def files(kept: Sequence[BatchNotice], most: int) -> tuple[Attachment, ...]:
    """The files of all, in order, up to so many bytes; each once."""
    chosen: dict[str, Attachment] = {}
    for file in (file for one in kept for file in one.files):
        if sum(other.size for other in chosen.values()) + file.size <= most:
            chosen.setdefault(file.sha256, file)
    return tuple(chosen.values())
