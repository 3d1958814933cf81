"""A batch of notices: what is stored of each until they are sent as one mail."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from markupsafe import Markup, escape

from bot.channel.outbound import Words
from bot.model.facts import BatchSection
from bot.model.message import Attachment


@dataclass(frozen=True, slots=True)
class BatchNotice:
    """A notice rendered twice, as its own mail and as a section of one; with its files."""

    words: Words
    section: BatchSection
    files: tuple[Attachment, ...]


def packed(words: Words, section: BatchSection, along: Sequence[Attachment]) -> str:
    """The notice as JSON."""
    values = {
        "words": [words.subject, words.text, words.html, words.marked],
        "section": [section.at.isoformat(), section.text, section.html],
        "files": [asdict(file) for file in along],
    }
    return json.dumps(values, ensure_ascii=False)


def unpacked(text: str) -> BatchNotice:
    """The notice from the JSON of ``packed``."""
    values = json.loads(text)
    at, plain, html = values["section"]
    section = BatchSection(datetime.fromisoformat(at), plain, Markup(html))  # noqa: S704 - it was escaped when it was made
    return BatchNotice(
        Words(*values["words"]), section, tuple(Attachment(**file) for file in values["files"])
    )


def section(text: str, *, at: datetime) -> BatchSection:
    """Plain words as a section of a mail."""
    html = Markup("<br>").join(escape(line) for line in text.splitlines())
    return BatchSection(at, text, Markup("<p>{}</p>").format(html))


def files(notices: Sequence[BatchNotice], most: int) -> tuple[Attachment, ...]:
    """The files of all notices, in order, up to so many bytes; each once."""
    chosen: dict[str, Attachment] = {}
    for file in (file for notice in notices for file in notice.files):
        if sum(other.size for other in chosen.values()) + file.size <= most:
            chosen.setdefault(file.sha256, file)
    return tuple(chosen.values())
