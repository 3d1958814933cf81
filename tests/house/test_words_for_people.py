"""Words for people: greetings, closing lines, footers and answers that read as a person would write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.languages.catalogue import mail_languages
from bot.notices.case import TurnedAway
from bot.render.filters import FILTERS
from bot.render.renderer import Renderer
from tests.inbound.test_closed_desk import CLOSED
from tests.support.data.facts import DESK as SHOWN
from tests.support.houses.house import House, words

ANA, SAM, DESK = "Ana Ferrer <ana@acme.example>", "sam@desk.example", "support@example.com"


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Ana Ferrer", "Ana"),
        ("Jean-Luc Martin", "Jean-Luc"),
        ("Zoë van der Berg", "Zoë"),
        ("Ana", "Ana"),
        ("Ferrer, Ana", "Ferrer, Ana"),
        ("Acme Support", "Acme Support"),
        ("Blumen Müller GmbH", "Blumen Müller GmbH"),
        ("Dr. Ana Ferrer", "Dr. Ana Ferrer"),
        ("A. Ferrer", "A. Ferrer"),
        ("FERRER Ana", "FERRER Ana"),
        ("ana@acme.example", "ana@acme.example"),
        ("", ""),
    ],
)
def test_people_are_greeted_by_their_first_name_where_it_is_sure(name: str, greeted: str) -> None:
    assert FILTERS["first_name"](name) == greeted


def test_the_desk_greets_by_first_name_and_closes_with_its_own(house: House) -> None:
    house.send(ANA, DESK, "Deal 12333", "It stopped.")
    (mail,) = house.mails("ana@")
    text = words(mail).replace("\r", "")
    assert "Hello Ana," in text
    assert "Kind regards,\nAcme Support" in text
    html = mail.get_body(("html",)).get_content()
    assert "Kind regards,<br>Acme Support" in html


def test_staff_are_not_offered_what_customers_are(house: House) -> None:
    house.send(ANA, DESK, "Deal 12333", "It stopped.")
    (mail,) = house.mails("sam@")
    for part in (words(mail), mail.get_body(("html",)).get_content()):
        assert "Create a case" not in part
        assert "See my cases" not in part
        assert "Kind regards" not in part
        assert DESK in part


def test_whom_a_closed_desk_turns_away_is_not_offered_a_case(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, config=CLOSED) as house:
        house.send("Eve <eve@elsewhere.example>", DESK, "Hello", "Who are you?")
        (mail,) = house.mails("eve@")
    for part in (words(mail), mail.get_body(("html",)).get_content()):
        assert "we could not open a case for you" in " ".join(part.split())
        assert "Create a case" not in part
        assert "See my cases" not in part
        assert "nobody works on it" not in part
    text = " ".join(words(mail).split())
    assert "Please ask whoever looks after your account" in text or "Your local service team is glad" in text
    assert "Nothing of what you wrote is lost" in text
    assert "please do not wait for us" in text


@pytest.mark.parametrize("language", mail_languages())
def test_whoever_is_turned_away_is_offered_no_case_in_any_language(language: str) -> None:
    say = Renderer().words(TurnedAway, language, desk=SHOWN, to="", case=None, my_url="", team="")
    assert SHOWN.address in say.text
    for part in (say.text, say.html):
        assert SHOWN.create_url not in part
        assert SHOWN.my_url not in part


def test_what_was_done_is_told_as_people_tell_it(house: House) -> None:
    house.send(ANA, DESK, "Deal 12333", "It stopped.")
    (confirmation,) = house.mails("ana@")
    house.answer(confirmation, ANA, "#close It works again, thank you!\n#colse")
    (transcript,) = house.mails("ana@")
    text = words(transcript).replace("\r", "")
    assert "[done]" not in text
    assert "[unclear]" not in text
    assert "\n✓ " in text
    assert "\n? " in text
    assert "> #close It works again, thank you!" in text


def test_a_first_mail_adds_a_colleague_to_the_case_that_it_opens(house: House) -> None:
    house.send("Bob <bob@acme.example>", DESK, "Hello", "I am new here.")
    house.mails("bob@acme.example")
    house.send(ANA, DESK, "Deal 12333", "It stopped.\n\n#add bob@acme.example\n#add eve@stranger.example")
    (told,) = house.mails("bob@acme.example")
    assert "Ana Ferrer has added you to CS-000002" in words(told)
    confirmation, answer = house.mails("ana@", count=2)
    assert "#add" not in words(confirmation)
    text = words(answer).replace("\r", "")
    assert "✓ Bob was added to CS-000002 and told.\n  > #add bob@acme.example" in text
    assert "The support team decides whether eve@stranger.example is added to CS-000002" in text
    assert "> open" not in text
    assert not house.mails("eve@", count=0)


def test_what_a_first_mail_asks_of_another_case_still_needs_that_cases_own_reply(house: House) -> None:
    house.send(ANA, DESK, "Deal 12333", "It stopped.")
    house.mails("ana@")
    house.send(ANA, DESK, "Another", "Look here.\n\n#close CS-000001")
    _, answer = house.mails("ana@", count=2)
    assert "✕ We could not be sure that it was you." in words(answer)
    assert house.case(1).line.state == "new"


def test_a_specialists_mail_that_opens_a_case_takes_nothing_by_a_command(house: House) -> None:
    house.send(f"Sam <{SAM}>", DESK, "From our own", "We see errors ourselves.\n\n#close resolved")
    house.settled()
    assert house.case(1).line.state == "new"
