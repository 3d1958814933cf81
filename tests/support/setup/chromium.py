"""A browser for tests: Debian's Chromium without its windows, driven by Playwright."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

PROGRAM = "/usr/bin/chromium-headless-shell"


@contextmanager
def chromium() -> Iterator[Any]:
    """A Playwright ``Browser``; skips the test where Playwright is not installed (the extra ``e2e``)."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as engines:
        browser = engines.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        yield browser
        browser.close()
