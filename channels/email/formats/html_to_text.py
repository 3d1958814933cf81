"""HTML to text: a line for each block, links kept, quotations marked with ``>``."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from channels.email.formats import html_quote_marks

_SKIPPED = frozenset(
    {"script", "style", "head", "title", "template", "noscript", "svg", "object", "select", "textarea"}
)
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "table", "blockquote"})
_BLOCKS = _SPACED | {
    "address", "article", "aside", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figure",
    "footer", "form", "header", "hr", "li", "main", "nav", "section", "tr",
}  # fmt: skip
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_LONG_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9]{0,20})\b[^<>]{16384,}>")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)(?![A-Za-z0-9])[^<>]*>")
_CLOSE_THEMSELVES = frozenset(
    {"p", "li", "td", "th", "tr", "dt", "dd", "br", "hr", "img", "option", "meta", "link"}
)
_WITH_ATTRIBUTES = html_quote_marks.TAGS | {"blockquote", "a", "img", "td"}
LONGEST_TAG, MANY_TAGS, DEEPEST = 16384, 5_000, 5_000


def to_text(markup: str) -> str:
    """The text of a page or fragment; linear, and without recursion at any depth of nesting."""
    body = LexborHTMLParser(_tamed(markup)).body
    if body is None:
        return ""
    writer = _Writer(may_hide=bool(_HIDDEN.search(markup)), marked=html_quote_marks.any_in(markup))
    node: LexborNode | None = body
    while node is not None:
        inner = node.first_child if writer.enter(node) else None
        while inner is None and node is not None:
            writer.leave(node)
            if node.mem_id == body.mem_id:
                return writer.text()
            inner, parent = node.next, node.parent
            if inner is None:
                node = parent
        node = inner
    return writer.text()


def _tamed(markup: str) -> str:
    """The HTML with very long tags emptied and very deep ones left out: the parser is quadratic in both."""
    if len(markup) > LONGEST_TAG:
        markup = _LONG_TAG.sub(r"<\1>", markup)
    return _shallow(markup) if markup.count("<") > MANY_TAGS else markup


def _shallow(markup: str) -> str:
    depth = 0

    def shallow(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag[2].lower() in _CLOSE_THEMSELVES:
            return tag[0]
        depth = max(0, depth - 1) if tag[1] else depth + 1
        return tag[0] if depth <= DEEPEST else ""

    return _TAG.sub(shallow, markup)


class _Writer:
    """Collects words into lines."""

    def __init__(self, *, may_hide: bool, marked: bool) -> None:
        self._may_hide = may_hide
        self._marked = marked
        self._lines: list[str] = []
        self._words: list[str] = []
        self._quotes: set[int] = set()
        self._signature = 0
        self._unsigned = self._said = self._rest = False
        self._links: dict[int, tuple[str, int]] = {}
        self._depth = self._kept_blanks = 0

    def enter(self, node: LexborNode) -> bool:
        """Begin an element or write a text; should its children be visited?"""
        tag = node.tag
        if tag == "-text":
            self._say(node.text_content or "")
            return False
        if tag is None or tag in _SKIPPED or tag.startswith(("-", "!")):
            return False
        if tag == "br":
            self._break()
            return False
        attributes = node.attributes if tag in _WITH_ATTRIBUTES else {}
        if self._may_hide and _HIDDEN.search(attributes.get("style") or ""):
            return False
        self._begin(node, tag, attributes)
        return True

    def _begin(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> None:
        if tag in _BLOCKS:
            self._break_if_words()
            if tag in _SPACED:
                self._blank()
        if tag == "a":
            self._links[node.mem_id] = (attributes.get("href") or "", len(self._words))
        elif tag == "img" and (alt := attributes.get("alt")):
            self._say(alt)
        elif tag == "li":
            self._words.append("- ")
        elif tag in ("td", "th") and self._words:
            self._words.append(" ")
        elif tag == "pre":
            self._kept_blanks += 1
        self._mark(node, attributes)

    def _mark(self, node: LexborNode, attributes: dict[str, str | None]) -> None:
        """Deepen quotations; give a signature with words above it its delimiter (RFC 3676, section 4.3)."""
        mark = (
            html_quote_marks.of(node, attributes)
            if self._marked and node.tag in html_quote_marks.TAGS
            else ""
        )
        if mark == "rest":
            self._break_if_words()
            self._depth += not self._rest
            self._rest = True
        elif node.tag == "blockquote" or mark == "quote":
            self._break_if_words()
            self._quotes.add(node.mem_id)
            self._depth += 1
        elif mark == "signature" and not self._signature:
            self._break_if_words()
            self._signature, self._unsigned = node.mem_id, self._said and not self._depth

    def leave(self, node: LexborNode) -> None:
        tag = node.tag
        if tag == "a" and node.mem_id in self._links:
            self._link(*self._links.pop(node.mem_id))
        if tag in _BLOCKS or node.mem_id in self._quotes:
            self._break_if_words()
        if tag in _SPACED:
            self._blank()
        if tag == "pre":
            self._kept_blanks -= 1
        if node.mem_id in self._quotes:
            self._quotes.discard(node.mem_id)
            self._depth -= 1
        if node.mem_id == self._signature:
            self._break_if_words()
            self._signature, self._unsigned = 0, False

    def text(self) -> str:
        self._break_if_words()
        return _EMPTY_LINES.sub("\n\n", "\n".join(self._lines)).strip("\n")

    def _say(self, words: str) -> None:
        if self._kept_blanks:
            *lines, words = words.replace("\r\n", "\n").split("\n")
            for line in lines:
                self._words.append(line)
                self._break()
        else:
            words = _BLANKS.sub(" ", words)
        if words and (self._kept_blanks or words != " " or self._words):
            self._words.append(words)

    def _link(self, href: str, start: int) -> None:
        shown = "".join(self._words[start:]).strip()
        bare = href.removeprefix("mailto:").rstrip("/")
        if href.startswith(("http://", "https://", "mailto:")) and bare not in shown:
            self._words.append(f" <{bare}>" if shown else bare)

    def _break_if_words(self) -> None:
        if self._words:
            self._break()

    def _break(self) -> None:
        line = "".join(self._words)
        self._words.clear()
        if not self._kept_blanks:
            line = _BLANKS.sub(" ", line).strip(" ")
        if line.strip():
            self._delimit(line)
            self._said = self._said or not self._depth
        mark = "> " * min(self._depth, 8)
        self._lines.append((mark + line).rstrip())

    def _delimit(self, line: str) -> None:
        """Write a delimiter above the first line of a signature, unless it has its own."""
        if self._unsigned and line.strip() != "--" and self._lines[-1] not in ("--", "-- "):
            self._lines.append("-- ")
        self._unsigned = False

    def _blank(self) -> None:
        mark = ("> " * min(self._depth, 8)).rstrip()
        if self._lines and self._lines[-1] != mark:
            self._lines.append(mark)
