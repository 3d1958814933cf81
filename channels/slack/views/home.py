"""The App Home: the three entries, and one's own cases; a specialist's: what there is to do."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model.case_filter import EVERYTHING, CaseFilter
from bot.model.facts import WeekFigures
from bot.queries.case_lists import AnsweredList
from channels.slack.text.i18n import _
from channels.slack.views.blocks import (
    LABEL,
    Json,
    actions,
    button,
    context,
    divider,
    entries,
    header,
    plain,
    safe,
    section,
)
from channels.slack.views.case_list import Reader, filters, list_blocks, rows

QUEUES = (("mine",), ("concerns",), ("decisions",), ("unassigned",), ("waiting", "mine"))
"""What a specialist's home shows, in this order, by the marks of each queue."""
FIRST = 6
"""Cases of each that it shows."""


def top(desk: str, *, docs_url: str, note: str = "") -> list[Json]:
    """What every home begins with. ``note``: what was just done in it."""
    return [header(desk), entries(docs_url), *([context(safe(note, 1000))] if note else [])]


def sorry(words: str) -> list[Json]:
    """Why no cases are shown."""
    return [divider(), section(safe(words, 1000))]


def one_list(answered: AnsweredList, which: CaseFilter, reader: Reader, *, back: bool) -> list[Json]:
    """One list with its menus and pages. ``back``: to a specialist's overview."""
    lead = button(f"← {_('Overview')}", "home_overview")
    leading = [actions([lead], block_id="overview")] if back else []
    return [*leading, divider(), *list_blocks(answered.said, answered.listing, which, reader)]


def overview(
    answers: Sequence[AnsweredList], reader: Reader, *, week: WeekFigures | None = None
) -> list[Json]:
    """At most 86 blocks: the menus, the figures, the first cases of each queue; last, which have none."""
    blocks = [*_figures(week), *_menus(reader)]
    for answered in filter(_has_cases, answers):
        listing = answered.listing
        blocks += [divider(), section(f"*{safe(answered.said, 1000)}*")]
        blocks += _apart(rows(listing.lines, reader, again="0:"), listing.asked)
        if listing.total > len(listing.lines):
            words, value = _("Show all {count}", count=listing.total), f"1:{listing.asked}"
            show = button(words, "cases_on", value, about=answered.said)
            blocks.append(actions([show], block_id=f"all:{listing.asked}"))
    nothing = [safe(answered.said, 500) for answered in answers if not _has_cases(answered)]
    return [*blocks, divider(), context(" ".join(nothing))] if nothing else blocks


def _has_cases(answered: AnsweredList) -> bool:
    return bool(answered.listing.lines)


def _menus(reader: Reader) -> list[Json]:
    """The menus of the queue, of which nothing is chosen yet: the first one leads to any of the lists."""
    (block,) = filters("queue", EVERYTHING, reader)
    first, *others = block["elements"]
    first = {name: value for name, value in first.items() if name != "initial_option"}
    first["placeholder"] = plain(_("Show a list…"), LABEL)
    return [{**block, "elements": [first, *others]}]


def _apart(blocks: Sequence[Json], queue: str) -> list[Json]:
    """The rows with ids of their own: a case may stand in two queues."""
    return [
        {**block, "block_id": f"{block['block_id']}:{queue}"} if "block_id" in block else block
        for block in blocks
    ]


def _figures(week: WeekFigures | None) -> list[Json]:
    if week is None:
        return []
    figures = [_("Opened: {count}", count=week.opened), _("Closed: {count}", count=week.closed)]
    if week.promised:
        in_time = _("First answers in time: {count} of {total}", count=week.kept, total=week.promised)
        figures.append(in_time)
    return [context(f"*{_('The last seven days')}*  {' · '.join(figures)}")]
