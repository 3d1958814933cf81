"""A question to the desk: its answer comes from the present state and changes nothing."""

from __future__ import annotations

from typing import Protocol, TypeVar

from store.engine.transaction import Transaction

T_co = TypeVar("T_co", covariant=True)


class Question(Protocol[T_co]):
    """A question that ``Desk.ask`` can answer."""

    def answer(self, tx: Transaction) -> T_co:
        """The answer, read within one transaction."""
