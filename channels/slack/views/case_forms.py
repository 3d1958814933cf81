"""Forms of case work: information, workaround, priority, contact, concern."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from channels.slack.text.i18n import _
from channels.slack.views.blocks import (
    Json,
    context,
    field,
    modal,
    moment,
    option,
    radio,
    safe,
    section,
    select,
    text_input,
)
from channels.slack.views.new_case_form import priority_options

NAMES = ("ask", "workaround", "priority", "grant", "decline", "contact", "acknowledge", "snooze")


def form(
    name: str, number: str, *, meta: str, priorities: Mapping[str, str] | None = None, staff: bool = False
) -> Json:
    """One of the forms in ``NAMES``.

    ``priorities``: the choices, and what they mean; ``staff``: does a specialist choose?
    """
    if name == "priority":
        return _priority(number, priorities or {}, meta=meta, staff=staff)
    if name == "contact":
        return _contact(number, meta=meta)
    if name == "snooze":
        return _snooze(number, meta=meta)
    title, label, hint, submit = _WORDS[name]
    blocks = [
        field(
            "text",
            _(label),
            text_input("typed", lines=True),
            optional=name == "acknowledge",
            hint=_(hint),
        )
    ]
    return modal(name, _(title, case=number), blocks, submit=_(submit), meta=meta)


def decision(name: str, number: str, wanted: str, *, meta: str) -> Json:
    """The form to grant or decline a customer's wish, which names it so that no other is granted."""
    view = form(name, number, meta=meta)
    wish = section(_("The customer asks for *{priority}*.", priority=safe(_(wanted), 40))) if wanted else None
    return {**view, "blocks": [*([wish] if wish else []), *view["blocks"]]}


_WORDS = {
    "ask": (
        "Ask on {case}",
        "What do you need?",
        "The customer gets it as your answer, is reminded, and the clocks rest until they answer.",
        "Ask",
    ),
    "workaround": (
        "Workaround on {case}",
        "What helps for now?",
        "The customer gets it as your answer, marked as a workaround.",
        "Send",
    ),
    "grant": ("Grant on {case}", "Why?", "The customer reads it.", "Grant"),
    "decline": ("Decline on {case}", "Why?", "The customer reads it.", "Decline"),
    "acknowledge": (
        "Concern on {case}",
        "A word to the customer",
        "They hear that you have taken their concern, with these words.",
        "I take it",
    ),
}


def _priority(number: str, priorities: Mapping[str, str], *, meta: str, staff: bool) -> Json:
    blocks = priority_fields(priorities, why="text", staff=staff)
    submit = _("Change it") if staff else _("Ask for it")
    return modal("priority", _("Priority of {case}", case=number), blocks, submit=submit, meta=meta)


def priority_fields(priorities: Mapping[str, str], *, why: str, staff: bool) -> list[Json]:
    """The fields for another priority; ``why``: the block_id of the reason."""
    hint = _("A specialist decides, and tells you why.")
    hint = _("The customer is told, with your reason.") if staff else hint
    return [
        field(
            "priority",
            _("Priority"),
            select("chosen", priority_options(priorities), placeholder=_("Choose one")),
        ),
        field(why, _("Why?"), text_input("typed", lines=True), hint=hint),
    ]


def _contact(number: str, *, meta: str) -> Json:
    blocks = [
        context(_("Whom can we call about this case at any time?")),
        field("name", _("Name"), text_input("typed", most=100)),
        field("phone", _("Phone number"), text_input("typed", most=40, hint="+49 30 123456")),
    ]
    return modal("contact", _("Contact for {case}", case=number), blocks, submit=_("Keep it"), meta=meta)


LATER = {
    "2 hours": "In two hours",
    "tomorrow": "Tomorrow morning",
    "monday": "On Monday",
    "1 week": "In a week",
    "2 weeks": "In two weeks",
}
"""What can be chosen, by the words that are typed for it elsewhere."""


def _snooze(number: str, *, meta: str) -> Json:
    choices = [option(_(words), typed) for typed, words in LATER.items()]
    typed = text_input("typed", most=60, hint="Friday 14:30, 2026-12-24, 3 days")
    blocks = [
        context(
            _("The case leaves the queue. A word of the customer brings it back at once; its clocks go on.")
        ),
        field("chosen", _("Until when?"), radio("chosen", choices), optional=True),
        field("until", _("Or at another time"), typed, optional=True, hint=_("By the desk's clock.")),
    ]
    return modal("snooze", _("Snooze {case}", case=number), blocks, submit=_("Snooze"), meta=meta)


NO_REPLY = "lack_of_reply"
CONCERNS = {
    "lack_of_reply": "No reply from support",
    "lack_of_resolution": "The solution does not satisfy",
    "repetitive_tasks": "Too many actions are demanded of you",
    "unclear_resolution": "The solution cannot be understood",
    "wrong_reply": "The reply does not address the issue",
}


def concern(
    number: str,
    categories: Mapping[str, str],
    *,
    meta: str,
    phone: str = "",
    answered_at: datetime | None = None,
) -> Json:
    """The form. A concern without phone or category is accepted too; what is missing is asked for.

    ``phone``: the reader's own number, if it is known; ``answered_at``: when they were last answered, so that nobody
    complains of an answer that they have overlooked.
    """
    choices = [
        option(_(words), key, _(CONCERNS.get(key, ""))) for key, words in list(categories.items())[:100]
    ]
    number_field = text_input("typed", most=40, start=phone, hint="+49 30 123456")
    answered = _("Our last answer: {when}.", when=moment(answered_at)) if answered_at else ""
    blocks = [
        context(_("The manager of whoever works on this case is told at once, and you are called back.")),
        field("phone", _("Phone number"), number_field, optional=True, hint=_("With the country's code.")),
        *([field("category", _("Category"), radio("category", choices), optional=True)] if choices else []),
        *([context(f"🕑 {answered}")] if answered and NO_REPLY in categories else []),
        field("text", _("What is it about?"), text_input("typed", lines=True)),
    ]
    return modal("concern", _("Concern on {case}", case=number), blocks, submit=_("Raise it"), meta=meta)
