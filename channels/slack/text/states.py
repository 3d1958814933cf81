"""The states of a case, as people read them: the words that mails and pages use, too."""

from __future__ import annotations

STATES = {
    "new": "New",
    "open": "In progress",
    "waiting": "Waiting",
    "resolved": "Resolved",
    "closed": "Closed",
}


def state_name(state: str) -> str:
    """A state's name in English, the key of its name in other languages."""
    return STATES.get(state, state.capitalize())
