"""The lines of a Slack message: which are commands, which are the words of one, which are text."""

from __future__ import annotations

import pytest

from bot.commands.parser import UnclearLine, begin
from bot.syntax.case_numbers import ParsedCommand


@pytest.mark.parametrize(
    ("text", "asked", "rest"),
    [
        ("!reply Dear Ana,\nit is fixed.\n\n!close resolved", ["reply", "close"], ""),
        ("!take\n!reply Dear Ana,\nit is fixed.\n!close\n\n!wait\n", ["take", "reply", "close", "wait"], ""),
        ("It was the tag.\n!close", ["close"], "It was the tag."),
        ("!reply All fixed.\n!important: clear the cache", ["reply"], ""),
        ("!reply first\n!close\nand more", ["reply"], ""),
        ("!nice\n!close", ["close"], "!nice"),
        ("!set ids: 4711\n4712", ["set"], ""),
        ("nothing asked", [], "nothing asked"),
    ],
)
def test_a_message_is_a_command_with_its_lines_and_its_last_lines_are_others(
    text: str, asked: list[str], rest: str
) -> None:
    found = begin(text, "!")
    assert [item.verb for item in found.asked if isinstance(item, ParsedCommand)] == asked
    assert len(found.asked) == len(asked)
    assert found.rest == rest


@pytest.mark.parametrize(
    "text", ["! reply it is fixed", "!  repyl it is fixed", "!\u00a0note among us", "! my"]
)
def test_a_space_behind_the_mark_is_told_and_the_words_are_kept(text: str) -> None:
    found = begin(text, "!")
    (item,) = found.asked
    assert isinstance(item, UnclearLine)
    assert "no command" in item.why
    assert found.rest == text


@pytest.mark.parametrize("text", ["! nice", "! and then it stopped", "!", "! ", "!! reply"])
def test_a_mark_before_any_other_word_is_text(text: str) -> None:
    assert begin(text, "!").asked == ()


def test_what_stands_between_commands_belongs_to_the_one_above() -> None:
    found = begin("!take\n!reply Dear Ana,\nit is fixed.\n!close", "!")
    assert [item.text for item in found.asked if isinstance(item, ParsedCommand)] == [
        "",
        "Dear Ana,\nit is fixed.",
        "",
    ]


@pytest.mark.parametrize("line", ["!take\n", "!reply x\n", "!\n", "\n", "x\n"])
def test_much_of_anything_in_one_message_is_read_in_one_go(line: str) -> None:
    begin(line * (1_000_000 // len(line)), "!")


@pytest.mark.parametrize("text", ["Some words.\n! close", "!reply Fixed.\n! note the tag was old"])
def test_a_last_line_with_a_space_behind_the_mark_stays_a_part_of_the_words(text: str) -> None:
    found = begin(text, "!")
    words = found.rest + "".join(item.text for item in found.asked if isinstance(item, ParsedCommand))
    assert text.partition("\n")[2] in words
