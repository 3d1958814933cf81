"""The film: from a customer's mail to the answer in her mailbox, by the demo's own buttons."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from bench.pictures.camera import Camera, save

WIDTH, HEIGHT = 1120, 760
SHOWN = 2600
"""Milliseconds that a frame is looked at, where nothing else is said."""


class Film:
    """Frames of a page, and how long each is looked at."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self.frames: list[tuple[bytes, int]] = []

    def shoot(self, *, shown: int = SHOWN) -> None:
        """Take the page as it is, without the pointer."""
        self._page.mouse.move(WIDTH / 2, 5)
        self._page.wait_for_timeout(900)
        self.frames.append((self._page.screenshot(), shown))


def play(page: Any, camera: Camera) -> None:
    """Play the demo's first steps, filmed; of the answer's preview there is a picture besides."""
    film = Film(page)
    proposed(page, "Send Ana’s mail")
    film.shoot()
    propose(page, "Send Ana’s mail", "Take it")
    page.wait_for_timeout(5500)  # for what was said in passing to be gone
    film.shoot(shown=3600)
    propose(page, "Take it", "Write a note")
    film.shoot()
    propose(page, "Write a note", "Write the answer")
    film.shoot()
    open_form(page, lambda: propose(page, "Write the answer"))
    press(page, "Preview", film.shoot)
    press(page, "Send", film.shoot, lambda: camera.shoot(dialog(page), "reply"))
    proposed(page, "Reply as Ana")
    page.wait_for_timeout(5000)
    film.shoot(shown=5200)
    save(film.frames, camera.path("demo"))


def proposed(page: Any, label: str) -> None:
    """Wait until the page proposes this."""
    page.locator("#deeds").get_by_text(label, exact=True).wait_for()


def propose(page: Any, label: str, then: str = "") -> None:
    """Do what the page proposes, and wait for the next proposal."""
    page.locator("#deeds").get_by_text(label, exact=True).click()
    if then:
        proposed(page, then)


def dialog(page: Any) -> Any:
    """The form that is open."""
    return page.get_by_role("dialog")


def open_form(page: Any, act: Callable[[], None]) -> None:
    """Do what opens a form, until it is there.

    Slack gives three seconds for that, and a busy machine may miss them.
    """
    for patience in (15_000, 15_000, 60_000):
        act()
        try:
            dialog(page).wait_for(timeout=patience)
        except import_module("playwright.sync_api").TimeoutError:
            continue
        return
    raise LookupError("no form")


def press(page: Any, label: str, *before: Callable[[], None]) -> None:
    """Press a button of the form that is open."""
    button = dialog(page).get_by_role("button", name=label, exact=True)
    button.wait_for()
    for step in before:
        step()
    button.click()
