"""A few kills while people work in Slack, and a few seconds of both: nothing acked is lost, nothing happens twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.slack import __main__, latency
from bench.slack.windows import WINDOWS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_house_that_is_killed_while_people_work_in_slack_keeps_every_promise(
    mode: str, tmp_path: Path
) -> None:
    result = __main__.kill(4, mode=mode, store="sqlite", seed=8, folder=tmp_path)
    assert result.broken == []
    assert sum(act.acked for act in result.promises.acts) > 5, "or nothing was tried"
    assert result.book.deliveries > 4 * len(result.promises.acts)
    assert sum(result.windows.kills[window] > 0 for window in WINDOWS) >= 2


def test_acks_are_measured_while_mail_comes_and_no_mail_waits_for_slack(tmp_path: Path) -> None:
    figures = latency.measure(5, mode="http", store="sqlite", rate=20, folder=tmp_path)
    assert (figures.missed, figures.failed) == ([], [])
    assert all(figures.acks.values()), "of every kind"
    assert figures.mails == 100
    assert len(figures.confirmed) == figures.opened > 0
    assert "never missed" in latency.table(figures, mode="http")
