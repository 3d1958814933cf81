"""Choose which tests with several parameter values a commit runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from zlib import crc32

import pytest

PAIRS = frozenset(("sqlite", "postgresql", "socket", "http"))
"""What stands in the name of a test for its store and its way to Slack, by itself or before a comma."""
WHERE = (
    "backup/", "cli/", "email/", "faults/", "inbound/", "notify/", "privacy/", "rehearsal/", "reports/", "slack/",
    "stories/", "web/",
)  # fmt: skip
"""Folders of tests that run on one of each pair. What is about stores and processes themselves runs on each always."""
MOST_VALUES = 2
"""Number of parameter values of a test that a commit runs."""
EVERY_OTHER = ("bench/", "guides/")
"""Folders of which a turn runs every other test: they take minutes, and fail where what they use has failed."""
TESTS = Path(__file__).parents[2]


def left_out(items: Iterable[pytest.Item], turn: int) -> Sequence[pytest.Item]:
    """Return the tests that a turn leaves out.

    One is run of those that differ in their store or way to Slack alone, and two of those that differ otherwise.
    """
    same_test: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    values: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    left = []
    for item in items:
        place = item.path.relative_to(TESTS).as_posix()
        if place.startswith(WHERE):
            same_test[_without_pairs(item)].append(item)
        elif place.startswith(EVERY_OTHER) and _turn_of(item.nodeid.partition("[")[0], turn, 2):
            left.append(item)
    for name, each in same_test.items():
        chosen = each.pop(_turn_of(name, turn, len(each)))
        values[name.partition("[")[0]].append(chosen)
        left += each
    for name, each in values.items():
        first = _turn_of(name, turn, len(each))
        left += (each * 2)[first + MOST_VALUES : first + len(each)]
    return left


def _turn_of(name: str, turn: int, number: int) -> int:
    return (crc32(name.encode()) + turn) % number


def _without_pairs(item: pytest.Item) -> str:
    name, _, shown = item.nodeid.partition("[")
    values = ("*" if value.partition(", ")[0] in PAIRS else value for value in shown.rstrip("]").split("-"))
    return f"{name}[{'-'.join(values)}]"
