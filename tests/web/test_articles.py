"""Links to articles in our own forms: whoever follows one is counted, and led to where that article is read."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.articles.importer import ArticleImport, forget
from bot.articles.queries import ListArticles
from bot.articles.source import ArticleFolder
from bot.queries.articles import Suggest
from bot.queries.lists import ListCases
from store.articles.click import article_click
from store.engine.database import Database
from tests.support.houses.browser import ANA, DESK, Page, WebHouse, follow, get, page_link, send_files
from tests.support.setup import databases
from tests.web.test_new_case import filled, new_link

DOCS = "https://docs.example.com"
SUBJECT = "How do I pause and resume a deal?"
TITLE = "Pausing & resuming a deal"
READ = f"{DOCS}/pause?lang=en&from=a%20b#how"
PAGE = f"---\nurl: {READ}\n---\n# {TITLE}\n\nHow a deal is paused and resumed.\n"


@pytest.fixture
def house(url: str, tmp_path: Path) -> Iterator[WebHouse]:
    with WebHouse(url, tmp_path) as standing:
        take_in(standing, tmp_path)
        yield standing


def take_in(house: WebHouse, folder: Path, **more: str) -> str:
    """Import an article about pausing deals, and others; where they came from."""
    docs = folder / "docs"
    docs.mkdir()
    for name, text in {
        "pause": PAGE,
        "floors": "# Floor prices\n\nThe least that a bid offers.\n",
        **more,
    }.items():
        (docs / f"{name}.md").write_text(text)
    source = ArticleFolder(docs, base_url=DOCS)
    ArticleImport(source, house.app.writer, ask=house.ask, now=house.app.desk.now()).run(print)
    return source.origin


def article_id(house: WebHouse) -> int:
    (found,) = house.ask(Suggest(SUBJECT))
    return int(found.id)


def links(page: Page) -> list[str]:
    found = [have["href"] for tag, have in page.tags if tag == "a" and "article/" in have.get("href", "")]
    return [urllib.parse.urljoin(page.url, href) for href in found]


def rows(house: WebHouse) -> list[tuple[str, int]]:
    """(title, clicks), a row each, once all is written that was clicked before."""
    house.app.desk.health()
    with house.app.database.reading() as tx:
        chosen = select(article_click.c.title, article_click.c.clicks).order_by(article_click.c.day)
        return [(title, clicks) for title, clicks in tx.rows(chosen)]


def counted(house: WebHouse, clicks: int) -> bool:
    """Does the article about pausing come to so many clicks, in one row?"""
    return rows(house) == [(TITLE, clicks)]


def test_whoever_opens_an_article_from_the_form_is_led_to_it_and_counted_story(house: WebHouse) -> None:
    form = f"{house.web}/new"
    looked = send_files(form, filled(get(form), look="1", subject=SUBJECT))
    (link,) = links(looked)
    assert DOCS not in looked.html
    assert rows(house) == [], "it was only shown"
    status, headers, _ = follow(link)
    assert (status, headers["location"]) == (302, READ)
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers
    assert counted(house, 1)

    house.send(ANA, DESK, "Earlier", "Makes Ana known.")
    (confirmation,) = house.mails("ana@")
    hers = new_link(get(page_link(confirmation, "my")))
    (link,) = links(send_files(hers, filled(get(hers), look="1", subject=SUBJECT)))
    assert "/new/" not in link
    assert follow(link)[:1] == (302,)
    assert counted(house, 2)
    assert len(house.ask(ListCases())) == 1


def test_what_the_form_offers_while_the_subject_is_typed_leads_the_same_way(house: WebHouse) -> None:
    asked = urllib.parse.urlencode({"subject": SUBJECT})
    (one,) = json.loads(follow(f"{house.web}/suggest?{asked}")[2])
    assert one["title"] == TITLE
    status, headers, _ = follow(urllib.parse.urljoin(f"{house.web}/suggest", one["url"]))
    assert (status, headers["location"]) == (302, READ)
    assert counted(house, 1)


def test_the_links_in_a_mail_lead_to_the_article_itself(house: WebHouse) -> None:
    house.send(ANA, DESK, SUBJECT, "I do not find it.")
    (confirmation,) = house.mails("ana@")
    text = confirmation.get_body(("plain",)).get_content()
    assert READ in text
    assert "/article/" not in confirmation.as_string()


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {}),
        ("GET", {"Sec-Purpose": "prefetch"}),
        ("GET", {"Sec-Purpose": "prefetch;prerender"}),
        ("GET", {"Purpose": "prefetch"}),
        ("GET", {"X-Moz": "prefetch"}),
        ("GET", {"X-Purpose": "preview"}),
    ],
)
def test_a_look_ahead_is_led_there_and_not_counted(
    method: str, headers: dict[str, str], tmp_path: Path
) -> None:
    with WebHouse(databases.sqlite(tmp_path), tmp_path) as house:
        take_in(house, tmp_path)
        link = f"{house.web}/article/{article_id(house)}"
        status, answered, _ = follow(link, method, **headers)
        assert (status, answered["location"]) == (302, READ)
        follow(link)
        assert counted(house, 1), "the click alone"


def test_a_link_leads_nowhere_else(house: WebHouse, tmp_path: Path) -> None:
    link = f"{house.web}/article/{article_id(house)}"
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    evil = "url=https://evil.example/&next=//evil.example"
    assert follow(f"{link}?{evil}", **forged)[1]["location"] == READ
    assert counted(house, 1)
    gone = article_id(house)
    forget(str((tmp_path / "docs").resolve()), house.app.writer, ask=house.ask)
    for number in ("", "0", "7", "-1", "1.5", "x", "%D9%A3", "9" * 19, str(1 << 63), "9" * 5000, str(gone),
                   "https://evil.example", "%2F%2Fevil.example"):  # fmt: skip
        status, headers, html = follow(f"{house.web}/article/{number}")
        assert status == 404, number
        assert "location" not in headers
        assert "evil" not in html
        assert "<h1>" in html, "the page that says what to do"
    assert follow(link, "POST")[0] == 405
    assert rows(house) == [(TITLE, 1)], "what was clicked stays counted"


def test_an_article_that_is_read_nowhere_has_no_link(tmp_path: Path) -> None:
    with WebHouse(databases.sqlite(tmp_path), tmp_path) as house:
        docs = tmp_path / "docs"
        docs.mkdir()
        (docs / "pause.md").write_text(f"# {TITLE}\n\nHow a deal is paused.\n")
        source = ArticleFolder(docs, base_url="")
        ArticleImport(source, house.app.writer, ask=house.ask, now=house.app.desk.now()).run(print)
        (known,) = house.ask(ListArticles(10))
        assert follow(f"{house.web}/article/{known.id}")[0] == 404
        assert rows(house) == []


def test_many_clicks_are_one_row_a_day(house: WebHouse) -> None:
    link = f"{house.web}/article/{article_id(house)}"
    for _ in range(30):
        assert follow(link)[0] == 302
    assert counted(house, 30)
    house.pass_time(days=1)
    follow(link)
    assert rows(house) == [(TITLE, 30), (TITLE, 1)]


def test_whoever_clicks_gets_the_article_even_if_it_cannot_be_counted(house: WebHouse, url: str) -> None:
    link = f"{house.web}/article/{article_id(house)}"
    database = Database(url)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE article_click")
    database.close()
    for _ in range(3):
        status, headers, _ = follow(link)
        assert (status, headers["location"]) == (302, READ)
    house.send(ANA, DESK, "No delivery", "It stopped.")
    assert house.mails("ana@"), "all else is written as ever"
    assert follow(link)[0] == 302
