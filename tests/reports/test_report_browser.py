"""The report's page in a real browser: nothing sticks out and all can be read, with the longest words, by night too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.reports.html_page import page
from tests.reports.test_report_pages import report
from tests.web.test_mail_pages import FAINT

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 1200])
@pytest.mark.parametrize("since", ["7d", "12w", "365d"])
def test_the_page_is_no_wider_than_its_window(browser: Any, scheme: str, width: int, since: str) -> None:
    shown = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for words in ("Deal ID 12333", "https://dash.example/" + "x" * 300):
        shown.set_content(page(report(words, since)))
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.evaluate(FAINT) == []
    shown.close()


def test_nothing_is_asked_of_any_server(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(page(report()), encoding="utf-8")
    shown = browser.new_page()
    asked: list[str] = []
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto(f"file://{tmp_path}/report.html")
    shown.close()
    assert asked == [f"file://{tmp_path}/report.html"]


def test_it_prints_on_a_few_pages_of_paper_by_night_too(browser: Any) -> None:
    shown = browser.new_page(color_scheme="dark", viewport={"width": 720, "height": 1000})
    shown.set_content(page(report("Deal ID 12333")))
    shown.emulate_media(media="print")
    assert shown.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert shown.evaluate("document.documentElement.scrollWidth") <= 720
    paper = shown.pdf(prefer_css_page_size=True)
    assert 2 <= paper.count(b"/Type /Page\n") <= 6
    shown.close()
