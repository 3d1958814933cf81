"""A pytest plugin that notes which test runs which line: ``-p bench.mutants.line_contexts``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

FOLDER, FILES = "CASEBOT_LINES", "CASEBOT_LINES_OF"
"""Environment variables: the folder of the data files, one for each process, and patterns of files to measure."""


OPTIONS = """
[run]
data_file = {folder}/lines
parallel = true
sigterm = true
context = ${{PYTEST_CURRENT_TEST-}}
include =
    {files}
"""
"""Options of coverage.py; processes that tests start use them, too, with pytest's name for the test."""
ENDED = "ended"


class LineContexts:
    """Measures a process and those that its tests start; the context of each line is the id of the test."""

    def __init__(self, folder: Path) -> None:
        options, files = folder / f"options.{os.getpid()}", os.environ[FILES].replace(":", "\n    ")
        options.write_text(OPTIONS.format(folder=folder, files=files))
        self._coverage = coverage.Coverage(config_file=str(options), messages=False)
        self._coverage.start()
        self._ended = folder / ENDED
        os.environ["COVERAGE_PROCESS_START"] = str(options)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Name the context after the test, with the work of its fixtures."""
        self._coverage.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self._coverage.switch_context("")

    def pytest_sessionfinish(self) -> None:
        """Write what was measured, and that all tests have run."""
        self._coverage.stop()
        self._coverage.save()
        self._ended.touch()


def pytest_configure(config: pytest.Config) -> None:
    """Measure in each worker, and in a session without workers."""
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        config.pluginmanager.register(LineContexts(Path(os.environ[FOLDER])))
