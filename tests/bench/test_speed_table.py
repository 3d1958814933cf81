"""The benches of speed run: each drives a real house, and prints a row for everything it is asked for."""

from __future__ import annotations

import pytest

from tests.support.bench import printed

pytestmark = pytest.mark.slow


def test_the_run_measures_a_house_with_everything_on_beside_the_stock_server() -> None:
    table = printed("bench.speed.run", "--mails", "20").splitlines()
    for goal in (
        "stock aiosmtpd sink",
        "accepted durably",
        "end to end, µs a mail: sqlite",
        "one more specialist (2 → 5)",
        "mail in to confirmation",
        "bytes in the store a case, 2 told",
        "`casebot run` until both doors are open",
        "memory (PSS), idle",
    ):
        assert any(line.startswith(goal) for line in table), goal
    share = next(line for line in table if line.startswith("   main process / children"))
    main, children, server = (int(part) for part in share.rpartition("server")[2].split("/"))
    assert main > children > server == 0
