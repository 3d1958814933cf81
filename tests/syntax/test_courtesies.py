"""Greetings and sign-offs around commands are left out; whatever says more is kept, and so are wrapped commands."""

from __future__ import annotations

import pytest

from bot.commands import parser
from bot.syntax.case_numbers import ParsedCommand


def found(text: str) -> tuple[list[tuple[str, str]], str]:
    taken = parser.find(text)
    asked = [(one.verb, one.text) for one in taken.asked if isinstance(one, ParsedCommand)]
    return asked, taken.rest


@pytest.mark.parametrize(
    "text",
    [
        "Hi,\n\n#show\n\nThanks,\nAna",
        "Hi Ana,\n#show\nThanks a lot for your help!\nSam Miller (Acme Ltd.)",
        "Sehr geehrte Damen und Herren,\n#show\nMit freundlichen Grüßen\nUlla Groß",
        "Bonjour Madame,\n#show\nMerci beaucoup pour votre aide,\nChloé",
        "こんにちは\n#show\nよろしくお願いいたします",
    ],
)
def test_a_greeting_and_a_sign_off_say_nothing(text: str) -> None:
    assert found(text) == ([("show", "")], "")


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Hi, still broken!\n#reopen", "reopen"),
        ("Hallo, es geht immer noch nicht\n\n#reopen", "reopen"),
        ("#show\nThanks, but the player is not ours", "show"),
        ("#take\n\nBest to restart the player first.", "take"),
        ("Good news: it delivers again.\n\n#close", "close"),
        ("#take\nKind of report: which one?", "take"),
        ("#show\nViele Fehler: Seite bleibt leer!", "show"),
        ("#take\nHi 12345", "take"),
    ],
)
def test_what_begins_like_one_and_says_more_is_kept(text: str, verb: str) -> None:
    words = next(line for line in text.split("\n") if line and not line.startswith("#"))
    (asked,), rest = found(text)
    assert asked[0] == verb
    assert words in (asked[1], rest)


def test_a_note_that_begins_like_a_courtesy_stays_a_note() -> None:
    assert found("#note\nBest not tell them.") == ([("note", "Best not tell them.")], "")


def test_a_command_that_a_mail_program_has_wrapped_is_whole_again() -> None:
    top = "#take I will have a look at this one, because Mia is on holiday and nobody else"
    words = f"{top[6:]} wants to do it"
    assert found(f"{top}\nwants to do it\n\nHello Ana, I am on it.") == (
        [("take", words)],
        "Hello Ana, I am on it.",
    )


@pytest.mark.parametrize("line", ["#take", "#take I do", "#take " + "x" * 90])
def test_what_stands_below_a_short_or_an_endless_line_is_no_part_of_it(line: str) -> None:
    assert found(f"{line}\nIt is slow.")[1].endswith("It is slow.")
