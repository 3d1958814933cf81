"""The App Home: the three entries and one's own cases."""

from __future__ import annotations

from collections.abc import Sequence

from bot.desk import CaseLine
from channels.slack.speaking import _
from channels.slack.views.blocks import Json, context, divider, header, safe, section
from channels.slack.views.entries import entries
from channels.slack.views.listing import PAGE, rows


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
