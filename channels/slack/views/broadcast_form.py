"""The form of a broadcast, and what is looked at before it goes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.queries.broadcasts import BroadcastPreview
from channels.slack.text.i18n import _
from channels.slack.text.states import STATES
from channels.slack.views.blocks import (
    Json,
    context,
    divider,
    field,
    modal,
    options,
    safe,
    said,
    section,
    select,
    text_input,
)

LONGEST = 2500
CHOSEN_STATES = {
    "new open waiting": "All that are open",
    **{state: STATES[state] for state in ("new", "open", "waiting")},
}
"""What can be chosen, by the states that it means."""
NAMED = 20


def form(types: Iterable[str], *, meta: str) -> Json:
    """The form. What is chosen must all fit; numbers come besides."""
    hint = _(
        "{first_name}, {case} and the other placeholders of saved replies are replaced on each case.",
        first_name="{{ first_name }}",
        case="{{ case }}",
    )
    words = text_input("typed", most=LONGEST, lines=True)
    kinds = options((name, name) for name in types)
    blocks = [
        context(
            _("The customers of all chosen cases read it, each on their own case. You look at it first.")
        ),
        field("text", _("What do they read?"), words, hint=hint),
        *([_menu("type", _("Cases of this type"), kinds)] if kinds else []),
        _line("accounts", _("Cases of these accounts"), "Acme, Beta"),
        _line("ids", _("Cases that name these IDs"), "12333, 77-4312"),
        _menu(
            "state",
            _("Cases in this state"),
            options((states, _(words)) for states, words in CHOSEN_STATES.items()),
        ),
        _line("numbers", _("And these cases"), "CS-000123, CS-000124"),
    ]
    return modal("broadcast", _("Tell many customers"), blocks, submit=_("Preview"), meta=meta)


def _menu(name: str, label: str, choices: list[Json]) -> Json:
    return field(name, label, select(name, choices, placeholder=_("Any")), optional=True)


def _line(name: str, label: str, hint: str) -> Json:
    return field(name, label, text_input("typed", most=1000, hint=hint), optional=True)


def preview(view: BroadcastPreview, *, meta: str) -> Json:
    """What would be sent, and to how many; the one confirmation."""
    count = len(view.numbers)
    words = said(view.example) if view.fits else section(f"🚫 {safe(_(view.example), 2000)}")
    blocks = [
        section(_("Cases: *{cases}*. People who read it: *{people}*.", cases=count, people=view.people)),
        section(_("On {case} they read:", case=view.numbers[0])),
        divider(),
        words,
        divider(),
        context(safe(_named(view.numbers), 1500)),
    ]
    title, submit = _("It cannot be sent"), ""
    if view.fits:
        title = _("Send it?")
        submit = _("Send to 1 case") if count == 1 else _("Send to {count} cases", count=count)
    return modal("broadcast_preview", title, blocks, submit=submit, close=_("Back"), meta=meta)


def _named(numbers: Sequence[str]) -> str:
    first = ", ".join(numbers[:NAMED])
    return (
        _("{cases} and {count} more", cases=first, count=len(numbers) - NAMED) if numbers[NAMED:] else first
    )
