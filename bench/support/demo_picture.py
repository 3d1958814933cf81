"""The picture of the page in the README, by ``python -m bench.support.demo_picture docs/demo.png``.

It needs the extra ``e2e`` and a font with emoji; `pngquant` makes it small.
"""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path
from shutil import which
from typing import Any

from rehearsal.demo.stage import Stage

WIDTH, HEIGHT, SHARPER = 1440, 900, 2


def take(page: Any, path: str) -> None:
    """The moment when the customer has the answer, and the team its note."""

    def propose(label: str) -> None:
        page.locator("#deeds").get_by_text(label, exact=True).click()

    for label in ("Send Ana’s mail", "Take it", "Write a note", "Write the answer"):
        propose(label)
    for label in ("Preview", "Send"):
        page.get_by_role("dialog").get_by_role("button", name=label, exact=True).click()
    page.locator("#deeds").get_by_text("Reply as Ana").wait_for()
    page.locator("#messages").get_by_text("given").wait_for()  # the card knows of the answer, too
    page.mouse.move(WIDTH / 2, 5)
    page.wait_for_timeout(5000)  # for what was said in passing to be gone
    page.screenshot(path=path)


def main(path: str) -> None:
    """From a stage of its own, in the browser of Playwright."""
    playwright = import_module("playwright.sync_api")
    with (
        tempfile.TemporaryDirectory() as folder,
        Stage(Path(folder), port=0) as stage,
        playwright.sync_playwright() as engines,
    ):
        browser = engines.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox"])
        size = {"width": WIDTH, "height": HEIGHT}
        page = browser.new_page(viewport=size, device_scale_factor=SHARPER)
        page.goto(stage.url)
        take(page, path)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
