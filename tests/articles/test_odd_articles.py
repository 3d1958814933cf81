"""Articles as nobody should write them: each costs itself at most, and not the import."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

import pytest

from bot.articles import fetch
from bot.articles.article import UnfitArticle
from bot.articles.source import read_bytes
from tests.articles.test_articles import HTML, docs, listed, read, served, sitemap
from tests.support.houses.console import in_an_empty_folder, run, said, told

__all__ = ["in_an_empty_folder"]
NBSP = "\u00a0"


@pytest.mark.parametrize("charset", ["undefined", "idna", "punycode", "unicode_escape", "hex", "x"])
def test_a_page_that_names_no_charset_of_texts_is_read_as_the_others(charset: str) -> None:
    page = f"<meta charset={charset}><title>Gebühren</title><p>Größe\\u0041".encode()
    draft = read_bytes(page, marked=False)
    assert draft
    assert (draft.title, draft.text) == ("Gebühren", "Größe\\u0041")
    assert read_bytes(page, marked=False, charset="a\0b") == draft


def test_blank_lines_lie_between_blocks_whatever_blanks_are_in_them() -> None:
    draft = read(f"<title>T</title><p>One{NBSP}<br>two</p> {NBSP}\n{NBSP}\n<p>{NBSP}Three</p>", marked=False)
    assert draft.text == f"One{NBSP}\ntwo\n\nThree"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        (f"<title>T</title><p>words{NBSP * 500_000}x", False),
        ("# T\n" + "keywords: a\n" * 15_000 + "words", True),
        ("---\nkeywords:\n" + "- ab\n" * 300_000 + "---\n# T\nwords", True),
        ("# T\nwords a" + "\u0301\u0327" * 50_000, True),
        ("# T\nwords a" + "\u0301\uff9e" * 50_000, True),
    ],
)
def test_no_page_keeps_an_import_busy_for_minutes(text: str, marked: bool) -> None:
    assert read(text, marked=marked).stems.body.split()[0] == "word"


def mapped(text: str) -> str:
    path = docs(a_md="# First\n\nwords", u_md="# Own\n\nwords") / "sitemap.xml"
    path.write_text(text)
    return str(path)


def test_one_address_that_cannot_be_fetched_is_told_and_the_others_come_in() -> None:
    said("init")
    with served({"/%C3%BC?q=%C3%B6": (200, HTML, b"<title>Escaped</title><p>words")}) as here:
        odd = [f"{here}/{end}" for end in ("%00", "x" * 300, "ü?q=ö", "a%0Ab", "x/../../..")]
        result = run("articles", "import", mapped(sitemap(f"{here}/a", *odd, "https://[::1", f"{here}:x/")))
    assert result.exit_code == 1
    assert sorted(one["title"] for one in listed()) == ["Escaped", "First"]
    for name in (odd[0], odd[1], "https://[::1"):
        assert f"not read: {name}" in result.stdout


def test_a_file_that_is_a_link_to_itself_is_told_and_the_others_come_in() -> None:
    said("init")
    (docs(a_md="# First\n\nwords") / "b.md").symlink_to("b.md")
    result = run("articles", "import", "docs")
    assert result.exit_code == 1
    assert "not read: b.md: " in result.stdout
    assert [one["title"] for one in listed()] == ["First"]


def test_a_sitemap_that_is_nested_too_deep_is_none_and_one_with_alternatives_is_one() -> None:
    said("init")
    deep = "<urlset>" + "<url><loc>" * 2_501 + "https://docs.acme.com/a"
    assert "nested deeper than 5,000. Nothing was changed" in told("articles", "import", mapped(deep), code=1)
    more = "".join(f'<xhtml:link hreflang="{n}" href="https://docs.acme.com/{n}"/>' for n in range(6_000))
    flat = f"<urlset><!-- <url> --><url>{more}<loc>https://docs.acme.com/a</loc></url></urlset>"
    assert said("articles", "import", mapped(flat)) == "1 new.\n"


def drips(stop: threading.Event, *, head: bool) -> tuple[socket.socket, threading.Thread]:
    """A server that says little at a time, and never ends."""
    door = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        talk, _ = door.accept()
        with talk, suppress(OSError):
            talk.recv(10_000)
            talk.sendall(b"HTTP/1.1 200 OK\r\n" + (b"" if head else b"Content-Type: text/html\r\n\r\n"))
            while not stop.wait(0.02):
                talk.sendall(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    return door, thread


@pytest.mark.parametrize("head", [True, False])
def test_a_page_that_comes_drop_by_drop_is_given_up(head: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "LONGEST", 0.5)
    stop = threading.Event()
    door, thread = drips(stop, head=head)
    here = f"127.0.0.1:{door.getsockname()[1]}"
    try:
        with pytest.raises(UnfitArticle, match="it takes longer than"):
            fetch.Host(here).fetch(f"http://{here}/", largest=1_000_000)
    finally:
        stop.set()
        thread.join()
        door.close()
