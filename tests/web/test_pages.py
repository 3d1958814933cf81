"""The pages in a real browser: nothing sticks out, everything can be read and done by keyboard, in every language."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.articles.importer import ArticleImport
from bot.articles.source import ArticleFolder
from bot.languages.catalogue import mail_languages
from store.people import person
from tests.support.houses.browser import ANA, DESK, WebHouse, case_link, get, page_link
from tests.support.houses.house import words
from tests.web.test_mail_pages import FAINT
from tests.web.test_survey import invited

pytestmark = pytest.mark.slow

LONG = "https://dash.example/" + "x" * 300


def links(house: WebHouse) -> list[str]:
    """One of each kind of page, with the longest words."""
    survey, _ = invited(house)
    house.mails("ana@")
    files = {f"{'x' * 200}.csv": b"x"}
    house.send(ANA, DESK, LONG, f"{LONG}\n\n\t{LONG}", files=files)
    (confirmation,) = house.mails("ana@")
    link = case_link(confirmation)
    get(link).send("close", text=LONG)
    house.send(ANA, DESK, "Short", "Short.")
    (confirmation,) = house.mails("ana@")
    return [survey, f"{survey}?done=rate", link, f"{link}?done=changed", case_link(confirmation),
            page_link(confirmation, "my"), house.web, f"{house.web}/nothing", helped(house)]  # fmt: skip


def helped(house: WebHouse) -> str:
    """The link by which an article with a long title has solved something."""
    folder = house.folder / "docs"
    folder.mkdir()
    (folder / "deal.md").write_text(f"# A deal does not deliver {LONG[-150:]}\n\nNo delivery.\n")
    source, app = ArticleFolder(folder, base_url="https://docs.example.com"), house.app
    ArticleImport(source, app.writer, ask=app.desk.ask, now=app.desk.now()).run(lambda name: None)
    house.send(ANA, DESK, "My deal does not deliver", "No delivery.")
    (confirmation,) = house.mails("ana@")
    (link,) = set(re.findall(r"http://\S+/solved/\S+", words(confirmation)))
    return link


def speaks(house: WebHouse, language: str) -> None:
    with house.app.database.writing() as tx:
        ana = person.find(tx, "email", "ana@acme.example")
        assert ana is not None
        person.speaks(tx, ana, language)


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (375, "dark"), (1200, "light")])
def test_pages_fit_their_window_and_can_be_read(
    house: WebHouse, browser: Any, width: int, scheme: str
) -> None:
    every, said = links(house), []
    for language in mail_languages():
        context = browser.new_context(
            viewport={"width": width, "height": 700}, color_scheme=scheme, locale=language
        )
        speaks(house, language)
        page = context.new_page()
        page.on("console", lambda line: said.append(line.text))
        for link in every:
            page.goto(link)
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, link
            assert page.evaluate(FAINT) == [], link
            assert page.evaluate("document.documentElement.lang") == language
        context.close()
    assert not [line for line in said if "Content Security Policy" in line]


def test_a_survey_is_answered_by_keyboard_alone(house: WebHouse, browser: Any) -> None:
    survey, _ = invited(house)
    page = browser.new_page()
    page.goto(f"{survey}?rating=2")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "2"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("By keyboard.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**?done=rate")
    assert "Thank you!" in page.inner_text("h1")
    assert "rating: 3" in house.case().history[-1].detail
    page.close()


def test_a_press_that_is_wrong_opens_the_form_it_is_about(house: WebHouse, browser: Any) -> None:
    house.send(ANA, DESK, "Short", "Short.")
    (confirmation,) = house.mails("ana@")
    page = browser.new_page()
    page.goto(case_link(confirmation))
    page.click("summary:has-text('Raise a concern')")
    page.click("button:has-text('Raise a concern')")
    assert page.is_visible("text=Please write a few words.")
    page.fill("#concern", "Nobody answers.")
    page.click("button:has-text('Raise a concern')")
    assert page.is_visible("text=has been passed on")
    page.close()
