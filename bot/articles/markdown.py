"""Markdown: front matter, or the first heading and the lines below it, and the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt
from markdown_it.token import Token
from selectolax.lexbor import LexborHTMLParser

from bot.articles import html
from bot.articles.article import ParsedArticle, UnfitArticle, clean, drafted

LONGEST_SOURCE = 200_000
"""Characters that are read: twice the text that is kept."""
LONGEST_FRONT = 20_000
"""Characters of front matter; more is not front matter, and is passed over."""
_PAIR = re.compile(r"(\w[\w-]*)[ \t]*:[ \t]*(.*)")
_TAG = re.compile(r"<[^<>]*>")
_ANCHOR = re.compile(r"[ \t]*\{#[^{}]*\}$")
_FACTS = ("title", "keywords", "tags", "url", "language", "lang", "description", "draft", "published")
"""What is understood; the rest belongs to whatever makes pages of it."""
_MARKDOWN = MarkdownIt("commonmark").enable("table")


class _Front(YAMLHandler):
    """Reads every value as the string that is written: no dates or numbers, nothing that expands."""

    FM_BOUNDARY = re.compile(r"^(?:-{3,}|\.{3})[ \t]*$", re.MULTILINE)

    def detect(self, text: str) -> bool:
        return text.startswith("---")

    def load(self, fm: str, **_: object) -> Any:
        return yaml.load(fm, yaml.BaseLoader) if len(fm) <= LONGEST_FRONT else {}  # noqa: S506 - makes only strings


def read(source: str) -> ParsedArticle | None:
    """The article of a Markdown file; None if it is not published. Raises ``UnfitArticle``."""
    facts, text = _divided(clean(source))
    page = _Page(_MARKDOWN.parse(text[:LONGEST_SOURCE]))
    facts = {**page.said, **facts}
    if facts.get("draft", "").lower() == "true" or facts.get("published", "").lower() == "false":
        return None
    there = facts.get("url", "")
    return drafted(
        facts.get("title") or page.title,
        f"{facts.get('description', '')}\n\n{page.text}",
        keywords=facts.get("keywords") or facts.get("tags", ""),
        language=facts.get("language") or facts.get("lang", ""),
        url=there if "://" in there else "",
        headings=page.headings,
    )


def _divided(text: str) -> tuple[Mapping[str, str], str]:
    """The front matter and the rest. Raises ``UnfitArticle`` for front matter that is no YAML."""
    handler = _Front()
    if not handler.detect(text):
        return {}, text
    try:
        metadata, body = frontmatter.parse(text, handler=handler)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1}: {getattr(error, 'problem', '')})" if mark else ""
        raise UnfitArticle(f"its front matter is not valid YAML{where}") from None
    except RecursionError:
        raise UnfitArticle("its front matter is nested too deep") from None
    return {name: value for name in _FACTS if (value := _value(metadata.get(name)))}, body


def _value(value: object) -> str:
    """A value in one line; the items of a list are joined by commas."""
    if isinstance(value, list):
        return ", ".join(item for item in value if isinstance(item, str))
    return value.strip() if isinstance(value, str) else ""


class _Page:
    """The parts of a page: its title, the facts below it, its headings and its text."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        opened = [at for at, token in enumerate(tokens) if token.type == "heading_open" and not token.level]
        first = next((at for at in opened if tokens[at].tag == "h1"), next(iter(opened), None))
        self.title = _words(tokens[first + 1]) if first is not None else self._title_in_html()
        self.said: Mapping[str, str] = {}
        instead = {}
        if first is not None:
            self.said, below = self._below(first + 4)
            instead = {first + 1: "", **below}
        self.headings = "\n".join(_words(tokens[at + 1]) for at in opened if at != first)
        self.text = "\n\n".join(block for block in self._blocks(instead) if block.strip())

    def _title_in_html(self) -> str:
        blocks = (token.content for token in self._tokens if token.type == "html_block")
        block = next((block for block in blocks if "<h1" in block.lower()), "")
        node = LexborHTMLParser(block).css_first("h1") if html.depth(block.encode()) <= html.DEEPEST else None
        return node.text() if node else ""

    def _below(self, at: int) -> tuple[Mapping[str, str], Mapping[int, str]]:
        """The ``keywords:`` lines that the paragraph there begins with, and the rest of it."""
        if len(self._tokens) <= at or self._tokens[at - 1].type != "paragraph_open":
            return {}, {}
        rows = self._tokens[at].content.split("\n")
        pairs = [_PAIR.fullmatch(row.strip()) for row in rows]
        facts = list(takewhile(lambda pair: pair and pair[1].lower() in _FACTS, pairs))
        remainder = {at: "\n".join(rows[len(facts) :])} if facts else {}
        return {pair[1].lower(): pair[2] for pair in facts if pair}, remainder

    def _blocks(self, instead: Mapping[int, str]) -> Iterator[str]:
        for at, token in enumerate(self._tokens):
            if at in instead:
                yield instead[at]
            elif token.type == "inline":
                before = self._tokens[at - 1]
                marked = before.type == "heading_open" and before.markup.startswith("#")
                yield f"{before.markup} {_words(token)}" if marked else _words(token)
            elif token.type in ("fence", "code_block"):
                yield token.content
            elif token.type == "html_block":
                yield _without_tags(token.content)


def _words(inline: Token) -> str:
    """The text of a line or paragraph, without marks, links, tags and anchors."""
    return _ANCHOR.sub("", "".join(map(_word, inline.children or ()))).strip()


def _word(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    return token.content if token.type in ("text", "code_inline", "image", "text_special") else ""


def _without_tags(block: str) -> str:
    hidden = block.lstrip().lower().startswith(("<!--", "<script", "<style", "<?"))
    return "" if hidden else _TAG.sub("", block).strip()
