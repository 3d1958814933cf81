"""The App Home: the three entries, and one's own cases; a specialist's: what there is to do."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model.facts import CaseLine
from channels.slack.text.i18n import _
from channels.slack.views.blocks import (
    Json,
    actions,
    button,
    context,
    divider,
    entries,
    header,
    safe,
    section,
)
from channels.slack.views.case_list import PAGE, rows


def home(desk: str, words: str, cases: Sequence[CaseLine], *, command: str, docs_url: str) -> Json:
    """A home view of at most 27 blocks. ``words``: how many cases there are, or why they are not shown."""
    blocks = [
        header(desk),
        entries(docs_url),
        divider(),
        section(f"*{safe(words, 1000)}*"),
        *rows(cases[:PAGE]),
    ]
    if len(cases) > PAGE:
        blocks.append(
            context(
                _(
                    "These are the {some} newest; {command} shows all {count}.",
                    some=PAGE,
                    command=f"`{safe(command)} my`",
                    count=len(cases),
                )
            )
        )
    return {"type": "home", "blocks": blocks}


QUEUES = ("mine", "concerns", "unassigned")
"""What a specialist's home shows, in this order."""
FIRST = 5
"""Cases of each that it shows."""


def work(desk: str, queues: Sequence[tuple[str, str, Sequence[CaseLine]]], *, docs_url: str) -> Json:
    """A specialist's home view of at most 42 blocks.

    ``queues``: of each its name, how many cases, and the cases.
    """
    blocks = [header(desk), entries(docs_url)]
    for name, words, cases in queues:
        blocks += [divider(), section(f"*{safe(words, 1000)}*"), *rows(cases[:FIRST], named=True)]
        if len(cases) > FIRST:
            show = button("Show all", "cases_on", f"1:queue {name}")
            blocks.append(actions([show], block_id=f"queue:{name}"))
    return {"type": "home", "blocks": blocks}
