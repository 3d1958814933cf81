"""A commit runs some parameter values of a test, and over several commits every value is run."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from tests.support.setup.turns import TESTS, left_out


def variants(file: str, *shown: str) -> list[Any]:
    return [SimpleNamespace(path=TESTS / file, nodeid=f"tests/{file}::test_it[{each}]") for each in shown]


def run(items: Sequence[Any], turn: int) -> list[str]:
    away = left_out(items, turn)
    return [item.nodeid.partition("[")[2].rstrip("]") for item in items if item not in away]


def test_each_store_has_its_turn_and_one_of_them_is_always_run() -> None:
    items = variants("stories/test_a.py", "sqlite", "postgresql")
    assert sorted(run(items, 0) + run(items, 1)) == ["postgresql", "sqlite"]
    ways = variants("slack/test_a.py", "sqlite-socket", "sqlite-http", "postgresql-socket", "postgresql-http")
    assert all(len(run(ways, turn)) == 1 for turn in range(4))
    assert len({name for turn in range(4) for name in run(ways, turn)}) == 4


def test_two_of_many_values_are_run_and_each_has_its_turn() -> None:
    items = variants("stories/test_a.py", "fr-sqlite", "fr-postgresql", "de-sqlite", "de-postgresql", "ja")
    languages = [{name.partition("-")[0] for name in run(items, turn)} for turn in (5, 6, 7)]
    assert [len(each) for each in languages] == [2, 2, 2]
    assert set.union(*languages) == {"de", "fr", "ja"}
    assert run(variants("web/test_a.py", "fr", "de"), 5) == ["fr", "de"]
    kinds = variants("slack/test_a.py", "socket, public", "http, public", "http, private")
    assert [len(run(kinds, turn)) for turn in range(3)] == [1, 1, 1]


def test_of_what_takes_long_each_runs_every_other_time() -> None:
    for folder in ("bench", "guides"):
        items = variants(f"{folder}/test_a.py", "sqlite", "postgresql")
        assert sorted([len(run(items, 6)), len(run(items, 7))]) == [0, 2]


def test_what_is_about_stores_and_processes_runs_on_each() -> None:
    for folder in ("store", "workers", "desk"):
        items = variants(f"{folder}/test_a.py", "sqlite", "postgresql")
        assert run(items, 0) == run(items, 1) == ["sqlite", "postgresql"]
