"""Factories for fixtures that open a desk, a house or an office with settings of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.support.setup import databases


def open_per_test(make: Callable[[], AbstractContextManager[Any]]) -> Any:
    """Return a fixture that opens what ``make`` returns, and closes it after the test."""

    @pytest.fixture
    def opened() -> Iterator[Any]:
        with make() as standing:
            yield standing

    return opened


def open_on_each_database(kind: Any, **settings: Any) -> Any:
    """Return a fixture that opens ``kind`` with these settings, once on SQLite and once on PostgreSQL."""

    @pytest.fixture
    def opened(url: str, tmp_path: Path) -> Iterator[Any]:
        with kind(url, tmp_path, **settings) as standing:
            yield standing

    return opened


def open_on_each_database_and_mode(kind: Any, **settings: Any) -> Any:
    """Return a fixture that opens ``kind`` on SQLite with Socket Mode, and on PostgreSQL with HTTP."""

    @pytest.fixture
    def opened(url: str, mode: str, tmp_path: Path) -> Iterator[Any]:
        with kind(url, tmp_path, mode=mode, **settings) as standing:
            yield standing

    return opened


def open_on_sqlite(kind: Any, **settings: Any) -> Any:
    """Return a fixture that opens ``kind`` with these settings on SQLite."""

    @pytest.fixture
    def opened(tmp_path: Path) -> Iterator[Any]:
        with kind(databases.sqlite(tmp_path), tmp_path, **settings) as standing:
            yield standing

    return opened


def open_on_sqlite_in_each_mode(kind: Any) -> Any:
    """Return a fixture that opens ``kind`` on SQLite, once with Socket Mode and once with HTTP."""

    @pytest.fixture(params=["socket", "http"])
    def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
        with kind(databases.sqlite(tmp_path), tmp_path, mode=request.param) as standing:
            yield standing

    return opened
