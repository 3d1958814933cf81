"""The bench of several processes runs: they stand beside each other in its table."""

from __future__ import annotations

import pytest

from tests.support.bench import lines

pytestmark = pytest.mark.slow


def test_one_and_two_processes_are_measured_beside_each_other() -> None:
    one, two = lines("bench.speed.scale", "1", "2", "--mails", "80")
    assert "processes 1: casebot" in one
    assert "mails/s (× " in two
    assert "strikes 0" in two
