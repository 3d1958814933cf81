"""Only some lines of a mail are asked what they begin: none that begins anything may be left out."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from bot.channel.protocols import begun_hash, folded_lines, has_hash, line_hash
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
def test_the_fold_of_a_line_is_that_of_its_pieces(lines):
    folded = folded_lines(lines)
    assert len(folded) == len(lines)
    for line, fold in zip(lines, folded, strict=True):
        assert line_hash(line) == (begun_hash(fold).hexdigest() if has_hash(fold) else "")
    whole = b" ".join(filter(None, folded))
    name = begun_hash(b"")
    name.update(whole)
    assert line_hash(" ".join(lines)) == (name.hexdigest() if has_hash(whole) else "")
