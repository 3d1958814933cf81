"""HTML: a page's title, its meta keywords and description, and the text of its main part."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.articles.article import ParsedArticle, UnfitArticle, decoded, drafted

DEEPEST = 5_000
"""Tags within tags; the parser's time grows with its square."""
_TAG = re.compile(
    rb"<(/?)(?!(?:br|hr|img|input|link|meta|p|li|td|th|tr|dt|dd|option)\b)([a-z][^\s/>]*)", re.IGNORECASE
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,40})""", re.IGNORECASE)
_BESIDE = [
    "script",
    "style",
    "nav",
    "header",
    "footer",
    "aside",
    "form",
    "noscript",
    "template",
    "svg",
    "iframe",
    "[role=navigation]",
    "[role=doc-toc]",
    ".toc",
    ".navheader",
    ".navfooter",
]
"""What stands beside an article: by its tag, its role, or as DocBook calls it."""
_MARKS = ["a.headerlink", "a.anchor", "a.hash-link", "a.header-anchor"]
"""Links of headings to themselves, as Sphinx, GitHub, Docusaurus and VuePress make them."""
_MAIN = ("main", "[role=main]", "article", "body")
_BLANKS = re.compile(r"[ \t\r\f\v]+")


def read(data: bytes, charset: str = "") -> ParsedArticle | None:
    """The article of a page; None if it asks not to be indexed. Raises ``UnfitArticle``."""
    if depth(data) > DEEPEST:
        raise UnfitArticle(f"its tags are nested deeper than {DEEPEST:,}")
    declared = _CHARSET.search(data[:2048])
    page = LexborHTMLParser(decoded(data, charset or (declared[1].decode("ascii") if declared else "")))
    if "noindex" in _meta(page, "robots").lower():
        return None
    main = next((node for name in _MAIN if (node := page.css_first(name))), None)
    if main is None:
        raise UnfitArticle("it has no content")
    main.strip_tags(_MARKS, recursive=True)
    heading = main.css_first("h1") or page.css_first("h1")
    title = _text(heading) if heading else _text(page.css_first("title"))
    if heading is not None and heading.parent is not None:
        heading.decompose()
    main.strip_tags(_BESIDE, recursive=True)
    root, canonical = page.css_first("html"), page.css_first("link[rel=canonical]")
    there = str((canonical.attributes.get("href") if canonical else "") or "")
    return drafted(
        title,
        f"{_meta(page, 'description')}\n\n{_lines(main)}",
        keywords=_meta(page, "keywords"),
        language=str((root.attributes.get("lang") if root else "") or ""),
        url=there if "://" in there else "",
        headings="\n".join(" ".join(_text(node).split()) for node in main.css("h1, h2, h3, h4")),
    )


def depth(data: bytes) -> int:
    """The depth of nested tags, without those that need no end. Unmatched end tags do not count."""
    inside: Counter[bytes] = Counter()
    now = deepest = 0
    for tag in _TAG.finditer(data):
        name = tag[2].lower()
        if not tag[1]:
            inside[name] += 1
            now += 1
            deepest = max(deepest, now)
        elif inside[name]:
            inside[name] -= 1
            now -= 1
    return deepest


def _meta(page: LexborHTMLParser, name: str) -> str:
    node = page.css_first(f'meta[name="{name}" i]')
    return str((node.attributes.get("content") if node else "") or "")


def _text(node: LexborNode | None) -> str:
    return node.text(separator=" ") if node else ""


def _lines(main: LexborNode) -> str:
    """The page's text, with a blank line where the source has one or more ends of blocks."""
    rows = _BLANKS.sub(" ", main.text(separator="\n")).split("\n")
    blocks = groupby(rows, key=lambda row: bool(row.strip()))
    return "\n\n".join("\n".join(block).strip() for has_words, block in blocks if has_words)
