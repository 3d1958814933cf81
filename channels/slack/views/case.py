"""One case in full, as its customers may see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from bot.model.facts import CaseFacts, EventLine, PublicEntry
from bot.model.outcome import Outcome
from bot.syntax.case_numbers import number
from channels.slack.text.fallback_text import of_blocks
from channels.slack.text.i18n import _
from channels.slack.text.message import LONGEST_SECTION, split
from channels.slack.text.states import state_name
from channels.slack.views.blocks import (
    Json,
    Message,
    actions,
    button,
    context,
    fields,
    header,
    line,
    modal,
    moment,
    overflow,
    safe,
    said,
    section,
)
from channels.slack.views.card import OVER, more

MOST_ENTRIES, MOST_STEPS = 8, 12
MOST_SAID = 7200
"""Characters of what was said on one page: with all else they stay below what Slack takes in a message."""


def case(outcome: Outcome, *, staff: bool, page: int = 0) -> Message:
    """The answer to ``Show``: fallback text and blocks, or the refusal.

    ``page``: of the entries, from the oldest; 0: the last one.
    """
    facts = outcome.view
    if facts is None:
        words = safe("\n".join(line.text for line in outcome.answered), 2000)
        return words, [section(words)]
    pages = _pages(outcome.entries)
    page = min(max(page, 0) or len(pages), len(pages))
    blocks = [
        header(f"{facts.number} · {_(facts.priority)} · {line(facts.subject)}"),
        *_facts(facts),
        *_pager(str(number(facts.number) or ""), page, len(pages)),
        *(block for part in pages[page - 1] for block in _said(part)),
        *_steps(outcome.history),
        _buttons(facts, staff=staff),
    ]
    return of_blocks(blocks), blocks


def case_modal(message: Message) -> Json:
    """The case in a view, where there is no message to answer with."""
    return modal("seen", _("Your case"), message[1], close=_("Close"))


def waiting() -> Json:
    """The view that is opened at once and filled a moment later."""
    return modal("seen", _("One moment"), [section(_("Looking it up…"))], close=_("Close"))


def only(words: str) -> list[Json]:
    """One section with these words."""
    return [section(words)]


def _facts(facts: CaseFacts) -> list[Json]:
    kind = " / ".join(safe(line(word), 200) for word in (facts.type, facts.category) if word)
    return fields(
        (
            (_("Status"), _(state_name(facts.state))),
            (_("Handled by"), safe(line(facts.owner), 200) if facts.owner else _("nobody yet")),
            (_("Opened by"), safe(line(facts.requester), 200)),
            (_("Opened"), moment(facts.opened_at) if facts.opened_at else ""),
            (_("Feature"), safe(line(facts.feature), 150) if facts.feature else ""),
            (_("Type / Category"), kind),
            (_("IDs"), safe(", ".join(facts.ids), 500) if facts.ids else ""),
        )
    )


class BlockPart(NamedTuple):
    """A piece of somebody's words, small enough for a block."""

    author: str
    at: datetime
    text: str


def _pages(entries: Sequence[PublicEntry]) -> list[list[BlockPart]]:
    """All entries in order, in pages; the last page is as full as possible."""
    pages: list[list[BlockPart]] = [[]]
    for part in reversed([part for entry in entries for part in _parts(entry)]):
        length = sum(len(earlier.text) for earlier in pages[0]) + len(part.text)
        if pages[0] and (length > MOST_SAID or len(pages[0]) == MOST_ENTRIES):
            pages.insert(0, [])
        pages[0].insert(0, part)
    return pages


def _parts(entry: PublicEntry) -> Iterator[BlockPart]:
    words = entry.text.strip() or (_("(files only)") if entry.files else "–")
    for text in split(words, LONGEST_SECTION):
        yield BlockPart(entry.author, entry.at, text)


def _said(part: BlockPart) -> list[Json]:
    return [context(f"*{safe(line(part.author), 100)}* · {moment(part.at)}"), said(part.text)]


def _pager(case: str, page: int, pages: int) -> list[Json]:
    if pages == 1:
        return []
    steps = []
    if page > 1:
        steps.append(button(f"← {_('Earlier')}", "case_earlier", f"{case}:{page - 1}"))
    if page < pages:
        steps.append(button(f"{_('Later')} →", "case_later", f"{case}:{page + 1}"))
    return [context(_("Page {page} of {pages}", page=page, pages=pages)), actions(steps, block_id="said")]


def _steps(history: Sequence[EventLine]) -> list[Json]:
    steps = [f"{moment(step.at)}  {safe(_(step.name), 60)}{_by(step)}" for step in history[-MOST_STEPS:]]
    return [context("\n".join((f"*{_('What happened')}*", *steps)))] if steps else []


def _by(step: EventLine) -> str:
    return f" · {safe(line(step.by), 60)}" if step.by else ""


def _buttons(facts: CaseFacts, *, staff: bool) -> Json:
    case, over = str(number(facts.number) or ""), facts.state in OVER
    shown = [
        button(_("Reply"), "case_reply", case, about=facts.number),
        button(_("Attach"), "case_attach", case, about=facts.number),
    ]
    if over:
        shown.append(button(_("Reopen"), "case_reopen", case, about=facts.number))
    if facts.state != "closed":
        shown.append(button(_("Close"), "case_close", case, about=facts.number))
    if staff:
        shown += [
            button(_("Add note"), "case_note", case, about=facts.number),
            overflow("case_more", more(case)),
        ]
    else:
        shown.append(button(_("Raise a concern"), "case_concern", case, style="danger", about=facts.number))
    return actions(shown, block_id="do")
