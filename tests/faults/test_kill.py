"""A few kills in the middle of the work: nothing acknowledged is lost, nothing happens twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.kill import __main__
from bench.kill.windows import WINDOWS
from bench.support import databases

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("store", databases.KINDS)
def test_house_that_is_killed_under_load_keeps_every_promise(store: str, tmp_path: Path) -> None:
    result = __main__.kill(5, store=store, seed=8, folder=tmp_path)
    assert result.broken == []
    assert len(result.book.acknowledged) > 100
    assert result.book.resent > 0
    assert sum(result.windows.kills[window] > 0 for window in WINDOWS) >= 2
