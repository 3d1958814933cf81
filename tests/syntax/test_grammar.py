"""The one grammar: what is a command, what is text, and what each command means."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.browse import Help, My, Search, Show
from bot.commands.case import Close, Note, Open, Reopen, Reply
from bot.commands.catalogue import VERBS, command, help_lines
from bot.commands.parser import UnclearLine, find, parse
from bot.commands.people import AddPerson, Assign, RemovePerson, Take
from bot.commands.urgency import Concern
from bot.model.errors import BadCommand
from bot.model.request import Command
from bot.syntax.case_numbers import ParsedCommand, label, number
from bot.syntax.fields import fields
from bot.syntax.ids import ids
from tests.support.setup.adtech import LISTS


def asked(words: str, case: int | None = 7) -> Command:
    return command(parse(words), case, LISTS)


def found(text: str) -> tuple[list[str], str]:
    result = find(text)
    return [item.verb if isinstance(item, ParsedCommand) else "?" for item in result.asked], result.rest


# numbers


@pytest.mark.parametrize("text", ["CS-000123", "cs-000123", "#123", "123", " CS-000123 "])
def test_a_number_is_read_however_it_is_written(text: str) -> None:
    assert number(text) == 123


@pytest.mark.parametrize(
    "text", ["", "CS-123", "CS-000123x", "12a", "#", "-1", "0", "CS-000000", "٣", "9" * 5000]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert number(text) is None


def test_a_label_has_at_least_six_digits() -> None:
    assert label(123) == "CS-000123"
    assert label(12345678) == "CS-12345678"
    assert number(label(12345678)) == 12345678


# one command


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("close", Close(7)),
        ("close CS-000123 fixed", Close(123, "resolved", "")),
        ("CLOSE", Close(7)),
        ("case close CS-000123", Close(123)),
        ("close: fixed", Close(7, "resolved", "")),
        ("reopen still broken", Reopen(7, "still broken")),
        ("reopen CS-000123", Reopen(123)),
        ("reply CS-000123 hello\nthere", Reply(123, "hello\nthere")),
        ("note for us only", Note(7, "for us only")),
        ("add Ana@acme.com", AddPerson(7, "ana@acme.com")),
        ("add Ana <ana@acme.com>", AddPerson(7, "ana@acme.com")),
        ("remove ana@acme.com.", RemovePerson(7, "ana@acme.com")),
        ("collab CS-000123 add ana@acme.com", AddPerson(123, "ana@acme.com")),
        ("collab remove ana@acme.com", RemovePerson(7, "ana@acme.com")),
        ("take", Take(7)),
        ("assign Bob", Assign(7, "Bob")),
        ("assign to bob@acme.com", Assign(7, "bob@acme.com")),
        ("show 123", Show(123)),
        ("show", Show(7)),
        ("show CS-000123", Show(123)),
        ("my", My("")),
        ("my cases", My("")),
        ("my in progress", My("open")),
        ("cases open", My("open")),
        ("search no delivery", Search("no delivery")),
        ("help", Help("")),
        ("help close", Help("close")),
        ("new critical Deal down", Open("Deal down", "", "Critical")),
        ("new Cannot log in\nIt says no.", Open("Cannot log in", "It says no.")),
        ("create Deal ID 12333 is down", Open("Deal ID 12333 is down", "", ids=("Deal ID 12333",))),
    ],
)
def test_words_become_the_command_that_was_meant(words: str, meant: Command) -> None:
    assert asked(words) == meant


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (
            "concern lack of reply +33 1 23 45 67 89: nobody answered",
            Concern(7, "+33 1 23 45 67 89", "lack_of_reply", "nobody answered"),
        ),
        ("concern", Concern(7)),
        ("concern CS-000123 wrong reply", Concern(123, "", "wrong_reply", "")),
        ("escalate unclear: what now?", Concern(7, "", "unclear_resolution", "what now?")),
        ("concern call me at 0171 2345678: no answer", Concern(7, "0171 2345678", "", "no answer")),
        ("concern deal 77-4312 000 is still down", Concern(7, "", "", "deal 77-4312 000 is still down")),
        ("concern other\n+49 30 123456\nIt is slow.", Concern(7, "+49 30 123456", "other", "It is slow.")),
    ],
)
def test_a_concern_is_read_from_what_is_there(words: str, meant: Command) -> None:
    assert asked(words) == meant


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("reply", "text"),
        ("note", "text"),
        ("add", "address"),
        ("add a friend", "address"),
        ("add a@acme.com, b@acme.com", "address"),
        ("assign", "to"),
        ("new", "subject"),
        ("new critical", "subject"),
        ("search", "words"),
        ("my lost", "state"),
    ],
)
def test_what_is_missing_is_named(words: str, field: str) -> None:
    with pytest.raises(BadCommand) as caught:
        asked(words)
    assert field in caught.value.fields
    assert str(caught.value)


def test_a_command_without_a_case_asks_which() -> None:
    with pytest.raises(BadCommand, match="Which case") as caught:
        asked("take", case=None)
    assert "case" in caught.value.fields


@pytest.mark.parametrize(("words", "near"), [("clsoe it", "close"), ("reopne", "reopen"), ("ntoe x", "note")])
def test_an_unknown_verb_is_answered_with_the_nearest(words: str, near: str) -> None:
    sentences = f"“{words.split(maxsplit=1)[0]}” is nothing I can do. Did you mean “{near}”?"
    with pytest.raises(BadCommand, match=f"^{re.escape(sentences)}"):
        parse(words)


@pytest.mark.parametrize("words", ["", "   ", "xyzzy", "123"])
def test_what_is_like_no_verb_leads_to_help(words: str) -> None:
    with pytest.raises(BadCommand, match="help"):
        parse(words)


# commands within a text


@pytest.mark.parametrize(
    ("text", "verbs", "rest"),
    [
        ("#close fixed, thank you", ["close"], ""),
        ("#close\n\nIt works again.", ["close"], ""),
        ("It works again.\n\n#close", ["close"], "It works again."),
        ("#take\n#assign Bob\n\nHere is more.", ["take", "assign"], "Here is more."),
        ("#take\nHere is more.\n#close fixed", ["take", "close"], "Here is more."),
        ("Hi,\n\n#close\n\nThanks,\nAna", ["close"], ""),
        ("Hello Bob\n#show\n", ["show"], ""),
        ("Hi,\n#take\nHere is more.\nBest regards\nAna", ["take"], "Hi,\nHere is more.\nBest regards\nAna"),
        ("  #close  ", ["close"], ""),
        ("#CLOSE", ["close"], ""),
        ("\uff03close", ["close"], ""),
        ("#case close fixed", ["close"], ""),
        ("#close\r\n", ["close"], ""),
        ("#clsoe fixed", ["?"], ""),
        ("#ntoe do not tell them\nIt is their own fault.", ["?"], "It is their own fault."),
        ("#show CS-000123", ["show"], ""),
        ("Priority: High\n#add bob@x.com\n\nIt is down.", ["add"], "Priority: High\n\nIt is down."),
        ("Priority: High\n#add bob@x.com", ["add"], "Priority: High"),
        ("#add bob@x.com\nPriority: High\nIt is down.", ["add"], "Priority: High\nIt is down."),
    ],
)
def test_command_lines_are_taken_out_of_the_first_and_last_lines(
    text: str, verbs: list[str], rest: str
) -> None:
    assert found(text) == (verbs, rest)


@pytest.mark.parametrize(
    "text",
    [
        "#1 priority\nfor us",
        "#nice work",
        "#nice",
        "# close the file first",
        "##close",
        "Please #close it",
        "We tried this:\n#close\nand it did not work.",
        "#include <stdio.h>",
        "#urgent",
        "#close-call",
        "",
        "close",
        "#",
        "The log says\n#define X 1\n",
        "> #close",
    ],
)
def test_a_word_that_is_no_command_is_text(text: str) -> None:
    assert found(text) == ([], text)


def test_a_note_takes_all_that_follows_it_lest_it_leave_the_desk() -> None:
    result = find("#note he is wrong\nand we know it\n\nreally\n#take")
    assert [item.text for item in result.asked if isinstance(item, ParsedCommand)] == [
        "he is wrong\nand we know it\n\nreally",
        "",
    ]
    assert result.rest == ""
    result = find("#note\nfirst\n#take")
    assert isinstance(result.asked[0], ParsedCommand)
    assert (result.asked[0].text, result.rest) == ("first", "")


def test_a_near_miss_says_which_verb_was_meant() -> None:
    (item,) = find("#clsoe fixed").asked
    assert isinstance(item, UnclearLine)
    assert "#close" in item.why


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("#schliesn erledigt", "schliessen"),
        ("#Antworte Danke", "antworten"),
        ("#fermr", "fermer"),
        ("#ayda", "ayuda"),
    ],
)
def test_a_near_miss_in_another_language_is_asked_back_in_it(line: str, near: str) -> None:
    (item,) = find(line).asked
    assert isinstance(item, UnclearLine)
    assert f"Did you mean “#{near}”?" in item.why


@pytest.mark.parametrize("line", ["#problem 4711", "#rechnung", "#affaire", "#wichtig"])
def test_other_words_behind_the_mark_are_text(line: str) -> None:
    assert find(line).asked == ()


def test_another_channels_prefix_works_alike() -> None:
    assert [item.line for item in find("!close fixed", "!").asked] == ["!close fixed"]
    assert find("!nice", "!").asked == ()


@given(st.text(alphabet="#close note\n\r\t:CS-0123456 Hiäthanks,@.+", max_size=400))
@settings(max_examples=200)
def test_no_text_breaks_it(text: str) -> None:
    result = find(text)
    for item in result.asked:
        if isinstance(item, ParsedCommand):
            with suppress(BadCommand):
                command(item, 1, LISTS)
    fields(text, LISTS)
    ids(text, LISTS.id_names)


@pytest.mark.parametrize(
    "piece", ["#close\n", "#", "\n", "Priority: ", "Deal ID ", "CS-000001 ", "1-", "+1 ", "a: b\n"]
)
def test_much_of_anything_is_read_in_one_go(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    find(text)
    fields(text, LISTS)
    ids(text, LISTS.id_names)
    command(ParsedCommand("concern", None, text, ""), 1, LISTS)
    command(ParsedCommand("close", None, text, ""), 1, LISTS)


# help


def test_help_is_made_from_the_verbs_and_shows_each_role_its_own() -> None:
    customer = [line.usage for line in help_lines("#", "requester")]
    specialist = [line.usage for line in help_lines("/case ", "specialist")]
    assert "#close [reason], [text]" in customer
    assert not any("note" in usage for usage in customer)
    assert "/case note text" in specialist
    assert len(specialist) == len(VERBS)


@pytest.mark.parametrize(("before", "is_read"), [(20, True), (1999, True), (2000, False)])
def test_a_phone_number_that_begins_within_two_thousand_characters_is_read_whole(
    before: int, is_read: bool
) -> None:
    phone = "+49 30 1234567890123"
    text = ("Nobody answers us. " * 200)[: before - 1] + " " + phone
    concern = asked(f"concern {text}\nPlease call.")
    assert isinstance(concern, Concern)
    assert concern.phone == (phone if is_read else "")
