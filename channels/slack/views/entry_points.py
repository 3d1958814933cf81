"""The three entries that stand everywhere: create a case, see my cases, read the documentation."""

from __future__ import annotations

from channels.slack.text.i18n import _
from channels.slack.views.blocks import Json, actions, button


def entries(docs_url: str, *, but: str = "") -> Json:
    """The entry buttons, without the one that led here (``new`` or ``my``)."""
    shown = [] if but == "new" else [button(_("Create a case"), "new_case", style="primary")]
    shown += [] if but == "my" else [button(_("My cases"), "my_cases")]
    shown += [button(_("Read the documentation"), "documentation", url=docs_url)] if docs_url else []
    return actions(shown, block_id="entries")
