"""Every picture of the documentation: ``python -m bench.pictures docs/pictures [light|dark]``.

It needs the extras ``e2e`` and ``charts``, Debian's Chromium and a font with emoji, and takes some minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from bench.pictures import film, stills, terminal
from bench.pictures.camera import Camera
from bench.support.databases import fresh
from bench.support.year_store import Year
from bot.channel.installed import sections
from bot.config.load import read
from bot.reports import html_page
from bot.reports.period import period
from bot.reports.report import ReportOf
from rehearsal.demo.stage import Stage
from store import schema
from store.engine.database import Database

SCHEMES = ("light", "dark")
WIDTH = 940
CASES = 3000
"""In a year, of the desk whose report is shown."""


def main(folder: Path, schemes: Sequence[str] = SCHEMES) -> None:
    """Each scheme from a stage of its own."""
    playwright = import_module("playwright.sync_api")
    with TemporaryDirectory() as place, playwright.sync_playwright() as engines:
        program = which("chromium") or which("chromium-headless-shell")
        browser = engines.chromium.launch(executable_path=program, args=["--no-sandbox"])
        told = terminal.page(Path(place))
        report = _report(Path(place))
        for scheme in schemes:
            camera = Camera(browser, folder, scheme)
            for name, html, last in (
                ("terminal", told, "pre"),
                ("report", report, "section.answering, section.backlog"),
            ):
                page = camera.page(WIDTH, 800)
                page.set_content(html)
                camera.shoot_down_to(page, page.locator(last).last, name)
                page.close()
            _of_the_demo(camera)
        browser.close()


def _of_the_demo(camera: Camera) -> None:
    with TemporaryDirectory() as folder, Stage(Path(folder), port=0) as stage:
        page = camera.page(film.WIDTH, film.HEIGHT)
        page.goto(stage.url)
        film.play(page, camera)
        stills.mails_and_pages(camera, stage)
        stills.threads(page, camera)
        stills.concern(page, camera)
        stills.survey(page, camera, stage)
        stills.lists(page, camera)
        page.close()


def _report(folder: Path) -> str:
    """The report of a busy desk's quarter, as a page."""
    config, now = read(None, sections()), datetime(2026, 11, 27, 17, tzinfo=UTC)
    with fresh("sqlite", folder) as url:
        database = Database(url)
        schema.ensure(database)
        Year(config, now).write(database, CASES)
        asked = period("12w", "", now=now + timedelta(seconds=1), zone=config.office.zone)
        with database.reading() as tx:
            report = ReportOf(config, asked, now).answer(tx)
        database.close()
    return html_page.page(report)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or SCHEMES)
