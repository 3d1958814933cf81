"""What the command line prints: cells that fit their columns."""

from __future__ import annotations

import pytest

from bot.cli.terminal.output import cut, size


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [
        ("No delivery", 11, "No delivery"),
        ("No delivery", 10, "No delive…"),
        ("No delivery", 4, "No…"),  # no space before the sign
        ("配信されません", 14, "配信されません"),
        ("配信されません", 13, "配信されませ…"),
        ("配信されません", 12, "配信されま…"),  # half a letter is none
        ("e\u0301t\u0301e\u0301", 2, "e\u0301…"),  # a mark stays with its letter
        ("No delivery", 1, "…"),
        ("No delivery", 0, "…"),
    ],
)
def test_a_text_is_cut_to_the_columns_that_it_takes(text: str, room: int, shown: str) -> None:
    assert cut(text, room) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (13_600, "14 kB"),
        (999_499, "999 kB"),
        (1_000_000, "1.0 MB"),
        (2_345_678, "2.3 MB"),
    ],
)
def test_sizes_change_their_unit_at_each_limit(count: int, shown: str) -> None:
    assert size(count) == shown
