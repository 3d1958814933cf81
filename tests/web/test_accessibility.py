"""Every page, and the report's, looked at by axe: a screen reader, a keyboard or little sight is enough for them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.houses.browser import WebHouse
from tests.support.houses.every_page import Visit, visits
from tests.support.setup import databases
from tests.support.setup.chromium import chromium

pytestmark = pytest.mark.slow
SCRIPT = os.environ.get("AXE_SCRIPT", "")
"""Where axe.min.js of the package axe-core lies."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not SCRIPT:
        pytest.skip("AXE_SCRIPT does not say where axe.min.js (npm pack axe-core) lies")
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Visit]]:
    folder = tmp_path_factory.mktemp("house")
    with WebHouse(databases.sqlite(folder), folder) as house:
        yield visits(house)


def findings(page: Any) -> list[str]:
    """What axe minds on a page: its rule, how serious it is, and where."""
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate(Path(SCRIPT).read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:200]} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


def test_axe_would_mind_what_nobody_can_use(browser: Any) -> None:
    page = browser.new_page()
    page.set_content("<p style='color: #bbb'>faint</p><form><input name=unnamed></form>")
    assert {found.partition(" ")[0] for found in findings(page)} >= {"color-contrast", "label"}
    page.close()


@pytest.mark.parametrize(("width", "scheme"), [(375, "dark"), (1200, "light")])
def test_axe_minds_nothing(pages: Mapping[str, Visit], browser: Any, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, locale="en")
    minded: dict[str, list[str]] = {}
    for name, visit in pages.items():
        page = context.new_page()
        visit(page)
        if found := findings(page):
            minded[name] = found
        page.close()
    context.close()
    assert minded == {}
