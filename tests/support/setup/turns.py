"""Turns: what runs on both stores, or over both ways to Slack, runs on one of them; some run every other time."""

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
EVERY_OTHER = ("bench/", "guides/")
"""Folders of which a turn runs every other test: they take minutes, and fail where what they use has failed."""
TESTS = Path(__file__).parents[2]


def left_out(items: Iterable[pytest.Item], turn: int) -> Sequence[pytest.Item]:
    """The tests that a turn leaves out: of those that differ in store or way to Slack alone, all but one."""
    alike: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    away = []
    for item in items:
        place = item.path.relative_to(TESTS).as_posix()
        if place.startswith(WHERE):
            alike[_without_pairs(item)].append(item)
        elif place.startswith(EVERY_OTHER) and _turn_of(item.nodeid.partition("[")[0], turn, 2):
            away.append(item)
    for name, each in alike.items():
        away += [item for number, item in enumerate(each) if number != _turn_of(name, turn, len(each))]
    return away


def _turn_of(name: str, turn: int, number: int) -> int:
    return (crc32(name.encode()) + turn) % number


def _without_pairs(item: pytest.Item) -> str:
    name, _, shown = item.nodeid.partition("[")
    values = ("*" if value.partition(", ")[0] in PAIRS else value for value in shown.rstrip("]").split("-"))
    return f"{name}[{'-'.join(values)}]"
