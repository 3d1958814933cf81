"""Links to our pages within people's words are found, however they are spelled."""

from __future__ import annotations

import base64
import re
import textwrap
from datetime import UTC, datetime
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.links.tokens import Links

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
LINKS = Links(["s" * 32])
LINKS.clock = lambda: NOW
LINKS.base_url = "https://help.desk.example"
URL = LINKS.page_url("case", 12, 345)
TOKEN = URL.rpartition("/")[2]
MIDDLE = len(URL) - 30


def proofpoint(url: str) -> str:
    """As its second form writes an address."""
    return quote(url, safe="").replace("-", "%2D").replace("_", "%5F").replace("%2F", "_").replace("%", "-")


SPELLINGS = {
    "as it is": URL,
    "the host in capitals": URL.replace("https://help.desk.example", "HTTPS://HELP.DESK.EXAMPLE"),
    "without its host": f"/case/{TOKEN}",
    "alone": TOKEN,
    "on another host": f"https://other.example/case/{TOKEN}",
    "Safe Links": f"https://eur01.safelinks.protection.outlook.com/?url={quote(URL, safe='')}&data=05%7C02&reserved=0",
    "encoded twice": f"https://gate.example/?u={quote(quote(URL, safe=''), safe='')}",
    "every letter encoded": "".join(f"%{ord(letter):02x}" for letter in URL),
    "its dots and dashes encoded": URL.replace(".", "%2E").replace("-", "%2D").replace("_", "%5f"),
    "Proofpoint's second form": f"https://urldefense.proofpoint.com/v2/url?u={proofpoint(URL)}&d=DwMFaQ",
    "Proofpoint's third form": f"https://urldefense.com/v3/__{URL}__;!!abc",
    "Google": f"https://www.google.com/url?q={URL}&source=gmail",
    "packed": f"https://eu.protection.gate.example?d=desk.example&u={base64.b64encode(URL.encode()).decode()}&p=m",
    "broken over two lines": f"{URL[:MIDDLE]}\n{URL[MIDDLE:]}",
    "broken within a quotation": f"> {URL[:MIDDLE]}\n> {URL[MIDDLE:]}",
    "broken as quoted-printable": f"{URL[:MIDDLE]}=\n{URL[MIDDLE:]}",
    "broken at each tenth letter": "\n> > ".join(textwrap.wrap(URL, 10, break_on_hyphens=False)),
    "with a blank in it": f"{URL[:MIDDLE]} {URL[MIDDLE:]}",
    "with an invisible break in it": f"{URL[:MIDDLE]}\u200b{URL[MIDDLE:]}",
    "Slack": f"<{URL}|here>",
    "Markdown": f"[here]({URL})",
}


def opens(text: str) -> bool:
    """Does any run of letters, put together or decoded, open a page?"""
    bare = re.sub(r"[\s>=\u200b]", "", unquote(unquote(text)))
    packed = [
        base64.b64decode(run + "=" * (-len(run) % 4)).decode("latin-1")
        for run in re.findall(r"aHR0[\w+/]+", bare)
    ]
    dashed = re.sub(r"-([2-7][0-9A-F])", lambda one: chr(int(one[1], 16)), bare)
    tokens = [
        token for one in (bare, dashed, *packed) for token in re.findall(r"Wz[\w-]+\.[\w-]+\.[\w-]{43}", one)
    ]
    return any(LINKS.read_page_token("case", token, now=NOW) for token in tokens)


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_no_spelling_opens_a_page_afterwards(spelling: str) -> None:
    text = f"Please look here:\n{spelling}\nIt is wrong."
    assert opens(text), "it would have"
    (found,) = LINKS.without_pages(text)
    assert not opens(found)
    assert found.startswith("Please look here:\n")
    assert found.endswith("\nIt is wrong.")


def test_a_link_that_is_broken_between_two_parts_is_found_in_both() -> None:
    found = LINKS.without_pages("no link", f"See {URL[:MIDDLE]}", f"{URL[MIDDLE:]} please")
    assert found == ["no link", "See https://help.desk.example/…", "… please"]


@pytest.mark.parametrize(
    "text",
    [
        "https://help.desk.example/docs and https://help.desk.example/case/",
        "Wz is no word. It is. " + "x" * 60,
        "a" * 30 + "." + "b" * 6 + "." + "c" * 43,
        "WzEsMl0.awnEZA",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        "100 % > 57 %\nWz.",
    ],
)
def test_other_words_stay_as_they_are(text: str) -> None:
    assert LINKS.without_pages(text) == [text]


@given(st.lists(st.text(alphabet="Wz EsMl0.-_%2\n>=…", max_size=60), max_size=4))
def test_what_has_no_token_is_never_changed(texts: list[str]) -> None:
    assert LINKS.without_pages(*texts) == texts


@given(st.sampled_from(sorted(SPELLINGS)), st.text(alphabet="Wz.a \n", max_size=40), st.text(max_size=20))
def test_what_stands_around_a_link_is_kept(name: str, before: str, after: str) -> None:
    (found,) = LINKS.without_pages(f"{before}\n| {SPELLINGS[name]} |{after}")
    assert found.startswith(f"{before}\n| ")
    assert found.endswith(f" |{after}")
    assert not opens(found)
