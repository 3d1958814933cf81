"""What Slack's marks and short codes mean: plain words, and which of them are bold, italic, struck out or code."""

from __future__ import annotations

import pytest

from bot.render.filters import FILTERS
from channels.slack.inbound.message_text import plain_words
from channels.slack.text.emoji import characters, sign, unicode_emoji
from channels.slack.text.markup import read


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Hi Ana :tada: we *fixed* it", "Hi Ana 🎉 we fixed it"),
        (":+1::skin-tone-4: :flag-de: :heart:", "👍🏽 🇩🇪 ❤️"),
        ("map:key:value Done:tada:", "map:key:value Done🎉"),
        ("10:30:15 and :our-own: stay", "10:30:15 and :our-own: stay"),
        ("_now_, ~not~ *all of it*.", "now, ~not~ all of it."),
        ("my_log_file_v2.txt 2*3*4 a_b", "my_log_file_v2.txt 2*3*4 a_b"),
        ("_my_file_ is *bold and _both_*", "my_file is bold and both"),
        ("`*a* :tada:` and ```_b_\n:tada:```", "`*a* :tada:` and ```_b_\n:tada:```"),
        ("*<https://a.example/x_y_z|the *page*>*", "the *page* (https://a.example/x_y_z)"),
        ("see <https://a.example/_x_>", "see https://a.example/_x_"),
        ("&gt; *quoted*\n• _one_", "> quoted\n• one"),
        ("* not bold *, ** neither, _ nor _", "* not bold *, ** neither, _ nor _"),
        ("a &lt;*b*&gt; &amp;amp;", "a <b> &amp;"),
        ("\x1a0\x1a *x*", "0 x"),
    ],
)
def test_marks_become_what_they_mean(typed: str, words: str) -> None:
    assert plain_words(typed) == words


def test_what_is_emphasised_is_so_in_html_and_in_a_chat() -> None:
    words, emphasis = read("We *fixed <it>* _now_, not `a*b` ~then~. *Fixed!*")
    assert words == "We fixed <it> now, not `a*b` ~then~. Fixed!"
    html = FILTERS["lines"](words, emphasis)
    assert html == ("We <b>fixed &lt;it&gt;</b> <i>now</i>, not <code>a*b</code> <s>then</s>. <b>Fixed!</b>")
    assert FILTERS["marked"](words, emphasis) == "We *fixed <it>* _now_, not `a*b` ~then~. *Fixed!*"
    assert FILTERS["lines"]("fixed\nelsewhere", emphasis) == "fixed<br>elsewhere"


def test_the_names_are_slacks() -> None:
    assert len(characters()) > 1900
    for name in (
        "ticket",
        "eyes",
        "white_check_mark",
        "repeat",
        "outbox_tray",
        "lock",
        "rotating_light",
        "paperclip",
    ):
        assert sign(name) != f":{name}:"
    assert sign("our-own") == ":our-own:"
    assert unicode_emoji("no colon") == "no colon"


@pytest.mark.parametrize(
    "text", ["*" * 50_000, "_a" * 30_000, "`" * 50_000, "~x" * 20_000 + "~", "<" * 50_000, ":a" * 30_000]
)
def test_marks_without_end_are_read_in_time(text: str) -> None:
    assert plain_words(text) == text
