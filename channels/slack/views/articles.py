"""Articles that may help, below the subject of a new case, each with a button that says it did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.model.facts import Suggestion
from channels.slack.text.i18n import _
from channels.slack.text.message import escaped
from channels.slack.views.blocks import Json, Message, button, context, line, modal, safe, section

_BLOCK = "article:"
"""What the block_id of each begins with."""


def helpful(articles: Iterable[Suggestion]) -> list[Json]:
    """Their blocks; none for no articles."""
    made = [_article(one) for one in articles]
    return [context(f"💡 {_('These articles might be helpful:')}"), *made] if made else []


def shown(view: Mapping[str, Any]) -> tuple[int, ...]:
    """The ids of the articles that a view shows."""
    ids = [str(block.get("block_id", "")) for block in view["blocks"]]
    return tuple(int(one.removeprefix(_BLOCK)) for one in ids if one.startswith(_BLOCK))


def solved(message: Message) -> Json:
    """In place of the form: there is no case."""
    return modal("seen", _("Thank you"), message[1], close=_("Close"))


def _article(one: Suggestion) -> Json:
    words = f"<{escaped(one.url)}|{safe(line(one.title).replace('|', '¦'), 200)}>"
    helped = button(_("This solved it"), "article_solved", str(one.id))
    return {**section(words, block_id=f"{_BLOCK}{one.id}"), "accessory": helped}
