"""Raising a concern: a phone number, a category, what it is about."""

from __future__ import annotations

from collections.abc import Mapping

from channels.slack.text.i18n import _
from channels.slack.views.blocks import Json, context, field, modal, option, radio, text_input

MEANINGS = {
    "lack_of_reply": "No reply from support",
    "lack_of_resolution": "The solution does not satisfy",
    "repetitive_tasks": "Too many actions are demanded of you",
    "unclear_resolution": "The solution cannot be understood",
    "wrong_reply": "The reply does not address the issue",
}


def concern(number: str, categories: Mapping[str, str], *, meta: str) -> Json:
    """The form. A concern without phone or category is accepted too; what is missing is asked for."""
    choices = [
        option(_(words), key, _(MEANINGS.get(key, ""))) for key, words in list(categories.items())[:100]
    ]
    phone = text_input("typed", most=40, hint="+49 30 123456")
    blocks = [
        context(_("The manager of whoever works on this case is told at once, and you are called back.")),
        field("phone", _("Phone number"), phone, optional=True, hint=_("With the country's code.")),
        *([field("category", _("Category"), radio("category", choices), optional=True)] if choices else []),
        field("text", _("What is it about?"), text_input("typed", lines=True)),
    ]
    return modal("concern", _("Concern on {case}", case=number), blocks, submit=_("Raise it"), meta=meta)
