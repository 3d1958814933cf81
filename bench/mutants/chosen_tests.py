"""A pytest plugin that runs chosen tests and notes which of them failed: ``-p bench.mutants.chosen_tests``."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

FOLDER = "CASEBOT_CHOSEN_TESTS"
"""Environment variable: a folder with the lists below, an id a line."""
ONLY, WITHOUT, FAILED = "only", "without", "failed"
"""Which tests (or whole files) to run, in this order (empty: all); which to leave out; written: which failed."""
LONGEST = 300
"""Seconds after which a test has failed: a fault may make it endless."""


def read(folder: str, name: str) -> list[str]:
    """Return the ids of a list, each once."""
    file = Path(folder, name)
    return list(dict.fromkeys(file.read_text().splitlines())) if file.exists() else []


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Choose and sort by whole ids: some hold spaces and dashes, and some begin like others."""
    folder = os.environ[FOLDER]
    only, without = read(folder, ONLY), read(folder, WITHOUT)
    places = {name: place for place, name in enumerate(only)}
    found = {item: places.get(item.nodeid, places.get(item.nodeid.split("::")[0], -1)) for item in items}
    chosen = [item for item in items if item.nodeid not in without and (found[item] >= 0 or not only)]
    items[:] = sorted(chosen, key=lambda item: found[item])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Stop the whole run if a test takes too long: an exception is not enough, the test may catch it."""

    def stop(*_: object) -> None:
        _note(item.nodeid)
        for child in psutil.Process().children(recursive=True):
            child.kill()
        os.killpg(0, signal.SIGKILL)

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(LONGEST)
    try:
        return (yield)
    finally:
        signal.alarm(0)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note a test that failed, or its fixtures."""
    if report.failed:
        _note(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Note a file that could not be imported."""
    if report.failed:
        _note(report.nodeid)


def _note(test: str) -> None:
    with Path(os.environ[FOLDER], FAILED).open("a") as file:
        file.write(f"{test}\n")
