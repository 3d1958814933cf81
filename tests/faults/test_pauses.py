"""Pauses and wrong clocks: two real processes on one PostgreSQL send nothing twice, and nothing sleeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.proof import pauses

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("trial", ["stopped", "60s"])
def test_two_processes_send_nothing_twice(trial: str, tmp_path: Path) -> None:
    found = pauses.run(trial, store="postgresql", count=20, folder=tmp_path)
    assert found.notices == 40
    assert (found.twice, found.asleep, found.effects) == (0, 0, 0), found
