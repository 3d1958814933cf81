"""Turns: a test that runs on both stores, or over both ways to Slack, runs on one of them, another one each time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from zlib import crc32

import pytest

PAIRS = frozenset(("sqlite", "postgresql", "socket", "http"))
"""What stands in the name of a test for its store and its way to Slack, by itself or before a comma."""
WHERE = (
    "cli/", "email/", "inbound/", "notify/", "rehearsal/", "reports/", "slack/", "stories/", "web/",
)  # fmt: skip
"""Folders of tests that are about what people read and do. What is about stores and processes runs on each always."""
TESTS = Path(__file__).parents[2]


def left_out(items: Iterable[pytest.Item], turn: int) -> Sequence[pytest.Item]:
    """The tests that a turn leaves out: of those that differ in store or way to Slack alone, all but one."""
    alike: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.path.relative_to(TESTS).as_posix().startswith(WHERE):
            alike[_without_pairs(item)].append(item)
    return [
        item
        for name, each in alike.items()
        for number, item in enumerate(each)
        if number != (crc32(name.encode()) + turn) % len(each)
    ]


def _without_pairs(item: pytest.Item) -> str:
    name, _, shown = item.nodeid.partition("[")
    values = ("*" if value.partition(", ")[0] in PAIRS else value for value in shown.rstrip("]").split("-"))
    return f"{name}[{'-'.join(values)}]"
