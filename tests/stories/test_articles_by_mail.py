"""Articles by mail: suggested in the confirmation, and what "this solved it" does, once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.articles.importer import ArticleImport
from bot.articles.source import ArticleFolder
from store.articles import article, deflection
from store.articles.deflection import Deflections
from store.people import person as people
from tests.support.houses.browser import ANA, DESK, WebHouse, case_link, get, post
from tests.support.houses.house import words

SUBJECT, TEXT = "Deal ID 12333: no delivery for 24 hours", "It has zero impressions since yesterday."
TITLE = "A deal does not deliver"


@pytest.fixture
def house(url: str, tmp_path: Path) -> Iterator[WebHouse]:
    with WebHouse(url, tmp_path) as standing:
        source = ArticleFolder(
            Path(__file__).parents[1] / "data/articles", base_url="https://docs.example.com"
        )
        app = standing.app
        ArticleImport(source, app.writer, ask=app.desk.ask, now=app.desk.now()).run(lambda name: None)
        yield standing


def solved_links(mail: Any) -> list[str]:
    return re.findall(r"This solved it: (http://\S+/solved/\S+)", words(mail))


def counted(house: WebHouse) -> list[Deflections]:
    day = timedelta(days=1)
    with house.app.database.reading() as tx:
        return list(deflection.counts(tx, datetime.now(UTC) - day, datetime.now(UTC) + day))


def test_ana_is_shown_the_article_says_that_it_solved_it_and_her_case_closes_story(house: WebHouse) -> None:
    house.send(ANA, DESK, SUBJECT, TEXT)
    (confirmation,) = house.mails("ana@")
    assert "These articles might be helpful:" in words(confirmation)
    assert f"{TITLE}\r\n    https://docs.example.com/deal-no-delivery\r\n" in words(confirmation)
    html = confirmation.get_body(("html",)).get_content()
    assert f'href="https://docs.example.com/deal-no-delivery" style="color:#1d5fae">{TITLE}</a>' in html
    link = solved_links(confirmation)[0]
    assert link in html

    house.settled()
    before = house.dump()
    page = get(link, Accept_Language="en")
    get(link, "HEAD")
    assert house.dump() == before
    assert "Did this article solve it?" in page.words
    assert "CS-000001" in page.words
    assert "zero impressions" not in page.html
    assert ("a", {"href": "https://docs.example.com/deal-no-delivery", "rel": "noreferrer"}) in page.tags

    form = page.forms["solved"]
    done = page.send("solved")
    assert "Good to hear. Your case is closed." in done.words
    assert house.case().line.state == "closed"
    assert house.history()[-2:] == ["solved by an article", "closed"]
    assert "No longer an issue" in words(
        next(m for m in house.mails("sam@", count=2) if "closed" in words(m))
    )
    assert counted(house) == [Deflections(TITLE, "email", 1)]

    post(link, form)
    assert "closed already" in get(link).words
    assert "solved" not in get(link).forms
    assert counted(house) == [Deflections(TITLE, "email", 1)]
    assert house.history().count("closed") == 1


def test_a_case_that_was_opened_again_can_be_closed_so_again_but_counts_once(house: WebHouse) -> None:
    house.send(ANA, DESK, SUBJECT, TEXT)
    (confirmation,) = house.mails("ana@")
    link = solved_links(confirmation)[0]
    get(link).send("solved")
    house.answer(confirmation, ANA, "No, it has stopped once more.")
    house.settled()
    assert house.case().line.state == "open"
    get(link).send("solved")
    assert house.case().line.state == "closed"
    assert counted(house) == [Deflections(TITLE, "email", 1)]


def test_what_no_article_answers_is_confirmed_without_a_word_of_articles(house: WebHouse) -> None:
    house.send(ANA, DESK, "Christmas party", "Are you coming on Friday? There will be cake.")
    (confirmation,) = house.mails("ana@")
    assert "article" not in words(confirmation)


def test_machines_are_shown_none(house: WebHouse) -> None:
    house.send(ANA, DESK, SUBJECT, TEXT, headers={"Auto-Submitted": "auto-generated"})
    assert house.nothing("ana@")


def test_a_link_is_of_no_use_to_others_nor_when_it_is_old_or_bent(house: WebHouse) -> None:
    house.send(ANA, DESK, SUBJECT, TEXT, headers={"Cc": "bob@acme.example"})
    (confirmation,) = house.mails("ana@")
    link = solved_links(confirmation)[0]
    assert get(link[:-1]).status == 404
    assert get(link.replace("/solved/", "/case/")).status == 404
    house.answer(confirmation, ANA, f"Is that right? {link}")
    (told,) = [mail for mail in house.mails("sam@", count=2) if "Is that right?" in words(mail)]
    assert link not in words(told)
    house.pass_time(days=31)
    assert get(link).status == 410
    assert counted(house) == []


def test_an_article_that_is_gone_leads_nowhere(house: WebHouse, tmp_path: Path) -> None:
    house.send(ANA, DESK, SUBJECT, TEXT)
    (confirmation,) = house.mails("ana@")
    link = solved_links(confirmation)[0]
    origin = str(Path(__file__).parents[1] / "data/articles")

    def remove(tx: Any, items: Any) -> list[None]:
        for number, _ in article.known(tx, origin).values():
            article.remove(tx, number)
        return [None] * len(items)

    house.app.writer.put(remove, None).result()
    assert get(link).status == 410


def test_each_language_has_its_page(house: WebHouse) -> None:
    house.send(ANA, DESK, SUBJECT, TEXT)
    (confirmation,) = house.mails("ana@")
    link = solved_links(confirmation)[0]
    for language, question in (("de", "Hat dieser Artikel geholfen?"), ("fr", "Cet article a-t-il résolu")):
        speaks(house, language)
        assert question in get(link).words


def speaks(house: WebHouse, language: str) -> None:
    """Ana is told things in this language from now on."""

    def learn(tx: Any, items: Any) -> list[None]:
        ana = people.find(tx, "email", "ana@acme.example")
        assert ana
        people.speaks(tx, ana, language)
        return [None] * len(items)

    house.app.writer.put(learn, None).result()


def test_whose_case_is_opened_again_was_not_helped_and_another_article_may_help_story(
    house: WebHouse,
) -> None:
    house.send(ANA, DESK, SUBJECT, TEXT)
    (confirmation,) = house.mails("ana@")
    get(solved_links(confirmation)[0]).send("solved")
    house.answer(confirmation, ANA, "No, it has stopped once more.")
    house.settled()
    assert counted(house) == [], "a person answers it after all"
    get(another(house, solved_links(confirmation)[0])).send("solved")
    (only,) = counted(house)
    assert only.title != TITLE
    assert only.count == 1


def test_two_articles_solve_one_case_once(house: WebHouse) -> None:
    house.send(ANA, DESK, SUBJECT, TEXT)
    (confirmation,) = house.mails("ana@")
    link = solved_links(confirmation)[0]
    pages = [get(link), get(another(house, link))]
    for page in pages:
        page.send("solved")
    assert counted(house) == [Deflections(TITLE, "email", 1)]


def test_what_is_closed_already_no_article_has_solved(house: WebHouse) -> None:
    house.send(ANA, DESK, SUBJECT, TEXT)
    (confirmation,) = house.mails("ana@")
    page = get(solved_links(confirmation)[0])
    get(case_link(confirmation)).send("close")
    page.send("solved")
    assert house.case().line.state == "closed"
    assert counted(house) == []
    assert "solved by an article" not in house.history()


def another(house: WebHouse, link: str) -> str:
    """The link of another article, for the same case and reader."""
    links = house.app.desk.pages._links
    said = links.read_page_token("solved", link.rpartition("/")[2], now=datetime.now(UTC))
    assert said
    case, person, shown = said.numbers
    with house.app.database.reading() as tx:
        known = article.known(tx, str(Path(__file__).parents[1] / "data/articles")).values()
    return links.page_url("solved", case, person, next(one for one, _ in known if one != shown))
