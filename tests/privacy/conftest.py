"""What tests of data protection stand on: a desk with mail and a workspace of Slack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.houses.office import Office


@pytest.fixture
def office(url: str, mode: str, tmp_path: Path) -> Iterator[Office]:
    """A desk with all its doors, on either database, by both ways that Slack delivers."""
    with Office(url, tmp_path, mode=mode) as standing:
        yield standing
