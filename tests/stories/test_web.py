"""Stories of the web: a customer asks for another priority, names who can be called, and finds an answer first."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from pathlib import Path

from bot.articles.importer import ArticleImport
from bot.articles.source import ArticleFolder
from tests.support.houses.browser import WebHouse, get, send_files
from tests.support.houses.house import until, words
from tests.support.setup.fixtures import open_on_each_database
from tests.web.test_case import opened
from tests.web.test_new_case import filled

house = open_on_each_database(WebHouse)


def test_a_customer_asks_for_another_priority_on_the_page_story(house: WebHouse) -> None:
    link, _ = opened(house)
    page = get(link)
    assert "priority" in page.forms
    without = page.send("priority", priority="Critical", text="")
    assert without.status == 422
    assert "Please write a few words." in without.words
    done = without.send("priority", priority="Critical", text="A live deal has stopped.")
    assert "A specialist decides" in done.words
    (told,) = house.mails("sam@")
    assert "asks for the priority" in words(told)
    assert "A live deal has stopped." in words(told)
    assert house.case().line.priority == "Medium"
    assert "asked for the priority Critical" in get(link).words
    assert get(link).send("priority", priority="Enormous", text="x").status == 422


def test_a_technical_contact_is_named_on_the_page_story(house: WebHouse) -> None:
    link, _ = opened(house, "Priority: Blocker\n\nAll is down.")
    page = get(link)
    wrong = page.send("contact", name="Tom Silva", phone="call me")
    assert wrong.status == 422
    assert "with its country code" in wrong.words
    done = wrong.send("contact", name="Tom Silva", phone="+33 1 23 45 67 89")
    assert "whom to call" in done.words
    assert house.case().contact == "Tom Silva, +33 1 23 45 67 89"
    assert "Tom Silva, +33 1 23 45 67 89" in get(link).words


def test_an_answer_is_found_before_a_case_is_opened_story(house: WebHouse, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for name, title, text in (
        ("pause.md", "Pausing a deal", "How a deal is paused and resumed.\n\nkeywords: pause, resume"),
        ("seats.md", "Seats and users", "How seats are given to users of an account."),
        ("floors.md", "Floor prices", "What a floor price is, and how it is set."),
    ):
        (docs / name).write_text(f"# {title}\n\n{text}\n")
    source = ArticleFolder(docs, base_url="https://docs.example.com")
    ArticleImport(source, house.app.writer, ask=house.ask, now=house.app.desk.now()).run(print)
    url = f"{house.web}/new"
    looked = send_files(url, filled(get(url), look="1", subject="How do I pause and resume a deal?"))
    assert looked.status == 200
    assert "Pausing a deal" in looked.words
    (link,) = [have["href"] for tag, have in looked.tags if have.get("href", "").startswith("article/")]
    assert link.removeprefix("article/").isdecimal()
    assert "Floor prices" not in looked.words
    nothing = send_files(url, filled(looked, look="1", subject="The weather in Lisbon"))
    assert "nothing that fits" in nothing.words
    asked = urllib.parse.urlencode({"subject": "pause and resume a deal"})
    with urllib.request.urlopen(f"{house.web}/suggest?{asked}") as answer:
        assert [one["title"] for one in json.load(answer)] == ["Pausing a deal"]
    assert house.cases() == []
    more = {"feature": "Deal", "priority": "Blocker", "contact": "Tom Silva +33 1 23 45 67 89"}
    done = send_files(url, filled(nothing, address="ana@acme.example", **more))
    assert "CS-000001" in done.words
    assert until(lambda: house.case().feature) == "Deal"
    assert house.case().contact == "Tom Silva, +33 1 23 45 67 89"
