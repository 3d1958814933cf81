"""The queue of what waits to be written: two lanes, of which the urgent one goes first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from threading import Condition
from typing import Generic, Protocol, TypeVar

IN_A_ROW = 3
"""Times that the urgent lane goes first while others wait; then it is their turn once."""


class Laned(Protocol):
    """An item that says in which lane it waits."""

    @property
    def urgent(self) -> bool: ...


T = TypeVar("T", bound=Laned)


class WriteQueue(Generic[T]):
    """A queue of two lanes, urgent and not, each in the order of arrival. Safe between threads."""

    def __init__(self) -> None:
        self._urgent: deque[T] = deque()
        self._others: deque[T] = deque()
        self._changed = Condition()
        self._closed = False
        self._in_a_row = 0

    def put(self, item: T) -> None:
        """Add an item at the end of its lane."""
        with self._changed:
            self._lane(item).append(item)
            self._changed.notify()

    def take(self, most: int) -> list[T]:
        """The next items; waits for one. Empty only once the queue is closed and nothing waits."""
        with self._changed:
            self._changed.wait_for(lambda: len(self) or self._closed)
            items: list[T] = []
            for lane in self._turn():
                while lane and len(items) < most:
                    items.append(lane.popleft())
            return items

    def give_back(self, items: Sequence[T]) -> None:
        """Put items that were taken at the heads of their lanes again: there was no time for them."""
        with self._changed:
            for item in reversed(items):
                self._lane(item).appendleft(item)

    def clear(self) -> Iterable[T]:
        """Remove everything that waits, and return it."""
        with self._changed:
            items = (*self._urgent, *self._others)
            self._urgent.clear()
            self._others.clear()
            return items

    def close(self) -> None:
        """End the queue: whoever takes gets what still waits, then nothing."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def urgent(self) -> bool:
        """Does anything urgent wait?"""
        return bool(self._urgent)

    def __len__(self) -> int:
        return len(self._urgent) + len(self._others)

    def _lane(self, item: T) -> deque[T]:
        return self._urgent if item.urgent else self._others

    def _turn(self) -> Sequence[deque[T]]:
        """The lanes in the order in which they are taken from now; the others first, if it is their turn."""
        both = bool(self._urgent and self._others)
        self._in_a_row = self._in_a_row + 1 if both else 0
        if self._in_a_row > IN_A_ROW:
            self._in_a_row = 0
            return self._others, self._urgent
        return self._urgent, self._others
