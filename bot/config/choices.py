"""The lists of the config: what can be chosen from, in every channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.config.settings import Name, Section

REASONS_IN_USE = ("resolved", "no_longer", "no_response", "out_of_scope", "duplicate")
"""The closing reasons that the desk itself uses: their words may be changed, their keys may not go."""


MEANINGS: Mapping[str, str] = {
    "Blocker": "Work stands still for many people, and there is no way around it. "
    "What hits one person is normally not a Blocker.",
    "Critical": "Something important does not work, and help is needed soon.",
    "Medium": "Something is not as it should be, but work goes on.",
    "Low": "A small matter, a wish or a question.",
}
EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "Blocker": ("nobody can sign in", "no order arrives any more"),
    "Critical": ("an urgent order is stuck", "a payment was taken twice"),
    "Medium": ("an order came incomplete", "something is slow or looks wrong"),
    "Low": ("how something is done", "a change of address", "a copy of an invoice"),
}
SUBJECTS = ("Order no. 4711 has not arrived", "I cannot sign in any more", "Wrong address on our invoice")
ID_LABEL = "Order or reference number"

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
    features: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = ()
    """What of the product may be impacted; empty: nobody is asked."""
    id_label: Name = ID_LABEL
    """Of the field for ids in forms."""
    id_names: tuple[Name, ...] = ()
    """What ids are called in messages; empty: as usual in each language."""
    subject_examples: tuple[Name, ...] = SUBJECTS
    priority_meanings: Mapping[Name, str] = MEANINGS
    """Priority → what it means; one of the shipped priorities that is missing keeps its words."""
    priority_examples: Mapping[Name, tuple[Name, ...]] = EXAMPLES
    """Priority → examples; likewise, unless its meaning is the operator's."""
    types: Mapping[Name, tuple[Name, ...]] = {}
    """Type → its categories."""
    guidance: Mapping[Name, tuple[Name, ...]] = {}
    """A type, or ``type / category`` → what is asked where it is missing (`bot/commands/missing_fields.py`)."""
    close_reasons: Mapping[Name, Name] = _CLOSE_REASONS
    """Key → words."""
    concern_categories: Mapping[Name, Name] = _CONCERNS
    """Key → words."""

    @property
    def kinds(self) -> frozenset[str]:
        """Every type, and every ``type / category``."""
        categories = (f"{kind} / {category}" for kind, names in self.types.items() for category in names)
        return frozenset((*self.types, *categories))

    @property
    def meanings(self) -> Mapping[str, str]:
        """Each priority, and what it means in a sentence or two; or empty."""
        return {name: self.priority_meanings.get(name, MEANINGS.get(name, "")) for name in self.priorities}

    def examples(self, priority: str) -> tuple[str, ...]:
        """Examples of a priority; ours only beside our meaning."""
        shipped = EXAMPLES.get(priority, ())
        examples = self.priority_examples.get(priority, shipped)
        own = self.meanings.get(priority, "") != MEANINGS.get(priority, "")
        return () if own and examples == shipped else examples

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.default_priority not in self.priorities:
            raise ValueError(f"default_priority must be one of priorities: {', '.join(self.priorities)}")
        missing = [key for key in REASONS_IN_USE if key not in self.close_reasons]
        if missing:
            raise ValueError(f"close_reasons must keep the keys that the desk uses: {', '.join(missing)}")
        for key in sorted({"priority_meanings", "priority_examples"} & self.model_fields_set):
            if lost := [name for name in getattr(self, key) if name not in self.priorities]:
                raise ValueError(f"{key} must name priorities, not {', '.join(lost)}")
        kinds = self.kinds
        lost = [key for key in self.guidance if key not in kinds]
        if lost:
            raise ValueError(f"guidance must name types (or type / category) of types, not {', '.join(lost)}")
        return self
