"""Mail me my link: whoever lost it types an address, and the answer tells nobody who is a customer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.inbound.test_closed_desk import CLOSED
from tests.support.houses.browser import ANA, BOB, DESK, Page, WebHouse, get, page_link, post, send_files
from tests.support.houses.house import until, words
from tests.support.setup import databases
from tests.support.setup.fixtures import open_on_each_database
from tests.web.test_new_case import filled

house = open_on_each_database(WebHouse)


def known(house: WebHouse, who: str = ANA) -> str:
    """The link to the cases of somebody who has one."""
    house.send(who, DESK, "No delivery", "It stopped.")
    (confirmation,) = house.mails(who.partition("<")[2].partition("@")[0] + "@")
    house.settled()
    house.mails("sam@")
    return page_link(confirmation, "my")


def ask(page: Page, house: WebHouse, address: str, *, network: str = "203.0.113.7") -> Page:
    """Type an address into the page's form and press its button; ``network``: where the reader is.

    It is looked up by the time that this returns.
    """
    typed = {**page.forms["link"], "address": address}
    answer = post(f"{house.web}/link", typed, X_Forwarded_For=network)
    assert until(lambda: receipts(house, "countlinkrequest", "done") == receipts(house, "maillink", "done"))
    return answer


def receipts(house: WebHouse, words: str, outcome: str) -> int:
    """How often the house has asked this of the desk."""
    answer = f'"words": "{words}", "outcome": "{outcome}"'
    return sum(answer in row for row in house.dump()["receipt"])


def without_nonces(page: Page) -> str:
    return re.sub(r'name="nonce" value="[^"]*"', "", page.html)


def test_whoever_lost_the_link_is_mailed_it_story(house: WebHouse) -> None:
    known(house)
    answer = ask(get(house.web), house, "Ana@Acme.example ")
    assert answer.status == 200
    assert "If we know this address, a mail with your link is on its way." in answer.words
    (mail,) = house.mails("ana@")
    assert mail["Subject"] == "The link to your cases"
    assert mail["Auto-Submitted"] == "auto-generated"
    page = get(page_link(mail, "my"))
    assert page.status == 200
    assert "No delivery" in page.words


def test_an_address_in_letters_of_its_own_country_is_an_address_too(house: WebHouse) -> None:
    known(house, "Ana <ana@xn--bcher-kva.example>")
    assert "on its way" in ask(get(house.web), house, "ana@bücher.example").words
    assert house.mails("ana@")
    form = filled(get(f"{house.web}/new"), address="bob@bücher.example")
    assert "Thank you. Your case is" in send_files(f"{house.web}/new", form, {}).words
    house.settled()
    assert "bob@xn--bcher-kva.example" in str(house.dump()["identity"])


def test_a_stranger_reads_the_same_and_is_mailed_nothing(house: WebHouse) -> None:
    known(house)
    theirs, strangers = (ask(get(house.web), house, who) for who in ("ana@acme.example", "eve@other.example"))
    assert without_nonces(theirs) == without_nonces(strangers)
    assert theirs.url == strangers.url
    house.mails("ana@")
    assert house.nothing("eve@")
    assert "eve@other.example" not in str(house.dump()), "nor is the address kept"


def test_who_was_only_named_by_others_and_who_works_here_are_mailed_nothing(house: WebHouse) -> None:
    known(house)
    form = get(f"{house.web}/new")
    send_files(f"{house.web}/new", filled(form, address="mia@other.example"), {})
    house.settled()
    for who in ("mia@other.example", "sam@desk.example"):
        assert "on its way" in ask(get(house.web), house, who).words
    house.mails("sam@")  # the desk hears of the held case
    assert house.nothing("mia@")
    assert house.nothing("sam@")


def test_one_address_is_mailed_a_few_links_a_day_whoever_asks(house: WebHouse) -> None:
    known(house)
    for _ in range(5):
        assert "on its way" in ask(get(house.web), house, "ana@acme.example").words
    house.settled()
    assert len(house.mails("ana@", count=2)) == 2
    assert house.nothing("ana@")
    house.pass_time(hours=1)
    ask(get(house.web), house, "ana@acme.example")
    assert house.mails("ana@")


def test_one_visitor_is_answered_a_few_times_an_hour(house: WebHouse) -> None:
    known(house)
    forms = [get(house.web) for _ in range(11)]
    answers = [ask(form, house, f"{n}@other.example") for n, form in enumerate(forms)]
    assert {answer.status for answer in answers[:10]} == {200}
    assert answers[10].status == 429
    assert "10@other.example" in answers[10].forms["link"]["address"], "what was typed is still there"
    refused = ask(answers[10], house, "ana@acme.example")
    assert (refused.status, without_nonces(refused).count("ana@acme.example")) == (429, 1)
    assert house.nothing("ana@")
    before = house.dump()
    for _ in range(5):
        assert ask(refused, house, "ana@acme.example").status == 429
    assert ask(forms[0], house, "0@other.example").status == 200, "it was counted already"
    assert house.dump() == before, "however often they ask, nothing grows"
    assert ask(refused, house, "ana@acme.example", network="198.51.100.7").status == 200
    assert house.mails("ana@"), "others are not kept waiting"


def test_a_form_that_was_never_shown_or_is_sent_twice_mails_nothing_more(house: WebHouse) -> None:
    known(house)
    for nonce in ("", "x" * 40, get(f"{house.web}/new").forms["open"]["nonce"]):
        page = post(f"{house.web}/link", {"action": "link", "nonce": nonce, "address": "ana@acme.example"})
        assert page.status == 422
    assert house.nothing("ana@")
    form = get(house.web)
    assert [ask(form, house, "ana@acme.example").status for _ in range(3)] == [200] * 3
    house.settled()
    assert len(house.mails("ana@")) == 1
    assert house.nothing("ana@")


@pytest.mark.parametrize(
    "address", ["", "ana", "ana@", "ana@acme.example, bob@acme.example", "a" * 300 + "@b.example"]
)
def test_what_is_no_address_is_said_at_its_field(house: WebHouse, address: str) -> None:
    page = ask(get(house.web), house, address)
    assert page.status == 422
    assert "Please write an e-mail address" in page.words
    assert [have for tag, have in page.tags if tag == "input" and have.get("aria-invalid") == "true"]


def test_an_expired_link_leads_to_a_new_one_story(house: WebHouse) -> None:
    old = known(house)
    house.pass_time(days=91)
    page = get(old)
    assert page.status == 410
    assert "ana@acme.example" not in page.html, "whoever found an old link learns nothing from it"
    ask(page, house, "ana@acme.example")
    (mail,) = house.mails("ana@")
    assert get(page_link(mail, "my")).status == 200


def test_every_page_leads_to_the_form_and_none_to_a_mail_of_commands(house: WebHouse) -> None:
    mine = known(house)
    assert "link" in get(house.web).forms
    for address in ("/new", "/nothing", "/case/x/file/1", "/link"):
        page = get(f"{house.web}{address}")
        (link,) = {
            have["href"] for tag, have in page.tags if tag == "a" and have.get("href", "").endswith("link")
        }
        assert link.count("../") == max(0, address.count("/") - 1)
        assert "body=%23my" not in page.html
    assert "body=%23my" not in get(mine).html


def test_a_page_for_the_desk_offers_no_customers_link(house: WebHouse) -> None:
    assert "link" not in get(f"{house.web}/files/x").forms
    assert "link" not in get(f"{house.web}/mail/x").forms


def test_at_a_closed_desk_whoever_is_known_is_mailed_the_link(tmp_path: Path) -> None:
    with WebHouse(databases.sqlite(tmp_path), tmp_path, config=CLOSED) as house:
        known(house)
        page = get(f"{house.web}/new")
        assert page.status == 403
        ask(page, house, "ana@acme.example")
        assert house.mails("ana@")


def test_the_mail_is_in_its_readers_language(house: WebHouse) -> None:
    house.send(
        BOB,
        DESK,
        "Keine Auslieferung",
        "Guten Tag, seit heute Morgen wird nichts mehr ausgeliefert, bitte helfen Sie uns.",
    )
    house.mails("bob@")
    ask(get(house.web), house, "bob@acme.example")
    (mail,) = house.mails("bob@")
    assert "Der Link zu Ihren Anfragen" in mail["Subject"]
    assert "Meine Anfragen" in words(mail)
