"""The bench that lets operations fail."""

from __future__ import annotations

import pytest

from bench.crash.__main__ import Point, crash

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_nothing_is_lost_or_done_twice_after_a_kill_and_a_failed_commit(store: str) -> None:
    points = [Point("kill", "send", 1), Point("kill", "committed", 2), Point("fails", "write", 1)]
    counts = crash("new-mail", store, points=points)
    names = ("points", "unreached", "restarts", "lost", "twice", "other")
    assert [counts[name] for name in names] == [3, 0, 2, 0, 0, 0]
