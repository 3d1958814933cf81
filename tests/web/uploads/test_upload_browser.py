"""Uploads in a real browser: a bar shows how far they are, and what breaks off goes on where it stopped."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from bot.languages.catalogue import mail_languages
from tests.support.houses.browser import ANA, DESK, WebHouse, case_link, get, page_link
from tests.support.setup import databases
from tests.web.test_mail_pages import FAINT
from tests.web.uploads.test_upload import upload_link

pytestmark = pytest.mark.slow
SIZE = 30_000_000


def opened(house: WebHouse) -> Any:
    """The confirmation of a case of Ana's."""
    house.send(ANA, DESK, "No delivery", "It stopped.", files={"app.log": b"x" * 48_000})
    (confirmation,) = house.mails("ana@")
    return confirmation


def share(page: Any) -> float:
    return float(page.evaluate("(bar => bar ? bar.value / bar.max : 0)(document.querySelector('progress'))"))


def broken_after(first: int) -> Any:
    """A network that lets so many pieces pass, and no more until somebody mends it."""
    passed = []

    def route(request: Any) -> None:
        if request.request.method == "PUT":
            passed.append(request)
        if request.request.method == "PUT" and len(passed) > first:
            request.abort()
        else:
            request.continue_()

    return route


def test_thirty_megabytes_break_off_in_the_middle_and_go_on_story(
    house: WebHouse, browser: Any, tmp_path: Path
) -> None:
    link = upload_link(get(case_link(opened(house))))
    dump = tmp_path / "dump.bin"
    dump.write_bytes(os.urandom(SIZE))
    said: list[str] = []
    page = browser.new_page()
    page.on("console", lambda line: said.append(line.text))
    page.route("**/upload/*/f*", broken_after(2))
    page.goto(link)
    page.set_input_files("#files", dump)
    page.click("button")
    page.wait_for_selector("text=The connection broke off")
    assert 0.3 < share(page) < 1
    assert house.history() == ["opened"]
    page.close()  # and comes back later, with the same file

    page = browser.new_page()
    page.on("console", lambda line: said.append(line.text))
    begun: list[str] = []
    page.on(
        "request",
        lambda one: begun.append(one.headers.get("content-range", "")) if one.method == "PUT" else 0,
    )
    page.goto(link)
    page.set_input_files("#files", dump)
    page.click("button")
    page.wait_for_url("**?done=attach")
    assert page.is_visible("text=Your files have been added to the case.")
    assert page.is_visible("text=dump.bin")
    assert begun[0].startswith("bytes 16777216-"), "what had arrived was not sent again"
    (file,) = house.case().entries[-1].files
    assert (file.name, file.size) == ("dump.bin", SIZE)
    assert file.sha256 == hashlib.sha256(dump.read_bytes()).hexdigest()
    assert house.history() == ["opened", "attached"]
    assert not [line for line in said if "Content Security Policy" in line]
    page.close()


def test_several_files_with_one_that_is_refused(
    tmp_path: Path, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_WEB__UPLOAD_MAX", "1000")
    with WebHouse(databases.sqlite(tmp_path), tmp_path) as house:
        (tmp_path / "large.bin").write_bytes(b"x" * 1001)
        (tmp_path / "small.bin").write_bytes(b"x" * 1000)
        (tmp_path / "none.bin").write_bytes(b"")
        page = browser.new_page()
        page.goto(upload_link(get(case_link(opened(house)))))
        page.set_input_files("#files", [tmp_path / f"{name}.bin" for name in ("large", "small", "none")])
        page.click("button")
        for why in ("This file is larger", "This file is empty", "has arrived"):
            page.wait_for_selector(f"text={why}")
        page.set_input_files("#files", [tmp_path / "small.bin"])
        page.click("button")
        page.wait_for_url("**?done=attach")
        assert [file.name for file in house.case().entries[-1].files] == ["small.bin"]
        page.close()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1200, "dark")])
def test_the_new_pages_fit_their_window_and_can_be_read(
    house: WebHouse, browser: Any, width: int, scheme: str
) -> None:
    confirmation = opened(house)
    case, mine = case_link(confirmation), page_link(confirmation, "my")
    new = next(have["href"] for _, have in get(mine).tags if "/new/" in have.get("href", ""))
    for language in mail_languages():
        context = browser.new_context(
            viewport={"width": width, "height": 700}, color_scheme=scheme, locale=language
        )
        page = context.new_page()
        for link in (case, mine, new, f"{house.web}/new", upload_link(get(case))):
            page.goto(link)
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, link
            assert page.evaluate(FAINT) == [], link
            assert page.evaluate("document.documentElement.lang") == language
        context.close()


def test_a_case_is_opened_by_keyboard_alone(house: WebHouse, browser: Any) -> None:
    page = browser.new_page()
    page.goto(f"{house.web}/new")
    page.focus("#address")
    page.keyboard.type("zoe@other.example")
    for words in ("", "By keyboard", "It stopped."):  # name, subject, description
        page.keyboard.press("Tab")
        page.keyboard.type(words)
    for _ in ("what helps", "priority"):
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.focus("button")
    page.keyboard.press("Enter")
    page.wait_for_url("**?opened=**")
    assert "CS-000001" in page.inner_text("h1")
    case = house.case()
    assert (case.line.priority, case.line.subject) == ("Low", "By keyboard")
    page.close()
