"""The measuring tools themselves run: each drives a real house, and prints a row for everything it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


def printed(module: str, *options: str) -> str:
    command = [sys.executable, "-m", module, *options]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def test_the_profile_times_every_stage_of_a_mail() -> None:
    table = printed("bench.profile", "--mails", "40", "--statements", "3")
    for stage in (
        "SMTP conversation",
        "place",
        "desk and handlers",
        "render",
        "compose",
        "deliver",
        "commit",
    ):
        microseconds = next(line.split()[-3] for line in table.splitlines() if line.startswith(stage))
        assert int(microseconds) > 0, stage
    assert "INSERT INTO" in table


def test_the_mailbox_is_timed_and_its_servers_killed() -> None:
    timed, counted = printed("bench.mailbox", "--mails", "2", "--killed", "10").splitlines()
    assert "median" in timed
    assert "17 cases (5 held), 12 confirmed" in counted


def test_the_run_measures_a_house_beside_the_stock_server() -> None:
    table = printed("bench.run", "--mails", "60")
    for goal in ("stock aiosmtpd sink", "accepted durably", "end to end, µs", "mail in to confirmation"):
        assert any(line.startswith(goal) for line in table.splitlines()), goal
