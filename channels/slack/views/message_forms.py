"""The form by which a message is put on a case."""

from __future__ import annotations

from channels.slack.text.i18n import _
from channels.slack.views.blocks import Json, context, field, modal, said

WHICH_CASE = "which_case"
"""The action_id under which Slack asks us which cases to offer."""


def add_to_case(words: str, *, inward: bool, meta: str) -> Json:
    """The message, and a menu of cases that asks us while somebody types ("Block suggestion payload").

    ``inward``: it is kept for the desk.
    """
    menu = {"type": "external_select", "action_id": WHICH_CASE, "min_query_length": 0}
    kept_inside = f"🔒 {_('Only the support team sees it there.')}"
    blocks = [
        field("case", _("Which case?"), menu),
        said(words or _("(files only)")),
        context(kept_inside if inward else _("Everybody who takes part in the case sees it there.")),
    ]
    return modal("message_add", _("Add to a case"), blocks, submit=_("Add"), meta=meta)
