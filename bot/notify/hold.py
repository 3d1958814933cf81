"""The hold: what a specialist sends to customers from a chat waits, so that it can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from store.cases.case import Case
from store.engine.transaction import Transaction
from store.people.person import Person
from store.queues import dispatch
from store.queues.outbox import Outgoing

HELD_GAP = timedelta(seconds=1)
"""Added to the due time of a later notice to the same readers, so that it is claimed after what is held."""


class Hold:
    """Knows until when a turn's notices to customers wait, and which can be taken back."""

    def __init__(self, tx: Transaction, *, now: datetime, length: timedelta) -> None:
        self.length = length
        self.leaves = now
        """When what is held leaves."""
        self.holds = False
        """Has this turn said something that may be taken back?"""
        self._tx = tx
        self._now = now
        self._open = False
        self._before: Case | None = None
        self._rows: list[tuple[Outgoing, Person]] = []
        self._behind: dict[int, datetime | None] = {}

    def begin(self, case: Case) -> None:
        """Hold what is posted to this case's customers from now on; it is as it was before what may be undone."""
        self._open, self._before, self._rows = True, replace(case), []

    def end(self) -> list[tuple[Outgoing, Person]]:
        """Hold nothing more; returns what was posted since ``begin``, and to whom."""
        self._open = False
        return self._rows

    @property
    def waiting(self) -> bool:
        """Does what is posted to customers now wait, so that it can be taken back?"""
        return self._open and bool(self.length)

    def before(self, case: Case) -> Case | None:
        """A case as it was before what is being held; None while nothing is."""
        if not self._open:
            return None
        return self._before if self._before and self._before.id == case.id else case

    def customer_view(self, case: Case) -> Case:
        """A case as its customers may see it now: without what may still be taken back."""
        behind = None if self._open or not self.length else self._what_is_held(case)
        return dispatch.pending(self._tx, case.id, now=self._now).customer_view(case) if behind else case

    def until(self, case: Case) -> datetime | None:
        """Before when a notice to this case's customers is not delivered; None: it leaves at once."""
        if not self.length:
            return None
        behind = self._what_is_held(case)
        if not self._open:
            return behind
        until = self._now + self.length
        self.leaves = max(until, behind) if behind else until
        return self.leaves

    def add(self, row: Outgoing, to: Person) -> None:
        """Note a delivery to a customer; one that stands behind another can still leave for itself."""
        if self._open:
            self.holds = True
            self._rows.append((row, to))

    def _what_is_held(self, case: Case) -> datetime | None:
        if case.id not in self._behind:
            held = None if case.fresh else dispatch.held_until(self._tx, case.id, now=self._now)
            self._behind[case.id] = held + HELD_GAP if held else None
        return self._behind[case.id]
