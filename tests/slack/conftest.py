"""What the tests of Slack stand on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.houses.slack_house import SlackHouse, standing


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[SlackHouse]:
    """A desk beside the rehearsal workspace."""
    with standing(tmp_path) as house:
        yield house
