"""Articles that may help, below the subject of a new case, each with a button that says it did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.model.facts import Suggestion
from channels.slack.text.fallback_text import escaped
from channels.slack.text.i18n import _
from channels.slack.views.blocks import Json, Message, actions, button, context, line, modal, safe, section

_BLOCK = "article:"
"""What the block_id of each begins with."""


def helpful(articles: Iterable[Suggestion]) -> list[Json]:
    """Blocks that show these articles; none for no articles."""
    blocks = [_article(suggestion) for suggestion in articles]
    return [context(f"💡 {_('These articles might be helpful:')}"), *blocks] if blocks else []


SEARCH = "search_articles"
"""The action_id of the button that searches, and the block_id of its row."""


def search_row(*, nothing: bool) -> list[Json]:
    """A button that searches articles for the subject; ``nothing``: it was clicked, and none fits."""
    row = actions([button(_("Search articles"), SEARCH)], block_id=SEARCH)
    return [row, *([context(_("No article fits these words."))] if nothing else [])]


def offers_search(view: Mapping[str, Any]) -> bool:
    """Does a view have the button that searches?"""
    return any(block.get("block_id") == SEARCH for block in view["blocks"])


def shown(view: Mapping[str, Any]) -> tuple[int, ...]:
    """The ids of the articles that a view shows."""
    ids = [str(block.get("block_id", "")) for block in view["blocks"]]
    return tuple(int(block_id.removeprefix(_BLOCK)) for block_id in ids if block_id.startswith(_BLOCK))


def solved(message: Message) -> Json:
    """The view that replaces the form: there is no case."""
    return modal("seen", _("Thank you"), message[1], close=_("Close"))


def _article(suggestion: Suggestion) -> Json:
    words = f"<{escaped(suggestion.url)}|{safe(line(suggestion.title).replace('|', '¦'), 200)}>"
    helped = button(_("This solved it"), "article_solved", str(suggestion.id))
    return {**section(words, block_id=f"{_BLOCK}{suggestion.id}"), "accessory": helped}
