"""The small forms about one case: note, close, reopen, attach, hand over."""

from __future__ import annotations

from collections.abc import Mapping

from channels.slack.text.i18n import _
from channels.slack.views.blocks import (
    Json,
    context,
    field,
    modal,
    option,
    options,
    radio,
    select,
    text_input,
)
from channels.slack.views.new_case_form import FILES_HINT, files

INTERNAL, TO_CUSTOMER = "internal", "customer"


def note(number: str, *, meta: str) -> Json:
    blocks = [
        field("text", "Your note", text_input("typed", lines=True)),
        context("🔒 Only the support team sees notes."),
    ]
    return modal("note", f"Note on {number}", blocks, submit="Keep the note", meta=meta)


def close(number: str, reasons: Mapping[str, str], *, meta: str, reason: str = "") -> Json:
    menu = select(
        "reason",
        options((key, _(words)) for key, words in reasons.items()),
        placeholder=_("Choose one"),
        chosen=reason,
    )
    blocks = [
        field("reason", _("Why is it closed?"), menu),
        field("text", _("A word to the other side"), text_input("typed", lines=True), optional=True),
    ]
    return modal("close", _("Close {case}", case=number), blocks, submit=_("Close the case"), meta=meta)


def reopen(number: str, *, meta: str) -> Json:
    blocks = [
        field(
            "text",
            _("Your message"),
            text_input("typed", lines=True),
            hint=_("What is still not working?"),
        )
    ]
    return modal("reopen", _("Reopen {case}", case=number), blocks, submit=_("Reopen"), meta=meta)


def attach(number: str, *, meta: str) -> Json:
    """A customer's form: the files go to all participants."""
    who_gets_them = context(_("The support team gets them, and everybody else who takes part in the case."))
    title = _("Attach to {case}", case=number)
    return modal("attach", title, [_files(), who_gets_them], submit=_("Attach"), meta=meta)


def attach_as_staff(number: str, customers: str, *, meta: str) -> Json:
    """A specialist's form: keep files internal, or send them to the ``customers`` (names, in words)."""
    inward = option("Keep internal", INTERNAL, "Only the support team sees them.")
    outward = option("Send to the customer", TO_CUSTOMER, f"To {customers}")
    choice = {**radio("to", [inward, outward]), "initial_option": inward}
    blocks = [_files(), field("to", "Who gets them?", choice)]
    return modal("attach", f"Attach to {number}", blocks, submit="Attach", meta=meta)


def _files() -> Json:
    return field("files", _("Files"), files(), hint=_(FILES_HINT))


def assign(number: str, staff: Mapping[str, str], *, meta: str) -> Json:
    """The form to assign a case. ``staff``: mail address → name."""
    if not staff:
        return modal(
            "seen", number, [context("There is nobody to hand it over to: the config names no staff.")]
        )
    menu = select("to", options(staff.items()), placeholder="Choose one")
    return modal("assign", f"Hand over {number}", [field("to", "To", menu)], submit="Hand over", meta=meta)
