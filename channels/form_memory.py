"""The memory of forms until they are handled, within the budget of all doors."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Self

from bot.channel.memory_budget import MemoryBudget, NoMemory, Reservation

ALLOWANCE = 16 << 10
"""Bytes of a form that need not be reserved: nearly every form is smaller."""
PATIENCE = 10.0
"""Seconds that a large form waits for others to be worked off."""
SHARE = 9
"""Forms hold this part of the budget at most: whoever sends large ones keeps no mail waiting."""


class FormMemories:
    """The memory of all forms together."""

    def __init__(self, memory: MemoryBudget) -> None:
        self._memory, self._forms = memory, MemoryBudget(memory.size // SHARE)

    @property
    def scarce(self) -> bool:
        """Is less than half of it left?"""
        return self._forms.free < self._forms.size // 2

    def one(self) -> FormMemory:
        """The memory of one form, to be used in a ``with`` block."""
        return FormMemory(self._memory, self._forms)


class FormMemory:
    """The memory that one form holds."""

    def __init__(self, memory: MemoryBudget, forms: MemoryBudget) -> None:
        self._budgets = forms, memory
        self._held = ALLOWANCE
        self._open = ExitStack()

    async def hold(self, size: int) -> None:
        """Reserve memory for so many bytes in all. Raises ``NoMemory`` if none is free in time.

        Then ask the sender to come back.
        """
        if size <= self._held:
            return
        more = max(ALLOWANCE, size - self._held)
        for budget in self._budgets:
            reserved: Reservation = await budget.reserved(more, patience=PATIENCE)
            self._open.callback(reserved.release)
        self._held += more

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._open.close()


__all__ = ["ALLOWANCE", "FormMemories", "FormMemory", "NoMemory"]
