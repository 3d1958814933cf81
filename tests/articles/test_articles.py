"""Articles are imported: from folders of Markdown and HTML, from sitemaps beside them and on the net."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.articles.article import ParsedArticle, UnfitArticle
from bot.articles.source import read_bytes, url_of
from tests.support.houses.console import in_an_empty_folder, run, said, told

__all__ = ["in_an_empty_folder"]

PAGE = """<!doctype html><html lang="de-AT"><head><title>Fristen | Acme</title>
<meta name="Keywords" content="SLA, Antwort"><meta name="description" content="Wann wir antworten.">
<link rel="canonical" href="https://docs.acme.com/fristen"></head><body><nav>Start Impressum</nav>
<main><h1>Antwortfristen</h1><p>Binnen vier&nbsp;Stunden.</p><script>alert("nein")</script></main></body></html>"""


def read(text: str, *, marked: bool = True) -> ParsedArticle:
    draft = read_bytes(text.encode(), marked=marked)
    assert draft
    return draft


def docs(**files: str) -> Path:
    folder = Path("docs")
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_md", ".md").replace("_html", ".html")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def listed() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(said("articles", "list", "--json"))
    return found


# what a file says


def test_a_heading_and_the_lines_below_it() -> None:
    draft = read("# Floor *prices*\nkeywords: CPM, bid\nlanguage: EN\n\nThe least.\n\n## More\n")
    assert draft == ParsedArticle("Floor prices", "The least.\n\n## More", "CPM, bid", "en", headings="More")


def test_a_language_that_is_none_is_kept_as_far_as_it_fits() -> None:
    assert read(f"# Floors\nlanguage: {'x' * 99}\n\nThe least.\n").language == "x" * 35


def test_front_matter_comes_before_the_heading() -> None:
    front = (
        '---\ntitle: "Floors"\ntags:\n  - CPM\n  - bid\nurl: https://docs.acme.com/f?a b\nlayout: x\n---\n'
    )
    draft = read(f"{front}<!-- hidden -->\n# Something else\n\nThe least.\n")
    assert (draft.title, draft.keywords, draft.text) == ("Floors", "CPM, bid", "The least.")
    assert draft.url == "https://docs.acme.com/f?a%20b"


def test_a_heading_may_be_underlined_and_text_may_hold_colons() -> None:
    draft = read("Floors\n======\n\nNote: the least.\n")
    assert (draft.title, draft.text) == ("Floors", "Note: the least.")


def test_a_page_is_its_main_part() -> None:
    draft = read(PAGE, marked=False)
    assert (draft.title, draft.keywords, draft.language) == ("Antwortfristen", "SLA, Antwort", "de-at")
    assert draft.text.split() == ["Wann", "wir", "antworten.", "Binnen", "vier", "Stunden."]
    assert draft.url == "https://docs.acme.com/fristen"


def test_a_page_says_how_it_is_written() -> None:
    page = '<meta charset="iso-8859-1"><title>Gebühren für Aufträge</title><p>Größe</p>'
    draft = read_bytes(page.encode("latin-1"), marked=False)
    assert draft
    assert (draft.title, draft.text) == ("Gebühren für Aufträge", "Größe")


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("---\ntitle: Soon\ndraft: true\n---\nText", True),
        ('<title>Find me not</title><meta name="robots" content="NOINDEX"><p>Text', False),
    ],
)
def test_what_is_not_published_is_no_article(text: str, marked: bool) -> None:
    assert read_bytes(text.encode(), marked=marked) is None


@pytest.mark.parametrize(
    ("data", "marked", "why"),
    [
        (b"Just some words.", True, "no title"),
        (b"# 12345", True, "says nothing"),
        (b"", False, "no title"),
        (b"# A\0B", True, "no text"),
        (b"# Big\n" + b"x" * 2_000_000, True, "larger than 2 MB"),
        (b"<title>Deep</title>" + b"<div>" * 5_001, False, "nested deeper"),
        (b"<title>Deep</title>" + b"</b>" * 5_001 + b"<div>" * 5_001, False, "nested deeper"),
        (b"<title>Deep</title>" + b"</b><div></b>" * 5_001, False, "nested deeper"),
        (b"---\ntitle: Odd\nurl: javascript://x\n---\nWords", True, "no http"),
    ],
)
def test_what_cannot_be_an_article_says_why(data: bytes, marked: bool, why: str) -> None:
    with pytest.raises(UnfitArticle, match=why):
        read_bytes(data, marked=marked)


def test_files_have_addresses() -> None:
    names = ("a.md", "b/index.md", "README.md", "c/d e.html", "c/index.html")
    ends = ["a", "b/", "", "c/d%20e.html", "c/"]
    assert [url_of("https://docs.acme.com/v1/", name) for name in names] == [
        f"https://docs.acme.com/v1/{end}" for end in ends
    ]


# a folder


def test_an_import_takes_what_is_new_changed_and_gone_and_leaves_the_rest() -> None:
    said("init")
    folder = docs(
        a_md="# First\n\nwords", sub__b_html=PAGE, c_md="# Third\n\nwords", _draft_md="# No\n\nwords"
    )
    (folder / ".git").mkdir()
    (folder / ".git" / "d.md").write_text("# Hidden\n\nwords")
    command = ("articles", "import", "docs", "--base-url", "https://docs.acme.com")
    assert said(*command) == "3 new.\n"
    assert [(one["title"], one["url"]) for one in listed()] == [
        ("First", "https://docs.acme.com/a"),
        ("Third", "https://docs.acme.com/c"),
        ("Antwortfristen", "https://docs.acme.com/fristen"),
    ]
    before = {one["name"]: one["id"] for one in listed()}
    assert said(*command) == "3 same.\n"
    docs(a_md="# First\n\nfresh words")
    (folder / "c.md").unlink()
    assert said(*command) == "1 changed, 1 same, 1 removed.\n"
    assert {one["name"]: one["id"] for one in listed()} == {
        name: before[name] for name in ("a.md", "sub/b.html")
    }
    assert "First" in said("articles", "search", "FRESH")
    assert "fresh words" in said("articles", "show", str(before["a.md"]))
    assert said("articles", "search", "third") == "No article holds any of these words.\n"


def test_what_cannot_be_read_is_named_and_what_was_known_of_it_stays() -> None:
    said("init")
    docs(a_md="# First\n\nwords", b_md="# Second\n\nwords")
    said("articles", "import", "docs")
    docs(b_md="no title any more")
    Path("docs/c.md").symlink_to("/etc/hostname")
    Path(os.fsdecode(b"docs/d\xff.md")).write_text("# Fourth\n\nwords")
    result = run("articles", "import", "docs")
    assert result.exit_code == 1
    assert "1 same.\n2 without" not in result.stdout
    assert "not read: b.md: it has no title" in result.stdout
    assert "not read: c.md: it is a link to something outside the folder" in result.stdout
    assert "d\ufffd.md: its name is too long, or holds characters that are none" in result.stdout
    assert [one["title"] for one in listed()] == ["First", "Second"]


def test_of_many_that_cannot_be_read_the_first_are_named_and_the_rest_is_counted() -> None:
    said("init")
    docs(good_md="# First\n\nwords", **{f"bad{n:02}_md": "no title" for n in range(23)})
    result = run("articles", "import", "docs")
    assert result.exit_code == 1
    assert result.stdout.count("not read: bad") == 20
    assert "  and 3 more\n" in result.stdout
    (article,) = listed()
    assert json.loads(said("articles", "show", str(article["id"]), "--json"))["text"] == "words"


def test_an_empty_folder_or_a_wrong_path_changes_nothing() -> None:
    said("init")
    folder = docs(a_md="# First\n\nwords")
    assert "1 without an address" in said("articles", "import", "docs")
    (folder / "a.md").unlink()
    assert "Nothing was changed" in told("articles", "import", "docs", code=1)
    assert "Nothing was changed" in told("articles", "import", "elsewhere", code=1)
    assert "--base-url" in told("articles", "import", "docs", "--base-url", "docs.acme.com", code=2)
    assert len(listed()) == 1
    assert said("articles", "forget", "docs") == "1 removed.\n"
    assert "nothing was imported" in told("articles", "forget", "docs", code=1)
    assert "No articles yet" in said("articles", "list")
    assert "there is no article 7" in told("articles", "show", "7", code=1)


# sitemaps


def sitemap(*urls: str) -> str:
    rows = "".join(
        f'<url><xhtml:link href="x"/><loc>{url}</loc><lastmod>2026-01-01</lastmod></url>\n' for url in urls
    )
    return (
        f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>'
    )


def test_a_sitemap_whose_pages_lie_beside_it() -> None:
    said("init")
    docs(
        a__index_html="<title>First</title><p>words",
        b_html="<title>Second</title><p>words",
        c_md="# Third\n\nwords",
        sitemap_xml=sitemap(*(f"https://docs.acme.com/{end}" for end in ("a/", "b.html", "c", "b.html"))),
    )
    Path("docs/sitemap_xml").rename("docs/sitemap.xml")
    assert said("articles", "import", "docs/sitemap.xml") == "3 new.\n"
    assert [(one["title"], one["url"]) for one in listed()] == [
        ("First", "https://docs.acme.com/a/"),
        ("Second", "https://docs.acme.com/b.html"),
        ("Third", "https://docs.acme.com/c"),
    ]


class Site(BaseHTTPRequestHandler):
    """A small web site: path → (status, headers, body)."""

    pages: dict[str, tuple[int, dict[str, str], bytes]]

    def do_GET(self) -> None:
        status, headers, body = self.pages.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None: ...


@contextmanager
def served(pages: dict[str, tuple[int, dict[str, str], bytes]]) -> Iterator[str]:
    """The site's URL."""
    site = type("Site", (Site,), {"pages": pages})
    with ThreadingHTTPServer(("127.0.0.1", 0), site) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


