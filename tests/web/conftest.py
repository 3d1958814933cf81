"""What tests of pages stand on: a desk with its doors for mail and for browsers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.houses.browser import WebHouse
from tests.support.setup import databases


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    """A desk with pages, on SQLite."""
    with WebHouse(databases.sqlite(tmp_path), tmp_path) as standing:
        yield standing
