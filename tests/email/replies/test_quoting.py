"""What is new in a text, and what is not."""

from __future__ import annotations

import itertools
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.replies.own_text import MARKERS
from channels.email.replies.split import MOST_LINES, NOTHING, divide
from tests.support.mail.letters import ours


def new(text: str, *sent: str) -> str:
    parts = divide(text, ours(*sent))
    return "\n".join(part.text for part in parts if part.kind in ("new", "inserted")).strip()


def kinds(text: str) -> list[str]:
    return [part.kind for part in divide(text)]


def test_what_we_sent_is_a_quotation_in_any_language_and_any_client():
    sent = ("Thank you, we have opened a case.", "We will write to you on Monday.")
    text = f"ok så gör vi\n\nPå tisdag klottrade Support så här:\n{sent[0]}\n\n{sent[1]}"
    assert new(text, *sent) == "ok så gör vi\n\nPå tisdag klottrade Support så här:"


LETTER = ("Dear Ana,", "thank you for your message.", "The export is broken.", "Acme International Trading GmbH",
          "Hauptverwaltung, Hauptstraße 1", "10115 Berlin, Germany", "Kind regards", "Sam Specialist")  # fmt: skip


def test_lines_that_a_message_passes_on_begin_no_quotation():
    text = "\n".join(LETTER)
    assert new(text, *(f"> {line}" for line in LETTER)) == text
    assert (
        new(f"It happens again.\n{text}", *(f"> {line}" for line in LETTER)) == f"It happens again.\n{text}"
    )


@pytest.mark.parametrize(
    "said", [LETTER[:1], LETTER[2:3], LETTER[3:6], LETTER[6:], (*LETTER[:2], *LETTER[6:])]
)
def test_greetings_addresses_and_repeated_lines_belong_to_their_writer(said: tuple[str, ...]):
    text = "\n".join(("Now it is like this:", *said, "What can we do?"))
    assert new(text, *LETTER) == text


def test_answers_between_lines_of_ours_are_new():
    first, second = "Which deal is it about?", "Since when does it happen?"
    text = f"{first}\n\n12333\n\n{second}\n\nSince Tuesday"
    assert new(text, first, second) == text, "neither introduced, nor several lines in a row"
    assert new(f"{MARKERS[0]}\n{text}", MARKERS[0], first, second) == "12333\n\nSince Tuesday"


def test_an_address_that_opens_a_sentence_takes_no_name_above_it_for_a_quotation():
    text = "Please call\n\nJohn Smith\n<john@acme.example> knows the deal."
    assert new(text) == text


def test_who_says_nothing_but_what_was_said_before_says_it_again():
    ours = tuple(f"This is line {n} of our mail." for n in range(6))
    assert new("Any news?", "Any news?", *ours) == "Any news?"
    assert new(f"Any news?\n\n{MARKERS[0]}\n{ours[0]}", "Any news?", MARKERS[0], *ours) == "Any news?"
    assert new("\n".join(ours), *ours) == "", "a whole mail of ours that came back"


def test_a_command_that_was_given_before_is_given_again():
    assert new("#close fixed\n\nWhat we said", "#close fixed", "What we said").startswith("#close fixed")


def test_below_a_note_nothing_is_cut_off_though_we_sent_it_before():
    text = "Look at this.\n#note Not for them.\nAs I said before.\nAnd more."
    assert new(f"{text}\n\nOn Monday, Support wrote:\n> Hello", "As I said before.", "And more.") == text
    assert new("#note Not for them.\nAs I said before.", "As I said before.").endswith("As I said before.")


@pytest.mark.parametrize("marker", MARKERS)
def test_below_our_marker_nothing_is_new(marker: str):
    wrote = "On Tue, Support <s@example.com> wrote:"
    assert new(f"Thanks!\n\n{wrote}\n\n{marker}\n#close\nwhatever") == "Thanks!"
    assert new(f"Thanks!\n\n{marker}\nwhatever we said") == "Thanks!"


@pytest.mark.parametrize("marker", MARKERS)
def test_below_a_quoted_marker_an_answer_is_new(marker: str):
    assert new(f"> {marker}\n> Which deal?\n\n12333") == "12333"


@pytest.mark.parametrize(
    "introduction",
    [
        "On Tue, 24 Nov 2026 at 10:00, Support <support@example.com> wrote:",
        "On Tue, 24 Nov 2026 at 10:00, Support\n<support@example.com> wrote:",
        "Am 24.11.2026 um 10:00 schrieb Support:",
        "Le mar. 24 nov. 2026 à 10:00, Support a écrit :",
        "-----Original Message-----",
        "________________________________\nFrom: Support\nSent: Tuesday",
        "From: Support\nSent: Tuesday\nTo: Ana\nSubject: Hello",
        "*Von:* Support\n*Gesendet:* Dienstag\n*An:* Ana\n*Betreff:* Hallo",
    ],
)
def test_from_an_introduction_on_it_is_quoted(introduction):
    assert new(f"My answer.\n\n{introduction}\n\nWhat they wrote.\n#close") == "My answer."


