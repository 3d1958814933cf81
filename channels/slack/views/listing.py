"""A list of cases, ten to a page."""

from __future__ import annotations

from collections.abc import Sequence

from bot.desk import CaseLine, Outcome
from bot.grammar import number
from channels.slack.speaking import _
from channels.slack.views.blocks import (
    Json,
    Message,
    actions,
    button,
    context,
    line,
    modal,
    moment,
    safe,
    section,
)
from channels.slack.views.entries import entries

PAGE = 10


def listing(outcome: Outcome, *, page: int = 1, again: str | None = None, docs_url: str = "") -> Message:
    """What ``My`` or ``Search`` answered. ``again``: the state that its other pages are asked with; None: no pages."""
    words, cases = " ".join(line.text for line in outcome.answered), outcome.cases
    pages = max(1, -(-len(cases) // PAGE))
    page = min(max(page, 1), pages)
    blocks = [section(f"*{safe(words, 2000)}*"), *rows(cases[(page - 1) * PAGE : page * PAGE])]
    if pages > 1 and again is not None:
        blocks.append(_pager(page, pages, again))
    return safe(words, 300), [*blocks, entries(docs_url, but="my")]


def rows(cases: Sequence[CaseLine]) -> list[Json]:
    """Two blocks for each case."""
    blocks: list[Json] = []
    for case in cases:
        title = section(f"*{case.number}*  {safe(line(case.subject), 200)}")
        title["accessory"] = button(_("Show"), "case_show", str(number(case.number) or ""))
        owner = _("nobody has taken it yet")
        if case.owner:
            owner = _("handled by {who}", who=safe(line(case.owner), 80))
        blocks += [
            title,
            context(
                f"{_state(case)} · {safe(_(line(case.priority)), 40)} · {owner} · {moment(case.updated_at)}"
            ),
        ]
    return blocks


def listing_modal(message: Message) -> Json:
    """The same, where there is no message to answer with."""
    return modal("seen", _("Your cases"), message[1], close=_("Close"))


def _state(case: CaseLine) -> str:
    return f"*{safe(_(case.state.capitalize()), 40)}*"


def _pager(page: int, pages: int, again: str) -> Json:
    steps = []
    if page > 1:
        steps.append(button(f"← {_('Newer')}", "cases_back", f"{page - 1}:{again}"))
    if page < pages:
        steps.append(button(f"{_('Older')} →", "cases_on", f"{page + 1}:{again}"))
    made = actions(steps, block_id="pages")
    made["elements"][0]["accessibility_label"] = _("Page {page} of {pages}", page=page, pages=pages)
    return made
