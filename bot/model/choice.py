"""Choice: what the reader of a notice can do right where they read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Step = Literal["show", "close", "concern", "leave", "put", "open", "mine"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One step, with the words on its button; channels that have no buttons leave it out."""

    step: Step
    label: str
    value: str = ""
    """The case's number; for ``put`` and ``open`` the message that is meant (``12:KEY``)."""


STEPS = (
    Choice("close", "Close the case"),
    Choice("concern", "Raise a concern"),
    Choice("show", "Show the case"),
)
"""What a customer can do below what is said to them on a case."""
