"""The small forms about one case: note, close, reopen, attach, hand over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channels.slack.text.i18n import _
from channels.slack.views.blocks import (
    Json,
    actions,
    checkboxes,
    context,
    field,
    modal,
    option,
    options,
    radio,
    select,
    text_input,
)
from channels.slack.views.case_forms import priority_fields
from channels.slack.views.draft import KEPT, name_of
from channels.slack.views.new_case_form import file_field

INTERNAL, TO_CUSTOMER = "internal", "customer"


def note(number: str, *, meta: str) -> Json:
    blocks = [
        field("text", _("Your note"), text_input("typed", lines=True)),
        context(f"🔒 {_('Only the support team sees notes.')}"),
    ]
    return modal("note", _("Note on {case}", case=number), blocks, submit=_("Keep the note"), meta=meta)


def close(
    number: str, reasons: Mapping[str, str], *, meta: str, reason: str = "", staff: bool = False
) -> Json:
    menu = select(
        "reason",
        options((key, _(words)) for key, words in reasons.items()),
        placeholder=_("Choose one"),
        chosen=reason,
    )
    to_whom = _("A word to the customer") if staff else _("A word to the support team")
    blocks = [
        field("reason", _("Why is it closed?"), menu),
        field("text", to_whom, text_input("typed", lines=True), optional=True),
    ]
    return modal("close", _("Close {case}", case=number), blocks, submit=_("Close the case"), meta=meta)


WISH = "reopen_wish"
"""The action_id of the box that shows the fields for another priority, and the block_id of it."""


def reopen(number: str, *, meta: str, staff: bool = False) -> Json:
    """The form; ``with_wish`` adds the fields for another priority."""
    hint = _("What is still not working?")
    wish = _("Change the priority") if staff else _("Request priority change")
    box = checkboxes(WISH, [option(wish, "priority")])
    blocks = [
        field("text", _("Your message"), text_input("typed", lines=True), hint=hint),
        actions([box], block_id=WISH),
    ]
    return modal("reopen", _("Reopen {case}", case=number), blocks, submit=_("Reopen"), meta=meta)


def with_wish(view: Mapping[str, Any], priorities: Mapping[str, str], *, wished: bool, staff: bool) -> Json:
    """The form as it is shown, with the fields for another priority, or without them."""
    blocks = [block for block in view["blocks"] if name_of(block) not in ("priority", "why")]
    if wished:
        last = next(number for number, block in enumerate(blocks) if name_of(block) == WISH) + 1
        blocks[last:last] = priority_fields(priorities, why="why", staff=staff)
    return {**{key: view[key] for key in KEPT if view.get(key)}, "blocks": blocks}


def attach(number: str, *, meta: str, page: str = "") -> Json:
    """A customer's form: the files go to all participants. ``page``: theirs, for larger ones."""
    who_gets_them = context(_("The support team gets them, and everybody else who takes part in the case."))
    title = _("Attach to {case}", case=number)
    blocks = [*file_field(page, _("upload them on your own page")), who_gets_them]
    return modal("attach", title, blocks, submit=_("Attach"), meta=meta)


def attach_as_staff(number: str, customers: str, *, meta: str) -> Json:
    """A specialist's form: keep files internal, or send them to the ``customers`` (names, in words)."""
    inward = option(_("Keep internal"), INTERNAL, _("Only the support team sees them."))
    outward = option(_("Send to the customer"), TO_CUSTOMER, _("To {who}", who=customers))
    choice = {**radio("to", [inward, outward]), "initial_option": inward}
    blocks = [*file_field("", ""), field("to", _("Who gets them?"), choice)]
    return modal("attach", _("Attach to {case}", case=number), blocks, submit=_("Attach"), meta=meta)


def assign(number: str, staff: Mapping[str, str], *, meta: str) -> Json:
    """The form to assign a case. ``staff``: mail address → name."""
    if not staff:
        return modal(
            "seen", number, [context(_("There is nobody to hand it over to: the config names no staff."))]
        )
    menu = select("to", options(staff.items()), placeholder=_("Choose one"))
    title = _("Hand over {case}", case=number)
    return modal("assign", title, [field("to", _("To"), menu)], submit=_("Hand over"), meta=meta)