def test_an_introduction_nobody_taught_us_is_quoted_with_what_it_introduces():
    assert new("Kyllä.\n\nti 24.11.2026 klo 10.00 Support kirjoitti:\n> Onko näin?") == "Kyllä."


def test_answers_between_quoted_lines_of_ours_are_new():
    text, ours = (
        "> Which deal?\n12333\n> Since when was that?\nTuesday",
        ("Which deal?", "Since when was that?"),
    )
    assert new(text, *ours) == "12333\nTuesday"
    assert new(text, "Something else that we said") == "12333\nTuesday", "it may have been wrapped anew"


def test_answers_to_words_that_nobody_here_has_read_keep_their_context():
    text = "> Which deal?\n12333\n> Since when?\nTuesday"
    assert new(f"On Tue, 24 Nov 2026 at 10:00, Bob <bob@acme.example> wrote:\n{text}\n> Bob") == text
    assert (
        new(f"See my answer to Bob.\n\nOn Monday, Bob wrote:\n\n{text}")
        == f"See my answer to Bob.\n\n\n{text}"
    )


def test_a_long_quotation_above_its_answer_stays_quoted():
    assert new("> What they wrote.\n" * 31 + "\nMy answer.") == "My answer."


def test_a_quotation_at_the_end_is_nobodys_context():
    assert new("My answer.\n\n> What they wrote.\n\n-- \nAna") == "My answer."


def test_whoever_deleted_only_the_marks_has_answered_below():
    line = "On Tue, 24 Nov 2026 at 10:00, Bob <bob@acme.example> wrote:"
    assert new(f"{line}\n\nIt is deal 12333.") == "It is deal 12333."
    assert new(f"{line}\n\nWrite\n#close\nwhen it works.") == "", "nobody knows who gave the command"
    assert new(f"{line}\n\nIt is deal 12333.", "What we said before") == ""


def test_a_line_of_ours_that_was_broken_is_ours():
    sent = "We have looked into it and found that the numbers of the second report come from another day."
    broken = "We have looked into it and found that the numbers of the\nsecond report come from another day."
    assert new(f"Thanks!\n\n{broken}\nThat is all we know.", sent, "That is all we know.") == "Thanks!"


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I saw this.\nOn Tuesday too.",
        "Log:\n----- begin -----\n10:00 ok\n----- end -----\nWhat now?",
        "From: 10:00\nwe had errors",
        "He wrote: no",
        "Priority: High\nType: Reporting\n\nHelp",
    ],
)
def test_ordinary_lines_are_no_separators(text):
    assert new(text) == text


def test_a_signature_is_neither_new_nor_lost():
    assert kinds("Hello\n-- \nAna\nAcme") == ["new", "signature"]
    assert new("Hello\n\nSent from my iPhone") == "Hello"


def test_the_broken_ends_of_marked_lines_are_of_the_quotation():
    said = (
        "We have looked at both of them and found that the first one was paid in October, while the other one, which "
        "you sent us on Monday, has not been paid yet. Could you please tell us whether it has reached you at all?"
    )
    marked = "\n".join(f"> {line}" for line in textwrap.wrap(said, 80))
    broken = "\n".join(itertools.chain(*(textwrap.wrap(line, 74) for line in marked.split("\n"))))
    line = "On Tue, 24 Nov 2026 at 10:00, Bob <bob@acme.example> wrote:"
    assert any(not one.startswith(">") for one in broken.split("\n"))
    assert new(f"It has not.\n\n{line}\n\n{broken}") == "It has not."
    assert new(f"It has not.\n\n{line}\n\n{broken}\n\nAnd this too.").endswith("And this too.")


@pytest.mark.parametrize(
    ("question", "answer", "next_one"),
    [
        ("Which version do you use on the computers of your branch offices?", "4.2", "Since when?"),
        ("1. The version that you use on the computers of your branch offices", "4.2", "2. The day"),
        ("The version that you use on all of the computers of your offices is", "4.2", "and it came on"),
        (
            "The version that you use on all of the computers of your offices is",
            "Version 4.2",
            "and it came on",
        ),
        ("Is it the version that you use on the computers of your offices now", "yes it is", "Since when?"),
        ("Is it the version that you use on the computers of your offices now", "#close", "and since when"),
        ("Short line", "my answer", "goes on"),
    ],
)
def test_a_short_answer_between_marked_lines_is_no_broken_end(question, answer, next_one):
    text = f"> {question}\n{answer}\n> {next_one}"
    assert answer in new(text)
    assert answer in new(text, "Something else that we said")


