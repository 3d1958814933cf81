"""What tests stand on: a database of either kind, and a desk that stands on it."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog
from hypothesis import HealthCheck, settings

from bot.languages import reader_zone
from store.engine.database import Database
from tests.support.houses.desk import TestDesk
from tests.support.houses.house import House
from tests.support.houses.office import Office
from tests.support.setup import databases, pace, readers, turns
from tests.support.setup.chromium import chromium
from tests.support.setup.fixtures import open_on_each_database, open_on_each_database_and_mode
from tests.support.setup.object_store import ObjectStore
from tests.support.setup.postgres import Server

settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")  # an example may take any time, because the machine may have other work


def pytest_collection_finish() -> None:
    """Collect garbage less often: looking at what was imported took a fifth of all processor time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _made_once() -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(readers.kept())
        stack.enter_context(databases.compared_once())
        stack.enter_context(databases.made_once())
        stack.enter_context(pace.brisk())
        yield


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """A command that is run within a test sets the logs up: the next test starts with none of it."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers[:], logging.root.level = handlers, level


@pytest.fixture(autouse=True)
def _in_utc() -> Iterator[None]:
    """A desk that is opened sets the zone of its process: the next test starts in UTC."""
    yield
    reader_zone.settle(ZoneInfo("UTC"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL."""
    server = Server()
    yield server
    server.close()


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """A real object store; each test names a prefix of its own."""
    with ObjectStore(tmp_path_factory.mktemp("objects")) as standing:
        yield standing


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database of either kind: the schema, and nothing else in it."""
    if request.param == "sqlite":
        yield databases.sqlite(tmp_path)
        return
    with request.getfixturevalue("postgres").with_schema() as url:
        yield url


@pytest.fixture
def shared(postgres: Server) -> Iterator[str]:
    """A fresh PostgreSQL database, which several processes can use."""
    with postgres.with_schema() as url:
        yield url


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """The same, opened."""
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def mode(url: str) -> str:
    """How Slack reaches the desk: by Socket Mode beside SQLite, by HTTP beside PostgreSQL."""
    return "http" if url.startswith("postgresql") else "socket"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of either kind that has no schema yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/casebot.db"
        return
    with request.getfixturevalue("postgres").empty() as url:
        yield url


desk = open_on_each_database(TestDesk)
"""A desk with two staff members, on a database of either kind; its mail goes into a Maildir."""

house = open_on_each_database(House)
"""The whole house, its SMTP door open, on a database of either kind."""

office = open_on_each_database_and_mode(Office)
"""The whole house and a workspace, on a database of either kind, by both ways that Slack delivers."""


QUICK = "not slow and not wire"
"""What ``pytest`` alone runs, as pyproject.toml has it."""
WIRES = (
    "backup/", "cli/", "email/reading/test_rawmail.py", "email/reading/test_sandbox.py", "email/wire/", "faults/",
    "guides/", "inbound/",
    "notify/test_templates.py", "privacy/", "rehearsal/", "reports/test_digest.py", "reports/test_report.py", "slack/",
    "store/test_migrations.py", "stories/", "web/", "workers/",
)  # fmt: skip
"""Folders and files of tests that go over real wires: a whole house and its sockets, a workspace, processes."""
LONG = (
    "bench/test_promises.py", "bench/test_speed_table.py", "faults/", "guides/",
    "privacy/test_erase_killed.py", "site/", "slack/test_kill", "slack/outbound/test_flood.py",
    "slack/outbound/test_readiness.py", "store/test_object_files.py", "web/case/test_case_browser.py",
    "workers/test_faults.py", "workers/test_shared_files.py",
)  # fmt: skip
"""Those whose tests wait for long: they come first, so that no process is left alone with them in the end."""
TESTS = Path(__file__).parent


def _is_wire(file: Path) -> bool:
    place = file.relative_to(TESTS).as_posix()
    return f"{place}/".startswith(WIRES) or place.startswith(WIRES)


def pytest_configure(config: pytest.Config) -> None:
    """Before all else; a file that is named on the command line is run, over whatever wires it goes."""
    if hasattr(config, "workerinput"):
        config.option.markexpr = config.workerinput["markexpr"]
        return
    if config.args_source is pytest.Config.ArgsSource.ARGS and config.option.markexpr == QUICK:
        config.option.markexpr = "not slow"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Each process of pytest-xdist runs what this one was asked for."""
    node.workerinput["markexpr"] = node.config.option.markexpr


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Files of which nothing was asked for need not even be read."""
    if TESTS not in collection_path.parents:
        return None
    if config.option.markexpr == QUICK:
        return True if _is_wire(collection_path) else None
    if config.option.markexpr == "slow" and collection_path.name.startswith("test_"):
        return None if "pytest.mark.slow" in collection_path.read_text(encoding="utf-8") else True
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What stands among the wires or on PostgreSQL is marked so; at a ``TURN``, some of it is left out."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        if _is_wire(item.path) or (callspec and "postgresql" in callspec.params.values()):
            item.add_marker("wire")
    if turn := os.environ.get("TURN"):
        away = set(turns.left_out(items, int(turn)))
        config.hook.pytest_deselected(items=[*away])
        items[:] = [item for item in items if item not in away]
    if config.option.markexpr != QUICK:
        items.sort(key=lambda item: not item.path.relative_to(TESTS).as_posix().startswith(LONG))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything there is must run (``NOTHING_SKIPPED``, as ``.ci/run`` sets it), what was skipped has failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and os.environ.get("NOTHING_SKIPPED") and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def empty(request: pytest.FixtureRequest, url: str) -> Iterator[str]:
    """Where a backup of a desk is brought back to: an empty PostgreSQL, or ``""`` for a folder alone."""
    if url.startswith("sqlite"):
        yield ""
        return
    server: Server = request.getfixturevalue("postgres")
    with server.empty() as other:
        yield other


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real browser (playwright.sync_api.Browser)."""
    with chromium() as opened:
        yield opened
