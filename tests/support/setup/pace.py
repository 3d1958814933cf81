"""Pauses of tests: the product's own are shorter than usual, and conditions are waited for patiently."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from bot.notify import boards
from bot.workers import courier, lease_renewal, scheduler
from channels.slack.workspace import web_api

PATIENCE = float(os.environ.get("CASEBOT_TEST_PATIENCE", "240"))
"""Seconds that a test waits for a condition, which takes one or two unless the machine has much else to do."""
ROUND = 0.4
"""Seconds between two rounds of the clock and the lease renewal."""
REST = timedelta(seconds=0.3)
"""Between two states of a card, and before what comes after something in somebody's hands is tried again."""


@contextmanager
def brisk() -> Iterator[None]:
    """While it lasts, rounds come sooner and cards rest for less."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lease_renewal, "EVERY", ROUND)
        patch.setattr(scheduler, "EVERY", ROUND)
        patch.setattr(boards, "CARD_INTERVAL", REST)
        patch.setattr(courier, "IN_HANDS", REST.total_seconds())
        patch.setattr(web_api, "SOON", 1.0)
        patch.setattr(web_api, "LATER", 2.0)
        patch.setattr(web_api, "STOPPED", 3.0)
        yield
