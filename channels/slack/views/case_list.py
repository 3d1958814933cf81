"""A list of cases, ten to a page."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model.facts import CaseLine
from bot.model.outcome import Outcome
from bot.syntax.case_numbers import number
from channels.slack.text.fallback_text import of_blocks
from channels.slack.text.i18n import _
from channels.slack.views.blocks import (
    LABEL,
    Json,
    Message,
    actions,
    button,
    context,
    cut,
    entries,
    line,
    modal,
    moment,
    safe,
    section,
)

PAGE = 10


def listing(outcome: Outcome, *, again: str, page: int = 1, docs_url: str = "") -> Message:
    """The answer to ``My``, ``Queue`` or ``Search``.

    ``again``: the words that ask for its other pages.
    """
    words, cases = " ".join(line.text for line in outcome.answered), outcome.cases
    mine = again.partition(" ")[0] == "my"
    pages = max(1, -(-len(cases) // PAGE))
    page = min(max(page, 1), pages)
    shown = cases[(page - 1) * PAGE : page * PAGE]
    blocks = [section(f"*{safe(words, 2000)}*"), *rows(shown, named=not mine)]
    if pages > 1:
        blocks += [context(_("Page {page} of {pages}", page=page, pages=pages)), _pager(page, pages, again)]
    return of_blocks(blocks), [*blocks, entries(docs_url, but="my" if mine else "")]


def rows(cases: Sequence[CaseLine], *, named: bool = False) -> list[Json]:
    """Two blocks for each case. ``named``: with the customer's name."""
    blocks: list[Json] = []
    for case in cases:
        title = section(f"*{case.number}*  {safe(line(case.subject), 200)}")
        title["accessory"] = button(_("Show"), "case_show", str(number(case.number) or ""))
        title["accessory"]["accessibility_label"] = cut(f"{_('Show')} {case.number}", LABEL)
        owner = _("nobody has taken it yet")
        if case.owner:
            owner = _("handled by {who}", who=safe(line(case.owner), 80))
        whose = f" · {safe(line(case.requester), 80)}" if named else ""
        state = safe(_(case.state.capitalize()), 40)
        facts = f"*{state}* · {safe(_(line(case.priority)), 40)}{whose} · {owner}"
        blocks += [title, context(f"{facts} · {moment(case.updated_at)}")]
    return blocks


def listing_modal(message: Message, *, title: str = "") -> Json:
    """The list in a view, where there is no message to answer with."""
    return modal("seen", title or _("Your cases"), message[1], close=_("Close"))


def _pager(page: int, pages: int, again: str) -> Json:
    ranked = again.partition(" ")[0] == "queue"  # by urgency; all others are by time
    back, on = ("Previous", "Next") if ranked else (_("Newer"), _("Older"))
    steps = []
    if page > 1:
        steps.append(_step(f"← {back}", "cases_back", page - 1, pages, again))
    if page < pages:
        steps.append(_step(f"{on} →", "cases_on", page + 1, pages, again))
    return actions(steps, block_id="pages")


def _step(label: str, action_id: str, page: int, pages: int, again: str) -> Json:
    element = button(label, action_id, f"{page}:{again}")
    element["accessibility_label"] = cut(_("Page {page} of {pages}", page=page, pages=pages), LABEL)
    return element
