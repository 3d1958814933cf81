"""The report in another language: page, tables, charts, digest and picture leave no English behind."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import click
from PIL import Image

from bot.cli.terminal.report_table import lines
from bot.model.translatable import localized
from bot.notices.desk import WeeklyDigest
from bot.reports.chart_labels import draws
from bot.reports.csv_export import csv_text
from bot.reports.html_page import page
from bot.reports.json_export import json_text
from bot.reports.png_chart import picture
from bot.reports.sample import sample
from bot.reports.weekly_digest import digest_of
from tests.house import veil

REPORT = sample()
PEOPLE = (
    "Acme Support Sam Okafor Report 77 fails Order no. 4711 Wrong address Delivery / Late standard gold",
    "Quick, once it was found. Parcels, and how to follow them E-mail Chat casebot UTC",
)
"""What people have written, and what they, their articles and their service levels are called."""
NO_WORDS: Mapping[str, str] = {}


class Shown(HTMLParser):
    """All that a page shows or has read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag if tag == "style" else ""
        self.texts += [value or "" for name, value in attrs if name in ("aria-label", "title", "alt")]

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(data)


def shown(html: str) -> list[str]:
    parser = Shown()
    parser.feed(html)
    return [text for text in parser.texts if text.strip()]


def test_no_english_is_left_on_the_page() -> None:
    texts = shown(page(REPORT, veil.covered(), language="xx"))
    assert len(texts) > 250
    assert veil.bare(texts, PEOPLE) == set()
    assert '<html lang="xx">' in page(REPORT, veil.covered(), language="xx")


def test_no_english_is_left_in_a_terminal() -> None:
    table = [click.unstyle(line) for line in lines(REPORT, veil.covered())]
    assert len(table) > 60
    assert veil.bare(table, PEOPLE) == set()


def test_no_english_is_left_in_the_digest() -> None:
    digest = localized(digest_of(REPORT, legend=True), veil.covered())
    assert isinstance(digest, WeeklyDigest)
    cells = [cell for row in (*digest.figures, *digest.waits) for cell in row]
    assert veil.bare((digest.days, digest.headline, *cells), PEOPLE) == set()


def test_names_of_figures_that_programs_read_stay_english() -> None:
    assert csv_text(REPORT).startswith('\ufeff"section","name","key","value","unit"')
    assert '"first answer"' in csv_text(REPORT)
    assert '"under 1 day"' in json_text(REPORT)


def test_numbers_and_days_are_written_as_the_language_does() -> None:
    german = {"{whole}.{tenths}": "{whole},{tenths}", "{day} {month}": "{day}. {month}", "Dec": "Dez."}
    html = page(REPORT, german, language="de")
    assert "3,9" in html
    assert "8. Dez." in html
    assert "3.9" in page(REPORT)


def test_a_picture_has_no_letters_that_its_font_cannot_draw() -> None:
    assert draws(NO_WORDS)
    assert not draws({"Waiting now": "Jetzt offen", "Cases opened": "Geöffnet"})
    english, veiled = (
        Image.open(io.BytesIO(picture(REPORT.now.course, REPORT.period, REPORT.backlog, words=words)))
        for words in (NO_WORDS, veil.covered())
    )
    heading = (44, 30, 400, 64)
    assert ink(english.crop(heading)) > 500
    assert ink(veiled.crop(heading)) == 0
    assert ink(veiled.crop((812, 100, 1000, 130))) > 50, "the ages stand there as figures"


def ink(image: Image.Image) -> int:
    return sum(image.convert("L").histogram()[:128])


def test_what_the_report_says_is_asked_of_its_words() -> None:
    """A template of the report has no sentence of its own."""
    for template in sorted(Path("templates/report").glob("*.j2")):
        text = re.sub(
            r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|<[^>]*>", " ", template.read_text("utf-8"), flags=re.DOTALL
        )
        assert not re.search(r"[A-Za-z]{3,}", text), template
