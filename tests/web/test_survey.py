"""The survey's page: one person's answer, which a click votes and a look does not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.commands.case import Rate
from bot.model.identity import Identity, Proof
from bot.model.request import Request
from store.cases import survey as surveys
from store.cases.survey import Survey
from store.people import person as people
from tests.support.houses.browser import ANA, BOB, DESK, WebHouse, get, post
from tests.support.houses.house import words
from tests.support.setup.fixtures import open_on_each_database

house = open_on_each_database(WebHouse)


def invited(house: WebHouse) -> tuple[str, int]:
    """Ana's link to the survey about her case, and the survey's id."""
    house.send(ANA, DESK, "A secret subject", "It stopped yesterday.")
    house.mails("sam@")
    house.mails("max@")
    links, now = house.app.desk.pages, house.app.desk.now()

    def invite(tx, items):
        ana = people.find(tx, "email", "ana@acme.example")
        return [(ana.id, surveys.invite(tx, 1, ana.id, now=now)) for _ in items]

    person, survey = house.app.writer.put(invite, None).result()
    return links._links.page_url("survey", 1, person, survey), survey


def kept(house: WebHouse, survey: int) -> Survey:
    with house.app.database.reading() as tx:
        found = surveys.get(tx, survey)
    assert found
    return found


def test_the_page_asks_and_says_nothing_of_the_case_but_its_number(house: WebHouse) -> None:
    link, _ = invited(house)
    page = get(f"{link}?rating=4")
    assert page.status == 200
    assert "CS-000001" in page.words
    assert "secret" not in page.html
    assert "yesterday" not in page.html
    assert page.forms["rate"]["rating"] == "4"
    assert "rating" not in get(link).forms["rate"]
    for nonsense in ("9", "0", "x", "%00", "44", ""):
        assert get(f"{link}?rating={nonsense}").status == 200


def test_a_vote_is_kept_and_the_staff_are_told(house: WebHouse) -> None:
    link, survey = invited(house)
    page = get(f"{link}?rating=4").send("rate", comment="Quick & kind.\r\n<b>Thanks</b>\x00")
    assert "Thank you!" in page.words
    answer = kept(house, survey)
    assert (answer.rating, answer.comment) == (4, "Quick & kind.\n<b>Thanks</b>")
    (told,) = house.mails("sam@")
    assert "rated this case 4 of 5" in words(told)
    assert "Quick & kind." in words(told)
    step = house.case().history[-1]
    assert (step.name, step.by) == ("survey answered", "Ana")
    assert "rating: 4" in step.detail


def test_a_second_vote_replaces_the_first_and_the_same_one_again_does_nothing(house: WebHouse) -> None:
    link, survey = invited(house)
    first = {**get(link).forms["rate"], "rating": "2"}
    post(link, first)
    page = get(link)
    assert "answered before" in page.words
    assert page.forms["rate"]["rating"] == "2"
    page.send("rate", rating="5")
    with ThreadPoolExecutor(5) as presses:
        pages = list(presses.map(lambda _: post(link, first), range(5)))
    assert all("Thank you!" in page.words for page in pages)
    assert kept(house, survey).rating == 5
    assert house.history() == ["opened", "survey answered", "survey answered"]


def test_looking_votes_for_nothing(house: WebHouse) -> None:
    link, survey = invited(house)
    house.settled()
    before = house.dump()
    for rating in range(6):
        get(f"{link}?rating={rating}")
        get(f"{link}?rating={rating}", "HEAD")
    assert house.dump() == before
    assert kept(house, survey).rating is None


def test_what_is_wrong_is_said_and_what_was_typed_stays(house: WebHouse) -> None:
    link, survey = invited(house)
    page = get(link).send("rate", comment="because")
    assert page.status == 422
    assert "choose a number from 1 to 5" in page.words
    assert page.forms["rate"]["comment"] == "because"
    assert get(link).send("rate", rating="6").status == 422
    long = get(link).send("rate", rating="3", comment="x" * 5001)
    assert long.status == 422
    assert (long.forms["rate"]["rating"], len(long.forms["rate"]["comment"])) == ("3", 5001)
    assert kept(house, survey).rating is None


def test_the_link_lives_for_fourteen_days(house: WebHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    link, survey = invited(house)
    page = get(link)
    before = house.app.desk.clock.read
    monkeypatch.setattr(house.app.desk.clock, "read", lambda: before() + timedelta(days=13))
    assert get(link).status == 200
    monkeypatch.setattr(house.app.desk.clock, "read", lambda: before() + timedelta(days=15))
    gone = get(link, Accept_Language="de-AT,en;q=0.5")
    assert gone.status == 410
    assert "This link has expired" in gone.words  # the person's language goes before the browser's
    assert DESK in gone.words
    assert page.send("rate", rating="1").status == 410
    assert kept(house, survey).rating is None


def test_only_who_was_invited_can_answer_and_only_by_the_link(house: WebHouse) -> None:
    _, survey = invited(house)
    house.send(BOB, DESK, "Mine", "Another case.")
    house.mails("bob@")
    asked = Rate(2, survey=survey, rating=1)
    for who, proof, number in (("bob", Proof.LINKED, 2), ("bob", Proof.LINKED, 1), ("ana", Proof.PROVEN, 1)):
        outcome = house.app.desk.handle(
            Request(
                source="web",
                key=f"{who}{number}{proof}",
                asker=Identity("email", f"{who}@acme.example"),
                proof=proof,
                commands=(Rate(number, asked.survey, asked.rating),),
                at=house.app.desk.now(),
            )
        )
        assert [line.outcome for line in outcome.answered] == ["refused"]
    assert kept(house, survey).rating is None
