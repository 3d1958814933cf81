"""Stories: a phone number in plain words reaches whoever waits for it, and other figures call nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.syntax.phone_numbers import written_number
from tests.slack.outbound.test_places import talk
from tests.support.houses.house import House, flat, until, words
from tests.support.houses.office import Office, said
from tests.support.setup import databases
from tests.support.setup.adtech import LISTS
from tests.support.setup.fixtures import open_on_sqlite

ANA, SAM, DESK = "Ana <ana@acme.example>", "Sam <sam@desk.example>", "support@example.com"


house = open_on_sqlite(House)


def opened(house: House, text: str = "Nothing since noon.") -> Any:
    house.send(ANA, DESK, "Deal 12333 stopped", text)
    (confirmation,) = house.mails("ana@")
    house.mails("desk.example", count=2)
    return confirmation


def concerned(house: House) -> Any:
    """What Ana is answered who raises a concern without a number, on a case that nobody has."""
    house.answer(opened(house), ANA, "#concern lack of reply: nobody answers")
    (receipt,) = house.mails("ana@")
    assert "a phone number where we can reach you" in words(receipt)
    house.mails("max@")
    return receipt


@pytest.mark.parametrize("text", [
    "My number is +33 1 23 45 67 89, until six.",
    "You can call me on 01 23 45 67 89.",
    "Sure:\n\n+33 1 23 45 67 89",
    "Mon numéro : 01 23 45 67 89",
    "Meine Nummer ist 030 1234567-8",
])  # fmt: skip
def test_a_number_in_plain_words_reaches_the_manager_and_its_giver_hears_so(house: House, text: str) -> None:
    house.answer(concerned(house), ANA, text)
    (heard,) = house.mails("ana@")
    number = written_number(text, LISTS.id_names)
    assert number
    assert f"You will be called at the number you gave: {number.number}." in flat(heard)
    assert "It would help us to know" not in words(heard)
    assert [
        mail for mail in house.mails("max@", count=2) if f"for the concern: {number.number}" in flat(mail)
    ]
    max_told = house.case().history
    assert "concern added to" in [event.name for event in max_told]


def test_the_number_is_there_when_the_concern_is_taken_and_another_one_is_just_words(house: House) -> None:
    house.answer(concerned(house), ANA, "My number is +33 1 23 45 67 89.")
    (heard,) = house.mails("ana@")
    (told, *_) = house.mails("max@", count=2)
    house.answer(heard, ANA, "Or try +33 6 00 00 00 00.")
    assert house.nothing("ana@")
    house.answer(told, "Max <max@desk.example>", "#acknowledge")
    (taken,) = house.mails("ana@")
    assert "will call you at +33 1 23 45 67 89" in flat(taken)


def test_what_may_be_a_number_is_shown_to_the_manager_and_kept_by_nobody(house: House) -> None:
    house.answer(concerned(house), ANA, "Please see 555-123-4567 for it.")
    told = house.mails("max@", count=2)
    assert [mail for mail in told if "perhaps gave a phone number" in flat(mail)]
    assert all("555-123-4567" in words(mail) for mail in told)
    assert house.nothing("ana@")


def test_what_may_be_a_number_is_shown_once_and_not_after_somebody_has_the_concern(house: House) -> None:
    receipt = concerned(house)
    house.answer(receipt, ANA, "It is about the invoice.")
    house.mails("max@")
    house.answer(receipt, ANA, "Please see 555-123-4567 for it.")
    told = house.mails("max@", count=2)
    house.answer(receipt, ANA, "And 555-123-4568 is stuck too.")
    more = house.mails("max@")
    assert "And 555-123-4568" in words(more[0])
    assert not [mail for mail in more if "perhaps gave" in flat(mail)]
    assert [mail for mail in told if "perhaps gave" in flat(mail)]


def test_a_long_figure_alone_is_no_contact_of_a_blocker(house: House) -> None:
    confirmation = opened(house, "Priority: Blocker\n\nEverything is down.")
    house.answer(confirmation, ANA, "This one is stuck:\n0012345678")
    assert house.mails("sam@")
    assert house.nothing("ana@")


def test_an_id_a_date_and_a_number_that_nobody_waits_for_call_nobody(house: House) -> None:
    confirmation = opened(house)
    house.answer(confirmation, ANA, "My number is +33 1 23 45 67 89.")
    assert house.nothing("ana@")
    house.mails("desk.example", count=2)
    house.answer(confirmation, ANA, "#concern lack of reply: nobody answers")
    house.mails("ana@")
    house.mails("max@")
    house.answer(confirmation, ANA, "It is Deal ID 123456789, since 2026-03-05.")
    assert house.nothing("ana@")
    assert not [mail for mail in house.mails("max@") if "phone number" in flat(mail)]


def test_a_blockers_contact_may_be_named_in_plain_words(house: House) -> None:
    confirmation = opened(house, "Priority: Blocker\n\nEverything is down.")
    assert "Whom can we call at any time" in words(confirmation)
    house.answer(confirmation, ANA, "Please call John Miller:\nJohn Miller +44 20 7946 0000")
    (heard,) = house.mails("ana@")
    assert "John Miller is the technical contact of CS-000001 now." in flat(heard)
    assert [mail for mail in house.mails("sam@", count=2) if "John Miller, +44 20 7946 0000" in flat(mail)]


def test_in_slack_the_answer_to_the_receipt_is_heard(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path) as office:
        people = office.slack.people
        home = people.open_dm("ana").id
        people.post("ana", home, "!new Deal ID 12345: no delivery")
        (root,) = talk(office, "ana")
        office.settled()
        people.post("ana", home, "!concern nobody answers me", thread_ts=root.ts)
        receipt = until(lambda: [m for m in talk(office, "ana") if "phone number" in said(m)])[0]
        people.post("ana", home, "+49 30 1234567", thread_ts=receipt.ts)
        assert until(
            lambda: [m for m in office.replies(receipt) if "called at the number you gave" in said(m)]
        )
        office.in_thread("gave a phone number for the concern: +49 30 1234567")


@pytest.mark.parametrize(("text", "number", "sure"), [
    ("Phone: (030) 123 45 67", "(030) 123 45 67", True),
    ("téléphone 0123456789", "0123456789", True),
    ("電話は 03-1234-5678 です", "03-1234-5678", True),
    ("proszę dzwonić: 22 123 45 67", "22 123 45 67", True),
    ("0033 1 23 45 67 89", "0033 1 23 45 67 89", True),
    ("order 1234567", "1234567", False),
    ("Can you tell us about order 1234567", "1234567", False),
    ("le mobilier 1234567", "1234567", False),
])  # fmt: skip
def test_numbers_as_people_write_them(text: str, number: str, sure: bool) -> None:
    found = written_number(text, LISTS.id_names)
    assert found
    assert (found.number, found.sure) == (number, sure)


@pytest.mark.parametrize("text", [
    "Deal ID 12333456", "Report Task ID 1254332", "on 2026-03-05 at noon", "05.03.2026", "from 10.30 - 12.00",
    "1,234,567 impressions", "12 %", "v1.2.3-20260305", "see https://x.example/1234567890",
])  # fmt: skip
def test_what_is_no_number_to_call(text: str) -> None:
    assert written_number(text, LISTS.id_names) is None
