"""Buttons for what can be done at once: take something back, try it again, send a correction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.model.facts import Offer

ACTION = "offer_"
"""What their action ids begin with; the verb follows, and the case's number."""
LABELS = {
    "undo": ("Undo", "Take back what was just sent"),
    "retry": ("Retry", "Deliver it once more"),
    "correct": ("Send correction", "Send the changed words to those who have the first ones"),
}
"""Label, and what a screen reader says."""


def buttons(offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """A block with a button for each offer; none, if there is none."""
    return [{"type": "actions", "elements": [_button(offer) for offer in offers]}] if offers else []


def _button(offer: Offer) -> dict[str, Any]:
    label, meaning = LABELS[offer.verb]
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": label},
        "action_id": f"{ACTION}{offer.verb}_{offer.id}",
        "value": f"{offer.verb}:{offer.case}:{offer.id}",
        "accessibility_label": meaning,
    }


def offer_of(value: str) -> Offer:
    """The offer of a clicked button."""
    verb, case, id = value.split(":")
    if verb not in LABELS:
        raise ValueError(verb)
    return Offer(verb, int(case), int(id))  # type: ignore[arg-type]
