"""The form to take a message out of a case for good: which one, and why."""

from __future__ import annotations

from collections.abc import Sequence

from bot.queries.case_detail import EntryView
from channels.slack.text.i18n import _
from channels.slack.views.blocks import Json, context, field, line, modal, option, select, text_input

MOST_ENTRIES = 100
"""Block Kit: options of a menu."""


def redact(number: str, entries: Sequence[EntryView], *, meta: str) -> Json:
    """The form. ``entries``: oldest first."""
    newest = [option(_beginning(entry), entry.name) for entry in reversed(entries)][:MOST_ENTRIES]
    blocks = [
        context(
            _(
                "Its words and files go out of the case, the mails that are kept and our own messages here. There is no"
                " way back. Mail that was delivered is out of reach."
            )
        ),
        field("entry", _("Which message?"), select("entry", newest, placeholder=_("Choose one"))),
        field(
            "why",
            _("Why?"),
            text_input("typed"),
            optional=True,
            hint=_("It stays in the case's history: do not repeat the words."),
        ),
    ]
    return modal("redact", _("Redact on {case}", case=number), blocks, submit=_("Take it out"), meta=meta)


def _beginning(entry: EntryView) -> str:
    """Who said it, and how it begins."""
    return f"{line(entry.author)[:24]}: {line(entry.text) or ', '.join(file.name for file in entry.files)}"