def test_an_answer_below_a_street_and_numbers_is_not_swallowed_by_the_line_below_it():
    wrote = "On Wednesday, 25 November 2026, 14:46:52 CET, Mia\n <mia@desk.example> wrote:"
    for answer in (
        "Calle Mayor, 5, 28013, Madrid",
        "24.11. or 25.11.2026",
        "12 Main Street",
        "Am Markt 5, 10115 Berlin",
    ):
        assert new(f"{answer}\n    {wrote}\n\n Which address?\n") == answer
        assert new(f"{answer}\n\n{wrote}\n\n Which address?\n") == answer


def test_an_answer_below_a_quotation_is_new():
    assert new("> Which deal?\n\n12333\n-- \nAna", "Which deal?") == "12333"


SNIPPETS = (
    "", " ", ">", "> a", ">> b", "b", "#close", "#note x", "-- ", "--", "—", "* * *", "_" * 40, "|", "<", "> wrote:",
    MARKERS[0], f"> {MARKERS[0]}", "On x wrote:", "On 1.1.2026 10:00 <a@b> wrote:", "On 1.1.2026 10:00",
    "<a@b>", "wrote:", "2026/1/1 a <a@b>", "From: a", "To: b", "Date: c", "Subject: d", "Received: e",
    "*From:* a@b To: b Subject: c",
    "-----Original Message-----", "---------- Forwarded message ----------", "Begin forwarded message:",
    "---- what? ----",
    "Sent from my iPhone", "Best regards,", "Tel. 030 12345678, a@b", "Disclaimer: x", "We said this before to you.",
    "users mailing list", "\u200e", "写道：", "발신:", "x" * 3000, "a b <", "> " + "a long line " * 6, "the rest",
    "- On 1.1.2026 10:00 <a@b> wrote:",
    "On 1.1.2026 you wrote:", "====", "Message du : 1/1/2026 10:00", "—-—-—", "Reply above this line.", "a@b.example",
    "Ü: <a@b.example>", "Ö: 1.1.2026", "Ä: <c@d.example>", "> From: a@b", "> To: b", "> Date: c",
    "Outlook iOS <https://aka.ms/x>", "Street 1, 28004, Town",
)  # fmt: skip


@given(st.lists(st.sampled_from(SNIPPETS), max_size=30), st.booleans())
def test_nothing_is_dropped_and_no_two_neighbours_are_of_a_kind(lines, known):
    text = "\n".join(lines)
    parts = divide(text, ours("We said this before to you.") if known else NOTHING)
    assert "\n".join(part.text for part in parts) == text
    assert all(one.kind != other.kind for one, other in itertools.pairwise(parts))


@pytest.mark.parametrize(
    "text",
    [
        (word * (1 << 20))[: 1 << 20]
        for word in (
            ">",
            ">\n",
            "> a\n",
            "On ",
            "On x\n",
            "On 1.1.26 a@b wrote:\n",
            "a schrieb:\n",
            "From:",
            "From: a\n",
            "From: a\nTo: b\n",
            "*From:* a\n",
            "A: b\n\n",
            "发件人：\n",
            "\n",
            " ",
            " \n",
            "\t",
            "-",
            "-- \n",
            "--\n",
            "_",
            "_\n",
            "-----Original Message-----\n",
            "<",
            "<a@",
            "(",
            "@\n",
            "Sent from my iPhone\n",
            "confidential\n\n",
            "> On x wrote:\nb\n",
            "a\n> b\n",
            "1",
            "1.1.",
            "é",
            "\u3000",
            "|\n",
            "> " + "a" * 60 + "\nb\n",
            "a <\n",
            "On 1.1.2026 you wrote:\n\n",
            "Message du : 1/1/2026\n",
            "\nÜ: <a@b.c>\nB: 1.1.2026\nC: <a@b.c>\n",
            "> From: a\n> To: b\n> Subject: c\nx\n",
            "1 Main, 2\nOn 1.1.2026 10:00 <a@b> wrote:\n",
            MARKERS[0],
        )
    ],
)
def test_hostile_text_is_divided_and_kept_whole(text):
    assert "\n".join(part.text for part in divide(text)) == text


def test_below_our_marker_nothing_is_new_however_much_stands_above_it():
    log = "\n".join(f"10:00:{n:05} a line of a log" for n in range(6000))
    text = f"Here it is.\n{log}\n{MARKERS[0]}\nSam noted: they do not pay."
    parts = divide(text)
    assert "\n".join(part.text for part in parts) == text
    assert [part.kind for part in parts] == ["new", "quoted"]
    assert parts[1].text == f"{MARKERS[0]}\nSam noted: they do not pay."


def test_our_marker_is_found_just_below_the_last_line_that_is_looked_at() -> None:
    written = "\n".join(f"line {n}" for n in range(MOST_LINES))
    below = f"{MARKERS[0]}\nOur own lines."
    new, quoted = divide(f"{written}\n{below}")
    assert (new.kind, new.text) == ("new", written)
    assert (quoted.kind, quoted.text) == ("quoted", below)
