"""The documentation's site: every page by axe, on a phone and on a desk, by day and at night."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.setup.chromium import chromium

pytestmark = pytest.mark.slow
HOME = Path(__file__).parents[2]
SCRIPT = os.environ.get("AXE_SCRIPT", "")
"""Where axe.min.js of the package axe-core lies."""
BUILT = os.environ.get("SITE", "")
"""Where the site is built already; else it is built here."""
LOOKS = [(1440, "light"), (390, "dark")]
"""Colours do not depend on the width, nor the width on colours: two looks have both of each."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if BUILT:
        return Path(BUILT)
    pytest.importorskip("sphinx")
    pytest.importorskip("furo")
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", str(HOME / "docs"), str(folder)]
    subprocess.run(build, check=True, capture_output=True, text=True)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not SCRIPT:
        pytest.skip("AXE_SCRIPT does not say where axe.min.js (npm pack axe-core) lies")
    with chromium() as opened:
        yield opened


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_minds_nothing_and_no_page_scrolls_sideways(
    site: Path, browser: Any, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    context.add_init_script(path=SCRIPT)
    page, minded = context.new_page(), {}
    pages = sorted(site.glob("*.html"))
    assert len(pages) > 25
    for file in pages:
        page.goto(file.as_uri())
        violations = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        found = [f"{rule['id']}: {node['html'][:200]}" for rule in violations for node in rule["nodes"]]
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if found or wider > 0:
            minded[file.name] = (wider, found)
    context.close()
    assert minded == {}
