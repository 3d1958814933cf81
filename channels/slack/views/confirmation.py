"""What is shown in place of a form that has done its work, or could not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.model.choice import Choice
from channels.slack.text.choices import rows
from channels.slack.text.i18n import _
from channels.slack.views.blocks import Json, context, modal, safe, said, section


def done(
    words: str, *, repeated: bool = False, choices: Sequence[Choice] = (), closes_all: bool = False
) -> Json:
    """A view that says what was done. ``repeated``: the form was a repeat, so nothing was done twice."""
    blocks = [section(f"✅ {safe(words, 2000)}"), *rows(choices)]
    if repeated:
        blocks.append(context(_("This form had reached us before. Nothing was done twice.")))
    return modal("seen", _("Done"), blocks, close=_("Close"), closes_all=closes_all)


def not_done(why: str, *, text: str = "") -> Json:
    """A view that says why not, with the person's own words, so that they are not lost."""
    blocks = [section(f"🚫 {safe(why, 2000)}")]
    if text:
        blocks += [context(_("Your words, for you to copy:")), said(text)]
    return modal("seen", _("Not done"), blocks, close=_("Close"))


def again(view: Mapping[str, Any], words: str) -> Json:
    """The same view with a warning above it."""
    properties = {
        key: view[key] for key in ("type", "callback_id", "title", "submit", "close", "private_metadata")
    }
    blocks = [block for block in view["blocks"] if block.get("block_id") != "warning"]
    return {**properties, "blocks": [section(f"⚠️ {safe(words, 1000)}", block_id="warning"), *blocks][:100]}
