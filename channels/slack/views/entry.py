"""One entry in full: all its words, page by page, its files, and the mail as it came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.queries.whole_entry import WholeEntry
from bot.syntax.case_numbers import number
from channels.slack.text.fallback_text import of_blocks
from channels.slack.text.i18n import _
from channels.slack.text.message import LONGEST_SECTION, split
from channels.slack.views.blocks import (
    Json,
    Message,
    actions,
    button,
    context,
    header,
    line,
    modal,
    moment,
    safe,
    said,
)

MOST_SAID = 8700
"""Characters of words on one page."""
APART = {"quoted": "Quoted below it", "folded": "Forwarded or quoted below it"}
"""What the parts of a mail that are not its own words are called."""
Piece = tuple[str, str]
"""A heading, or none, and words that fit into a block."""


def whole_entry(entry: WholeEntry, *, page: int = 1, mail: str = "", files: str = "") -> Message:
    """An entry as a message. ``mail``, ``files``: links to the mail as it came, and to the case's files."""
    pages = _pages(entry)
    page = min(max(page, 1), len(pages))
    inside = f" · 🔒 {_('internal')}" if entry.internal else ""
    about = f"*{safe(line(entry.author), 100)}* · {moment(entry.at)}{inside}"
    blocks = [header(f"{entry.case} · {line(entry.subject)}"), context(about)]
    for heading, words in pages[page - 1]:
        blocks += [*([context(f"*{heading}*")] if heading else []), said(words)]
    blocks += [*_came(entry, mail, files), *_pager(entry, page, len(pages))]
    return of_blocks(blocks), blocks


def entry_modal(message: Message) -> Json:
    """The same in a view."""
    return modal("seen", _("All of it"), message[1], close=_("Close"))


def _pages(entry: WholeEntry) -> list[list[Piece]]:
    pages: list[list[Piece]] = [[]]
    room = MOST_SAID
    for piece in _pieces(entry):
        if pages[-1] and len(piece[1]) > room:
            pages.append([])
            room = MOST_SAID
        pages[-1].append(piece)
        room -= len(piece[1])
    return pages


def _pieces(entry: WholeEntry) -> Iterator[Piece]:
    folded = any(kind == "folded" for kind, _words in entry.apart)
    shown = entry.text.strip() or ("" if folded else _("(no words)"))
    for text in split(shown, LONGEST_SECTION) if shown else ():
        yield "", text
    for kind, words in entry.apart:
        for count, text in enumerate(split(words.strip(), LONGEST_SECTION)):
            if text.strip():
                yield ("" if count else _(APART.get(kind, kind.capitalize()))), text


def _came(entry: WholeEntry, mail: str, files: str) -> list[Json]:
    names = [f"📎 {safe(line(file.name), 100)} ({_size(file.size)})" for file in entry.files]
    links = [f"<{mail}|{_('The mail as it came')}>"] if mail else []
    links += [f"<{files}|{_('The files of this case')}>"] if files and entry.files else []
    return [context(part) for part in ("  ".join(names), "  ·  ".join(links)) if part]


def _size(size: int) -> str:
    for unit, least in (("MB", 1_000_000), ("kB", 1000)):
        if size >= least:
            return f"{size / least:.1f} {unit}"
    return f"{size} bytes"


def _pager(entry: WholeEntry, page: int, pages: int) -> list[Json]:
    if pages == 1:
        return []
    steps: Sequence[Json] = [
        _step(entry, label, action, to, pages)
        for label, action, to in (
            (f"← {_('Previous')}", "case_read_back", page - 1),
            (f"{_('Next')} →", "case_read_on", page + 1),
        )
        if 1 <= to <= pages
    ]
    return [context(_("Page {page} of {pages}", page=page, pages=pages)), actions(steps, block_id="read")]


def _step(entry: WholeEntry, label: str, action: str, to: int, pages: int) -> Json:
    value = f"{number(entry.case) or ''}:{entry.name}:{to}"
    return button(label, action, value, about=_("Page {page} of {pages}", page=to, pages=pages))