HTML = {"Content-Type": "text/html; charset=utf-8"}


def test_a_sitemap_on_the_net_is_read_from_its_own_host_only() -> None:
    said("init")
    pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
    with served(pages) as here, served({"/x": (200, HTML, b"<title>Foreign</title><p>words")}) as there:
        names = ("good", "moved", "away", "missing", "pdf", "large")
        urls = [f"{here}/{name}" for name in names]
        index = "".join(f"<sitemap><loc>{here}/{part}.xml</loc></sitemap>" for part in ("one", "two"))
        pages |= {
            "/sitemap.xml": (200, {}, f"<sitemapindex>{index}</sitemapindex>".encode()),
            "/one.xml": (200, {}, sitemap(*urls[:3]).encode()),
            "/two.xml": (200, {}, sitemap(*urls[3:], f"{there}/x", "file:///etc/passwd").encode()),
            "/good": (200, HTML, "<title>Größen</title><p>words".encode()),
            "/moved": (301, {"Location": "/new"}, b""),
            "/new": (200, HTML, b"<title>Moved</title><p>words"),
            "/away": (302, {"Location": f"{there}/x"}, b""),
            "/pdf": (200, {"Content-Type": "application/pdf"}, b"%PDF"),
            "/large": (200, HTML, b"x" * 2_000_001),
        }
        result = run("articles", "import", f"{here}/sitemap.xml")
        pages["/sitemap.xml"] = (500, {}, b"")
        assert "the server answers 500. Nothing was changed" in told(
            "articles", "import", f"{here}/sitemap.xml", code=1
        )
    assert "Nothing was changed" in told("articles", "import", f"{here}/sitemap.xml", code=1)
    assert result.exit_code == 1
    assert sorted(one["title"] for one in listed()) == ["Größen", "Moved"]
    for words in (
        "away: it leads elsewhere",
        "missing: the server answers 404",
        "pdf: it is no page but application/pdf",
        "large: it is larger than 2 MB",
        f"{there}/x: it lies on another host",
        "file:///etc/passwd: it lies on another host",
    ):
        assert words in result.stdout, words
