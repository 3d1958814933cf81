"""Writers: who does a work on the store in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from store.engine.database import Database
from store.engine.transaction import Transaction

P = ParamSpec("P")
Result = TypeVar("Result")


class StoreWriter(Protocol):
    """Writes in a transaction of its own: the one writer of a process, or the database itself."""

    def write(
        self, work: Callable[Concatenate[Transaction, P], Result], *about: P.args, **named: P.kwargs
    ) -> Result: ...


class DirectWriter:
    """Writes straight into a store that nobody else has open."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(
        self, work: Callable[Concatenate[Transaction, P], Result], *about: P.args, **named: P.kwargs
    ) -> Result:
        """Do one work in a transaction of its own."""
        with self._database.writing() as tx:
            return work(tx, *about, **named)
