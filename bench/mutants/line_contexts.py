"""A pytest plugin that notes which test runs which line: ``-p bench.mutants.line_contexts``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

FOLDER, FILES = "CASEBOT_LINES", "CASEBOT_LINES_OF"
"""Environment variables: the folder of the data files, one for each process, and patterns of files to measure."""


class LineContexts:
    """Measures one process; the context of each line is the id of the test."""

    def __init__(self, folder: Path) -> None:
        data = folder / f"lines.{os.getpid()}"
        self._coverage = coverage.Coverage(
            data_file=str(data), include=os.environ[FILES].split(":"), messages=False, config_file=False
        )
        self._coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Name the context after the test, with the work of its fixtures."""
        self._coverage.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self._coverage.switch_context("")

    def pytest_sessionfinish(self) -> None:
        """Write what was measured."""
        self._coverage.stop()
        self._coverage.save()


def pytest_configure(config: pytest.Config) -> None:
    """Measure in each worker, and in a session without workers."""
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        config.pluginmanager.register(LineContexts(Path(os.environ[FOLDER])))
