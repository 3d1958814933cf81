"""The supervisor: a worker that crashes ends the process, and leaves a trace of where."""

from __future__ import annotations

import threading

import pytest
from structlog.testing import capture_logs

from bot.runtime.supervisor import Supervisor


class Waiting:
    """A worker that works until it is asked to leave."""

    name = "waiting"

    def __init__(self) -> None:
        self._leaving = threading.Event()

    def run(self) -> None:
        self._leaving.wait(30)

    def leave(self) -> None:
        self._leaving.set()


class Crashing(Waiting):
    """A worker with a fault."""

    name = "crashing"

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def run(self) -> None:
        raise self._error


@pytest.mark.parametrize(
    ("error", "traced"), [(KeyError("row"), True), (OSError("web.listen: cannot be opened"), False)]
)
def test_a_worker_that_crashes_ends_all_and_only_a_fault_of_ours_has_a_traceback(
    error: Exception, traced: bool
) -> None:
    with capture_logs() as lines:
        assert Supervisor([Waiting(), Crashing(error)]).run() == 1
    assert any(line.get("exc_info") is error for line in lines if line["log_level"] == "error") is traced
    assert lines[-1]["event"] == "stopped: a worker thread crashed"
    assert lines[-1]["worker"] == "crashing"
