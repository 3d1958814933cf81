"""The table of the process: every rule has a cell for each channel, and a test that there really is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (ROOT / "docs/process.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| rule")
]
TESTS = {
    name
    for file in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_a_rule_says_what_it_is_in_each_channel_and_which_test_tells_it(row: list[str]) -> None:
    assert len(row) == 5
    assert all(row)
    named = re.findall(r"`(test_\w+)`", row[4])
    assert named
    assert not [name for name in named if name not in TESTS]


def test_there_are_rules() -> None:
    assert len(ROWS) > 30
