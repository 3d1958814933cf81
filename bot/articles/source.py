"""Where articles come from: what a folder and a sitemap have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from bot.articles import html, markdown
from bot.articles.article import ParsedArticle, UnfitArticle, address, decoded

LARGEST = 2_000_000
"""Bytes of a file or page."""
MARKDOWN, HTML = (".md", ".markdown"), (".html", ".htm")


class NoSource(Exception):
    """There is nothing to import; the message says why."""


class ArticleSource(Protocol):
    """A folder or a sitemap."""

    origin: str
    """What its articles are remembered by: the same again for the next import."""

    @property
    def names(self) -> Sequence[str]:
        """The names of its articles, each once."""

    def read(self, name: str) -> ParsedArticle | None:
        """An article; None if it is not meant to be one. Raises ``UnfitArticle``."""


def read_file(path: Path, within: Path) -> ParsedArticle | None:
    """The article of a file. Raises ``UnfitArticle``."""
    try:
        if not path.resolve().is_relative_to(within):
            raise UnfitArticle("it is a link to something outside the folder")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, RuntimeError) as error:  # RuntimeError: a link to itself
        raise UnfitArticle(getattr(error, "strerror", "") or str(error)) from None
    return read_bytes(data, marked=path.suffix.lower() in MARKDOWN)


def read_bytes(data: bytes, *, marked: bool, charset: str = "") -> ParsedArticle | None:
    """The article of a Markdown (``marked``) or HTML file. Raises ``UnfitArticle``."""
    if len(data) > LARGEST:
        raise UnfitArticle(f"it is larger than {LARGEST // 1_000_000} MB")
    if b"\0" in data[:1000]:
        raise UnfitArticle("it is no text")
    return markdown.read(decoded(data, charset)) if marked else html.read(data, charset)


def placed(draft: ParsedArticle | None, url: str) -> ParsedArticle | None:
    """The article with an address, if it names none itself."""
    return replace(draft, url=address(url)) if draft and url and not draft.url else draft


def url_of(base_url: str, name: str) -> str:
    """The URL of a folder's file: without ``.md``, and without ``index`` or ``README`` at its end."""
    if not base_url:
        return ""
    path = Path(name)
    if path.stem.lower() in ("index", "readme"):
        there = "" if path.parent == Path() else f"{path.parent.as_posix()}/"
    else:
        there = name if path.suffix.lower() in HTML else path.with_suffix("").as_posix()
    return f"{base_url.rstrip('/')}/{quote(there)}"


class ArticleFolder:
    """``bot.articles.source.Source`` for a folder; ``base_url``: where its files are read, or empty."""

    def __init__(self, path: Path, *, base_url: str) -> None:
        self._path = path.resolve()
        self._base_url = base_url
        self.origin = str(self._path)

    @cached_property
    def names(self) -> Sequence[str]:
        """Paths below the folder; what begins with a dot or an underscore is not for readers.

        Raises ``NoSource`` for none.
        """
        files = sorted(self._path.rglob("*"))
        names = [path.relative_to(self._path) for path in files if path.suffix.lower() in (*MARKDOWN, *HTML)]
        shown = [name.as_posix() for name in names if not any(part[0] in "._" for part in name.parts)]
        if not shown:
            raise NoSource(f"{self._path} holds no Markdown or HTML file")
        return shown

    def read(self, name: str) -> ParsedArticle | None:
        return placed(read_file(self._path / name, self._path), url_of(self._base_url, name))
