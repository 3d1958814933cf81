"""Roles: the parts of the desk's work that a process takes on; all of them, unless it is told which."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from bot.channel.protocols import Worker

DESK = "desk"
"""Messages are read and handled, timers carried out, and what is no longer kept is deleted."""
COURIERS = "couriers"
"""Deliveries are made."""
ANY = "any"
"""Of a worker that every process has."""


@runtime_checkable
class InRole(Protocol):
    """A worker of one of its channel's ``ROLES``; any other is of the one that has the channel's name."""

    @property
    def role(self) -> str: ...


class Roles:
    """The roles of one process."""

    def __init__(self, chosen: Iterable[str] | None = None) -> None:
        """``chosen``: None for all there are."""
        self._chosen = None if chosen is None else frozenset(chosen)

    def __str__(self) -> str:
        return "all" if self._chosen is None else ", ".join(sorted(self._chosen))

    def has(self, role: str) -> bool:
        """Does this process take on a role?"""
        return role == ANY or self._chosen is None or role in self._chosen

    def of_door(self, name: str, workers: Iterable[Worker]) -> list[Worker]:
        """Those of a door's workers that this process has."""
        return [worker for worker in workers if self.has(worker.role if isinstance(worker, InRole) else name)]


ALL, NONE = Roles(), Roles(())
