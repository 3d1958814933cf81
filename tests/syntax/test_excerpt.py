"""What a notice repeats of a long text is its beginning, and says so."""

from __future__ import annotations

import pytest

from bot.model.excerpt import MOST, beginning
from tests.support.houses.house import House, until, words

ANA, ZOE, SAM = "Ana <ana@acme.example>", "Zoe <zoe@acme.example>", "Sam <sam@desk.example>"
DESK = "support@example.com"
KEPT = "This is the beginning of what you wrote. All of it is kept on the case."
LOG = "\n".join(f"10:{n:04} deal {n} was not delivered" for n in range(4_000))
LAST = LOG.rpartition("\n")[2]


@pytest.mark.parametrize("text", ["", "Hello", "x" * MOST, "a line\n" * (MOST // 7)])
def test_an_ordinary_text_is_repeated_whole(text: str) -> None:
    assert beginning(text) == text


def test_a_long_text_ends_at_the_end_of_a_line() -> None:
    found = beginning(LOG)
    assert MOST - 100 < len(found) <= MOST
    assert LOG.startswith(found + "\n")
    assert beginning("x" * MOST + "\nmore") == "x" * MOST


def test_a_long_line_ends_at_the_end_of_a_word_and_a_long_word_where_there_is_no_more_room() -> None:
    found = beginning("Hello,\n" + "word " * 2_000)
    assert found.endswith("word")
    assert MOST - 10 < len(found) <= MOST
    assert beginning("Hello,\n" + "字" * 5_000) == "Hello,\n" + "字" * (MOST - 7)


def test_a_confirmation_repeats_the_beginning_and_the_desk_has_all(house: House) -> None:
    house.send(ANA, DESK, "No delivery", f"Hello,\n\n{LOG}")
    (confirmation,), (told,) = house.mails("ana@"), house.mails("sam@")
    assert KEPT in words(confirmation)
    assert "10:0042 deal 42 was not delivered" in words(confirmation)
    assert LAST not in confirmation.as_string()
    assert len(words(confirmation)) < 2 * MOST
    assert LAST in words(told)
    assert KEPT not in words(told)
    assert house.case().entries[0].text.endswith(LAST)


def test_a_short_mail_is_repeated_without_a_word_about_it(house: House) -> None:
    house.send(ANA, DESK, "No delivery", "Nothing was delivered today.")
    (confirmation,) = house.mails("ana@")
    assert "Nothing was delivered today." in words(confirmation)
    assert KEPT not in words(confirmation)


def test_of_a_forwarded_log_its_writer_sees_the_beginning_and_the_desk_all(house: House) -> None:
    head = f"From: {ZOE}\nDate: Mon, 23 Nov 2026 10:00:00 +0100\nSubject: No delivery\nTo: {SAM}"
    house.send(SAM, DESK, "Fwd: No delivery", f"---------- Forwarded message ---------\n{head}\n\n{LOG}")
    (confirmation,) = house.mails("zoe@")
    assert KEPT in words(confirmation)
    assert "10:1000" not in words(confirmation)
    (told,) = house.mails("max@")
    assert "10:1000 deal 1000" in words(told)


def test_of_a_long_concern_the_beginning_is_said_back(house: House) -> None:
    house.send(ANA, DESK, "No delivery", "Nothing was delivered today.")
    (confirmation,) = house.mails("ana@")
    house.answer(confirmation, ANA, f"#concern lack of reply: nobody answered {'really ' * 2_000}at all")
    (received,) = until(lambda: [mail for mail in house.mails("ana@") if "passed it on" in words(mail)])
    assert KEPT in words(received)
    assert "nobody answered really" in words(received)
    assert "at all" not in words(received)
    assert until(lambda: any("at all" in words(mail) for mail in house.mails("max@")))
