"""The language of a page, chosen in its footer: it goes along in every link, form, mistake and redirect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from channels.web.templating.language_choice import along, within
from tests.support.houses.browser import WebHouse, follow, get, post
from tests.support.houses.every_page import every_link
from tests.support.setup import databases
from tests.support.setup.chromium import chromium

NAMES = {
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "it": "Italiano",
    "ja": "日本語",
    "pl": "Polski",
    "pt": "Português",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebHouse]:
    folder = tmp_path_factory.mktemp("house")
    with WebHouse(databases.sqlite(folder), folder) as standing:
        yield standing


@pytest.fixture(scope="module")
def links(house: WebHouse) -> dict[str, str]:
    return every_link(house)


def asked_in(link: str, code: str) -> str:
    return f"{link}{'&' if '?' in link else '?'}lang={code}"


def test_every_page_offers_all_languages_by_their_own_names(links: dict[str, str]) -> None:
    for name, link in links.items():
        page = get(link)
        offered = {have["hreflang"]: have for tag, have in page.tags if tag == "a" and "hreflang" in have}
        assert offered.keys() == NAMES.keys(), name
        assert all(have["lang"] == code and f"lang={code}" in have["href"] for code, have in offered.items())
        assert [code for code, have in offered.items() if have.get("aria-current")] == ["en"], name
        for own_name in NAMES.values():
            assert own_name in page.words, name


def test_a_choice_goes_before_the_readers_the_browsers_and_the_desks_language(links: dict[str, str]) -> None:
    for name, link in links.items():
        page = get(asked_in(link, "ja"), Accept_Language="de")
        assert '<html lang="ja">' in page.html, name
        assert 'lang="en"' in get(asked_in(link, "xx"), Accept_Language="en").html, "one that we do not have"


def test_every_address_of_ours_on_a_page_has_the_choice_and_no_other_has(
    house: WebHouse, links: dict[str, str]
) -> None:
    for name, link in links.items():
        page = get(asked_in(link, "ja"))
        for tag, have in page.tags:
            address = have.get("action" if tag == "form" else "href", "") if tag in ("a", "form") else ""
            if not address or address.startswith("#") or "hreflang" in have:
                continue
            ours = address.startswith(house.web) or not address.partition(":")[0].isalpha()
            assert ("lang=ja" in address) is ours, (name, address)


def test_a_mistake_and_what_was_done_are_told_in_the_language_chosen(links: dict[str, str]) -> None:
    case = asked_in(links["case"], "ja")
    form = get(case).forms["reply"]
    mistaken = post(case, {**form, "text": ""})
    assert (mistaken.status, '<html lang="ja">' in mistaken.html) == (422, True)
    done = post(case, {**mistaken.forms["reply"], "text": "It still does not deliver."})
    assert done.status == 200
    assert "done=reply" in done.url
    assert "lang=ja" in done.url
    assert '<html lang="ja">' in done.html


def test_what_is_refused_is_refused_in_the_language_chosen(house: WebHouse) -> None:
    for path in ("nothing", "case/x", "my/x/y", "link/x"):
        page = get(f"{house.web}/{path}?lang=ja")
        assert page.status == 404
        assert "ページが見つかりません" in page.words


def test_an_article_elsewhere_is_not_told_of_it(house: WebHouse, links: dict[str, str]) -> None:
    assert links
    (suggested,) = json.loads(get(f"{house.web}/suggest?subject=deal+does+not+deliver").html)
    status, headers, _ = follow(f"{house.web}/{suggested['url']}?lang=ja")
    assert status == 302
    assert headers["location"].startswith("https://docs.example.com/")
    assert "lang" not in headers["location"]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("?", "?lang=ja"),
        ("?page=2", "?page=2&lang=ja"),
        ("?lang=de", "?lang=de"),
        ("?language=de", "?language=de&lang=ja"),
        ("../link", "../link?lang=ja"),
        ("token/file/3", "token/file/3?lang=ja"),
        ("#top", "#top"),
        ("new#top", "new?lang=ja#top"),
        ("https://desk.example", "https://desk.example?lang=ja"),
        ("https://desk.example/my/x", "https://desk.example/my/x?lang=ja"),
        ("https://desk.example.org/my/x", "https://desk.example.org/my/x"),
        ("https://docs.example/?a=1", "https://docs.example/?a=1"),
        ("//docs.example/", "//docs.example/"),
        ("mailto:support@example.com", "mailto:support@example.com"),
        ("tel:+4912", "tel:+4912"),
    ],
)
def test_only_addresses_of_ours_carry_it(address: str, kept: str) -> None:
    assert within(address, "ja", "https://desk.example") == kept


def test_words_of_people_that_look_like_a_link_stay_as_they_are() -> None:
    said = "<p>a href=&#34;?x&#34; action=&#34;?&#34;</p>"
    assert along(said, "ja", "") == said


def test_a_page_where_people_type_says_without_scripts_that_it_would_be_lost(links: dict[str, str]) -> None:
    for name in ("case", "new", "new for anybody", "survey", "link"):
        page = get(asked_in(links[name], "de"))
        assert "Beim Wechsel der Sprache geht verloren, was Sie hier eingegeben haben" in page.words, name
    assert "Beim Wechsel der Sprache" not in get(asked_in(links["my"], "de")).words


def read_in(page: Any, language: str) -> None:
    """Choose another language; returns once the page in it is there, and what was typed can be there, too."""
    with page.expect_navigation():
        page.click(f"nav.languages >> text={language}")


@pytest.mark.slow
def test_what_was_typed_goes_along_to_another_language_story(house: WebHouse, links: dict[str, str]) -> None:
    with chromium() as browser:
        page: Any = browser.new_page(locale="en")
        page.goto(links["new for anybody"])
        page.fill("#subject", "Keine <b>Lieferung</b>")
        page.fill("#text", "\n\nSeit heute früh.")
        page.check("[name=priority][value=Blocker]")
        page.fill("#contact", "Ana +49 30 123456")
        page.set_input_files("#files", {"name": "a.log", "mimeType": "text/plain", "buffer": b"x"})
        read_in(page, "Deutsch")
        assert page.input_value("#subject") == "Keine <b>Lieferung</b>"
        assert page.input_value("#text") == "\n\nSeit heute früh."
        assert page.is_checked("[name=priority][value=Blocker]")
        assert page.input_value("#contact") == "Ana +49 30 123456"
        assert "a.log: Diese Datei ist nicht mehr vollständig da." in page.inner_text("form.new")
        page.reload()
        assert page.input_value("#subject") == "", "it is kept for one step alone"

        page.goto(links["case"])
        page.fill("#reply", "x" * 50_000)
        page.set_input_files("#files", {"name": "b.log", "mimeType": "text/plain", "buffer": b"x" * 3000})
        page.eval_on_selector("#reply", "field => field.value += 'x'")
        with page.expect_navigation():
            page.click("#upload button")
        assert "b.log 3 kB, has arrived" in page.inner_text("#upload")
        read_in(page, "日本語")
        assert page.input_value("#reply") == "x" * 50_001
        page.fill("#reply", "With the log.")
        with page.expect_navigation():
            page.click("#upload button")
        assert page.locator("article").last.locator(".words").inner_text() == "With the log."
        assert page.locator("article").last.locator(".files").inner_text().startswith("b.log")
        page.click("details:has(#why) summary")
        page.fill("#why", "More of us wait.")
        read_in(page, "Polski")
        assert page.is_visible("#why")
        assert page.input_value("#why") == "More of us wait."
        page.fill("#reply", "One thing more.")
        get(links["case"]).send("close")
        read_in(page, "English")
        assert page.input_value("#reopen") == "One thing more.", "the case was closed in the meantime"
        get(links["case"]).send("reopen", text="It is back.")
        assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.slow
def test_a_reader_changes_the_language_and_keeps_it_story(house: WebHouse, links: dict[str, str]) -> None:
    with chromium() as browser:
        page: Any = browser.new_page(locale="en")
        page.goto(house.web)
        page.click("text=日本語")
        assert page.locator("html").get_attribute("lang") == "ja"
        page.fill("#link-address", "nobody")
        page.eval_on_selector("#link-address", "field => field.form.submit()")
        page.wait_for_selector(".wrong")
        assert "メールアドレスをご記入ください" in page.inner_text(".wrong")
        page.fill("#link-address", "nobody@other.example")
        page.click("form.ask button")
        page.wait_for_url("**/link?sent=1&lang=ja")
        assert "リンクを記載したメールをお送りしています" in page.inner_text("main")
        page.click("nav.languages >> text=Polski")
        assert "wiadomość z linkiem jest już w drodze" in page.inner_text("main")
        page.goto(links["my"])
        page.click("nav.languages >> text=Deutsch")
        page.click(".cases a >> nth=0")
        assert page.locator("html").get_attribute("lang") == "de"
        page.go_back()
        page.click("nav.languages >> text=English")
        assert "Under way" in page.inner_text("main")
