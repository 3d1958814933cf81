"""The pictures of the documentation, from the demo: ``python -m bench.support.demo_pictures docs/pictures``.

It needs the extras ``e2e`` and ``charts``, Debian's Chromium and a font with emoji.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from email import policy
from email.parser import BytesParser
from importlib import import_module
from pathlib import Path
from shutil import which
from typing import Any

from rehearsal.demo.stage import Stage

WIDTH, HEIGHT = 1280, 800
SHOWN = 2600
"""Milliseconds that a frame is looked at, where nothing else is said."""
CUSTOMER = "ana@acme.example"
SCHEMES = ("light", "dark")


class Film:
    """Frames of a page, and how long each is looked at."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._frames: list[tuple[bytes, int]] = []

    def shoot(self, *, shown: int = SHOWN) -> None:
        """Take the page as it is, without the pointer."""
        self._page.mouse.move(WIDTH / 2, 5)
        self._page.wait_for_timeout(900)
        self._frames.append((self._page.screenshot(), shown))

    def save(self, path: Path) -> None:
        """As a WebP that plays for ever."""
        image = import_module("PIL.Image")
        frames = [image.open(io.BytesIO(taken)).convert("RGB") for taken, _ in self._frames]
        durations = [shown for _, shown in self._frames]
        frames[0].save(
            path, save_all=True, append_images=frames[1:], duration=durations, loop=0, quality=72, method=6
        )


def play(page: Any, film: Film) -> None:
    """From the customer's mail to the answer in her mailbox, by the demo's own buttons."""

    def propose(label: str, then: str) -> None:
        page.locator("#deeds").get_by_text(label, exact=True).click()
        then_shown(then)

    def then_shown(label: str) -> None:
        page.locator("#deeds").get_by_text(label, exact=True).wait_for()

    then_shown("Send Ana’s mail")
    film.shoot()
    propose("Send Ana’s mail", "Take it")
    page.wait_for_timeout(5500)  # for what was said in passing to be gone
    film.shoot(shown=3600)
    propose("Take it", "Write a note")
    film.shoot()
    propose("Write a note", "Write the answer")
    film.shoot()
    page.locator("#deeds").get_by_text("Write the answer", exact=True).click()
    press(page, "Preview", film.shoot)
    press(page, "Send", film.shoot)
    then_shown("Reply as Ana")
    page.wait_for_timeout(5000)
    film.shoot(shown=5200)


STILLS = {"width": 820, "height": 900}
QUALITY = 78


def still(shown: Any, path: Path) -> None:
    """One picture of a page, or of a part of it."""
    image = import_module("PIL.Image")
    image.open(io.BytesIO(shown.screenshot())).convert("RGB").save(path, quality=QUALITY, method=6)


def take_stills(page: Any, browser: Any, stage: Stage, folder: Path, scheme: str) -> None:
    """What a customer gets and opens, and the specialist's Home."""
    mails = sorted(
        (stage.folder / "mails" / CUSTOMER / "new").iterdir(), key=lambda file: file.stat().st_mtime
    )
    confirmation = BytesParser(policy=policy.default).parsebytes(mails[0].read_bytes())
    shown = browser.new_page(viewport=STILLS, color_scheme=scheme)
    shown.set_content(confirmation.get_body(("html",)).get_content())
    still(shown, folder / f"confirmation-{scheme}.webp")
    shown.goto(shown.locator("a[href*='/case/']").first.get_attribute("href"))
    still(shown, folder / f"page-{scheme}.webp")
    shown.close()
    page.locator("#channels").get_by_text("Case", exact=True).click()
    page.locator("#tabs").get_by_text("Home", exact=True).click()
    page.locator("#home").get_by_text("CS-000001").first.wait_for()
    page.wait_for_timeout(500)
    still(page.locator("#workspace"), folder / f"home-{scheme}.webp")


def press(page: Any, label: str, before: Callable[[], None]) -> None:
    """Press a button of the form that is open."""
    button = page.get_by_role("dialog").get_by_role("button", name=label, exact=True)
    button.wait_for()
    before()
    button.click()


def main(folder: str) -> None:
    """Each scheme from a stage of its own, in the browser of Playwright."""
    playwright = import_module("playwright.sync_api")
    with playwright.sync_playwright() as engines:
        program = which("chromium") or which("chromium-headless-shell")
        browser = engines.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for scheme in SCHEMES:
            with tempfile.TemporaryDirectory() as stage_folder, Stage(Path(stage_folder), port=0) as stage:
                page = browser.new_page(
                    viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme, reduced_motion="reduce"
                )
                page.goto(stage.url)
                film = Film(page)
                play(page, film)
                film.save(Path(folder, f"demo-{scheme}.webp"))
                take_stills(page, browser, stage, Path(folder), scheme)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
