"""The lists of the config: what can be chosen from, in every channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.commands.missing_fields import FEATURES, QUESTIONS
from bot.config.settings import Name, Section

REASONS_IN_USE = ("resolved", "no_longer", "no_response", "out_of_scope", "duplicate")
"""The closing reasons that the desk itself uses: their words may be changed, their keys may not go."""


_TYPES: Mapping[str, tuple[str, ...]] = {
    "Accounts & User Management": ("Access", "Permissions", "Password", "User set-up"),
    "Activation & Mapping Requests": ("New activation", "Mapping", "Change", "Removal"),
    "Activation Module": ("Campaign", "Deal", "Audience", "Interface"),
    "Reporting": ("Discrepancy", "Missing data", "Failed report", "Instant Insights"),
    "API": ("Errors", "Limits", "Documentation", "Maestro API"),
    "Delivery": ("Not delivering", "Behind target", "Creative display", "Tags and SDK"),
    "Billing": ("Invoice", "Discrepancy", "Contract"),
}

_CLOSE_REASONS: Mapping[str, str] = {
    "resolved": "Resolved",
    "not_ours": "Not ours",
    "out_of_scope": "Out of scope",
    "no_longer": "No longer an issue",
    "as_designed": "Works as designed",
    "no_response": "No response",
    "duplicate": "Duplicate or merged",
}

_CONCERNS: Mapping[str, str] = {
    "lack_of_reply": "Lack of reply or attention",
    "lack_of_resolution": "Lack of resolution",
    "repetitive_tasks": "Repetitive tasks",
    "unclear_resolution": "Unclear resolution",
    "wrong_reply": "Wrong reply",
    "other": "Other",
}


class ListsSection(Section):
    """``[lists]``: the choices in every channel."""

    priorities: tuple[Name, ...] = Field(default=("Blocker", "Critical", "Medium", "Low"), min_length=1)
    """Most urgent first."""
    default_priority: str = "Medium"
    blocker: str = "Blocker"
    """The priority that needs a technical contact; one that is not in the list: none does."""
    features: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = FEATURES
    """What of the product may be impacted; empty: nobody is asked."""
    types: Mapping[Name, tuple[Name, ...]] = _TYPES
    """Type → its categories."""
    guidance: Mapping[Name, tuple[Name, ...]] = QUESTIONS
    """A type, or ``type / category`` → what is asked where it is missing."""
    close_reasons: Mapping[Name, Name] = _CLOSE_REASONS
    """Key → words."""
    concern_categories: Mapping[Name, Name] = _CONCERNS
    """Key → words."""

    @property
    def kinds(self) -> frozenset[str]:
        """Every type, and every ``type / category``."""
        categories = (f"{kind} / {category}" for kind, names in self.types.items() for category in names)
        return frozenset((*self.types, *categories))

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.default_priority not in self.priorities:
            raise ValueError(f"default_priority must be one of priorities: {', '.join(self.priorities)}")
        missing = [key for key in REASONS_IN_USE if key not in self.close_reasons]
        if missing:
            raise ValueError(f"close_reasons must keep the keys that the desk uses: {', '.join(missing)}")
        kinds = self.kinds
        lost = [key for key in self.guidance if key not in kinds]
        if lost and "guidance" in self.model_fields_set:
            raise ValueError(f"guidance must name types (or type / category) of types, not {', '.join(lost)}")
        return self
