"""Only some lines of a mail are asked what they begin: none that begins anything may be left out."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.channel.protocols import line_hash, line_words
from bot.languages.catalogue import every
from channels.email.replies import signature_block, split
from channels.email.replies.candidate_lines import candidates, plain

WORDS = (
    *every(lambda language: language.quotations.opening),
    *every(lambda language: language.quotations.forward),
    *every(lambda language: language.signatures.device),
)
"""How what we know begins."""
LINES = st.lists(
    st.one_of(
        st.sampled_from(WORDS),
        st.sampled_from(WORDS).map(str.title),
        st.sampled_from(
            [
                "a word",
                "On",
                "on\tMonday",
                "u",
                "U dana",
                "We",
                "",
                " ",
                ">",
                "{",
                "~x",
                "x: y",
                "x１",
                "ＡＢ",
            ]
        ),
        st.text(st.characters(exclude_characters="\n\r"), max_size=12),
    ),
    max_size=8,
)


@given(LINES)
@example(["We have seen this.", "", "On Monday", "am", "12", "Sent from my iPhone"])
def test_every_line_that_may_begin_something_is_a_candidate(lines):
    few = candidates(lines)
    assert few == sorted(few)
    others = [line for n, line in enumerate(lines) if n not in few]
    assert all(map(plain, others))
    assert not any(map(signature_block._by_device, others))
    assert all(line.strip() and not line.lstrip().startswith(">") for line in others)


def test_every_known_beginning_is_a_candidate():
    said = [f"{word} x" for word in WORDS] + [f"{word.upper()} x" for word in WORDS]
    assert candidates(said) == list(range(len(said)))


def test_plain_words_are_no_candidates():
    words = ["We looked at it again", "Nothing has changed since,", "", "see the file.", "Regards"]
    assert candidates(words) == [2]


def test_what_outlook_signs_is_known_by_its_link_in_any_language():
    kinds = [
        part.kind for part in split.divide("Hello\n\nZyx Outlook qq iOS <https aka.ms/o0ukef>\nWords of it")
    ]
    assert kinds == ["new", "signature"]


@given(st.lists(st.text(st.characters(exclude_characters="\n"), max_size=20), min_size=1, max_size=5))
@example(["> Straße >", "", "ΑΣ", "a\u2003b", "\udc80abcd"])
def test_a_line_is_known_by_its_words_however_they_are_wrapped(lines):
    words = "".join("".join(line_words(line)) for line in lines)
    assert line_hash("\n".join(lines)) == line_hash(" ".join(lines))
    assert len(line_hash(" ".join(lines))) == (7 if words else 0)


@pytest.mark.parametrize(
    "shown",
    [
        "*See* this case",
        "> See this case: https://desk.example/case/x",
        "•  See this case <https://desk.example/x>",
    ],
)
def test_a_line_is_known_without_its_signs_and_links(shown):
    assert line_hash(shown) == line_hash("See this case")
