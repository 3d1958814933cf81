"""Choice: what the reader of a notice or an answer can do right where they read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Step = Literal[
    "show", "close", "concern", "acknowledge", "leave", "put", "open", "mine", "undo", "retry", "correct"
]


@dataclass(frozen=True, slots=True)
class Choice:
    """One step, with the words on its button; channels that have no buttons leave it out."""

    step: Step
    label: str
    value: str = ""
    """The case's number; for ``put`` and ``open`` the message that is meant (``12:KEY``); for ``undo``, ``retry`` and
    ``correct`` the case and the dispatch, delivery or entry (``12:17``)."""
    meaning: str = ""
    """What a screen reader says for it, if the label alone does not tell."""


STEPS = (
    Choice("close", "Close the case"),
    Choice("concern", "Raise a concern"),
    Choice("show", "Show the case"),
)
"""What a customer can do below what is said to them on a case."""
SHOW = (Choice("show", "Show the case"),)
TAKE_CONCERN = (Choice("acknowledge", "I take the concern"), *SHOW)
"""What a manager can do below a concern that nobody has taken."""


def undo(case: int, dispatch: int) -> Choice:
    """Stop a dispatch that is held."""
    return Choice("undo", "Undo", f"{case}:{dispatch}", "Take back what was just sent")


def retry(case: int, delivery: int) -> Choice:
    """Make a delivery that failed once more."""
    return Choice("retry", "Retry", f"{case}:{delivery}", "Deliver it once more")


def correction(case: int, entry: int) -> Choice:
    """Send an entry's changed words to those who have its first ones."""
    meaning = "Send the changed words to those who have the first ones"
    return Choice("correct", "Send correction", f"{case}:{entry}", meaning)
