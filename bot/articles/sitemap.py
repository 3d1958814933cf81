"""A sitemap (sitemaps.org): its pages lie beside its file or are fetched from its host."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from bot.articles.article import ParsedArticle, UnfitArticle, decoded
from bot.articles.fetch import Host, host_of
from bot.articles.html import DEEPEST, depth
from bot.articles.source import HTML, LARGEST, MARKDOWN, NoSource, placed, read_bytes, read_file

LARGEST_MAP = 50_000_000
"""Bytes of a sitemap, as sitemaps.org allows."""
MOST_PAGES, MOST_MAPS = 50_000, 100
_OTHERS = re.compile(rb"<(?!/?(?:sitemap|url|loc)[\s>]|!--)[^<>]*>", re.IGNORECASE)
"""Tags that tell us nothing; as HTML, ``<xhtml:link …/>`` would hold all that follows it."""


class Sitemap:
    """A ``bot.articles.source.Source`` for a sitemap: a file, or an http(s) URL.

    Its pages are those of one host: the URL's own, that of ``base_url``, or that of the first page it names.
    ``base_url``: what the folder of a sitemap's file is the copy of; empty: the whole host.
    """

    def __init__(self, where: str, *, base_url: str) -> None:
        self._folder = None if host_of(where) else Path(where).resolve().parent
        self.origin = where if self._folder is None else str(Path(where).resolve())
        self._base_url = base_url
        self._host = Host(host_of(where) or host_of(base_url))

    @cached_property
    def names(self) -> Sequence[str]:
        """The URLs of its pages. Raises ``NoSource`` if there are none, or it cannot be read."""
        try:
            urls = list(dict.fromkeys(self._pages(self._map(self.origin))))
        except (UnfitArticle, OSError) as error:
            raise NoSource(f"{self.origin}: {error}") from None
        if not urls:
            raise NoSource(f"{self.origin} names no pages; a sitemap has <url><loc>…</loc></url> for each")
        return urls[:MOST_PAGES]

    def read(self, name: str) -> ParsedArticle | None:
        beside = self._beside(name)
        if beside and self._folder:
            return placed(read_file(beside, self._folder), name)
        page = self._host.fetch(name, largest=LARGEST)
        path = urlsplit(name).path.lower()
        marked = page.type == "text/markdown" or (page.type == "text/plain" and path.endswith(MARKDOWN))
        if not marked and page.type not in ("text/html", "application/xhtml+xml"):
            raise UnfitArticle(f"it is no page but {page.type}")
        return placed(read_bytes(page.data, marked=marked, charset=page.charset), name)

    def _map(self, where: str) -> LexborHTMLParser:
        if host_of(where):
            data = self._host.fetch(where, largest=LARGEST_MAP).data
        else:
            with Path(where).open("rb") as file:
                data = file.read(LARGEST_MAP + 1)
        if len(data) > LARGEST_MAP:
            raise UnfitArticle(f"it is larger than {LARGEST_MAP // 1_000_000} MB")
        data = _OTHERS.sub(b" ", data)
        if depth(data) > DEEPEST:
            raise UnfitArticle(f"its tags are nested deeper than {DEEPEST:,}")
        return LexborHTMLParser(decoded(data))

    def _pages(self, sitemap: LexborHTMLParser) -> Iterator[str]:
        """The pages that it names, and those of the sitemaps that an index names, one level deep."""
        named = _locations(sitemap, "url")
        others = _locations(sitemap, "sitemap")[:MOST_MAPS]
        if not self._host.name and (first := next(iter((*named, *others)), "")):
            self._host = Host(host_of(first))
        yield from named
        for other in others:
            beside = self._file(other)
            there = str(beside) if beside and _is_file(beside) else other
            yield from _locations(self._map(there), "url")

    def _beside(self, url: str) -> Path | None:
        """The page's file beside the sitemap, if it is there."""
        there = self._file(url)
        if there is None:
            return None
        ways = [
            there / "index.html",
            there.with_name(f"{there.name}.html"),
            there.with_name(f"{there.name}.md"),
        ]
        suffixes = (*HTML, *MARKDOWN)
        return next((way for way in (there, *ways) if way.suffix.lower() in suffixes and _is_file(way)), None)

    def _file(self, url: str) -> Path | None:
        """The path where the page's file would be; None without a folder."""
        if self._folder is None or host_of(url) != self._host.name:
            return None
        path = unquote(urlsplit(url).path)
        base = urlsplit(self._base_url).path.rstrip("/")
        inner = path.removeprefix(base) if base and path.startswith(f"{base}/") else path
        try:
            there = (self._folder / inner.strip("/")).resolve()
        except (OSError, RuntimeError, ValueError):  # no file can have this name, or it is a link to itself
            return None
        return there if there.is_relative_to(self._folder) else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file can have
        return False


def _locations(sitemap: LexborHTMLParser, kind: str) -> list[str]:
    """The URLs in ``<url><loc>…</loc></url>``, read as HTML: so no XML entity is ever expanded."""
    urls = (node.text(strip=True) for node in sitemap.css(f"{kind} loc"))
    return [url for url in urls if url]
