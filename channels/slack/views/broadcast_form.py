"""The form of a broadcast, and what is looked at before it goes out."""

from __future__ import annotations

from collections.abc import Iterable

from bot.queries.broadcasts import BroadcastPreview
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
    hint = (
        "{{ first_name }}, {{ case }} and the other placeholders of saved replies are replaced on each case."
    )
    words = text_input("typed", most=LONGEST, lines=True)
    kinds = options((name, name) for name in types)
    blocks = [
        context("The customers of all chosen cases read it, each on their own case. You look at it first."),
        field("text", "What do they read?", words, hint=hint),
        *([_menu("type", "Cases of this type", kinds)] if kinds else []),
        _line("accounts", "Cases of these accounts", "Acme, Beta"),
        _line("ids", "Cases that name these IDs", "12333, 77-4312"),
        _menu("state", "Cases in this state", options(CHOSEN_STATES.items())),
        _line("numbers", "And these cases", "CS-000123, CS-000124"),
    ]
    return modal("broadcast", "Tell many customers", blocks, submit="Preview", meta=meta)


def _menu(name: str, label: str, choices: list[Json]) -> Json:
    return field(name, label, select(name, choices, placeholder="Any"), optional=True)


def _line(name: str, label: str, hint: str) -> Json:
    return field(name, label, text_input("typed", most=1000, hint=hint), optional=True)


def preview(view: BroadcastPreview, *, meta: str) -> Json:
    """What would be sent, and to how many; the one confirmation."""
    count, people = len(view.numbers), view.people
    cases = "1 case" if count == 1 else f"{count:,} cases"
    readers = "1 person" if people == 1 else f"{people:,} people"
    named = ", ".join(view.numbers[:NAMED]) + (f" and {count - NAMED:,} more" if count > NAMED else "")
    title = f"Send to {cases}?" if view.fits else "It cannot be sent"
    words = said(view.example) if view.fits else section(f"🚫 {safe(view.example, 2000)}")
    blocks = [section(f"This goes to *{readers}* on *{cases}*. On {view.numbers[0]} they read:")]
    blocks += [divider(), words, divider(), context(safe(named, 1500))]
    submit = f"Send to {count:,}" if view.fits else ""
    return modal("broadcast_preview", title, blocks, submit=submit, close="Back", meta=meta)
