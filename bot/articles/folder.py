"""A folder of Markdown and HTML files, and all folders within it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from bot.articles.article import ParsedArticle
from bot.articles.source import HTML, MARKDOWN, NoSource, placed, read_file, url_of


class ArticleFolder:
    """A ``bot.articles.source.Source`` for a folder; ``base_url``: where its files are read, or empty."""

    def __init__(self, path: Path, *, base_url: str) -> None:
        self._path = path.resolve()
        self._base_url = base_url
        self.origin = str(self._path)

    @cached_property
    def names(self) -> Sequence[str]:
        """Paths below the folder, without those that begin with a dot or underscore.

        Raises ``NoSource`` if there are none.
        """
        paths = sorted(self._path.rglob("*"))
        names = [path.relative_to(self._path) for path in paths if path.suffix.lower() in (*MARKDOWN, *HTML)]
        shown = [name.as_posix() for name in names if not any(part[0] in "._" for part in name.parts)]
        if not shown:
            raise NoSource(f"{self._path} holds no Markdown or HTML file")
        return shown

    def read(self, name: str) -> ParsedArticle | None:
        return placed(read_file(self._path / name, self._path), url_of(self._base_url, name))
