"""An article as it was parsed from a file or a page, before it is in the store."""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import astuple, dataclass
from urllib.parse import quote, urlsplit

from bot.articles.stemmer import stems
from store.articles.article import Stems

LONGEST_TITLE, LONGEST_TEXT, LONGEST_HEADINGS, LONGEST_URL = 200, 100_000, 10_000, 2000
"""Characters that are kept."""
MOST_STEMS = 3000
"""Words of an article by which it is found."""
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)

_NUMBER = re.compile(r"^(?:\d{1,3}|[A-Z])(?:\.\d{1,3})+\.\s+(?=\S)")
"""A section's number, as manuals count them: 5.3. or B.4.1."""
_NO_CHARSETS = ("idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape")


class UnfitArticle(Exception):
    """A file or page that cannot become an article; the message tells the operator why."""


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """The contents of one file or page."""

    title: str
    text: str
    keywords: str = ""
    language: str = ""
    url: str = ""
    """Where people read it (http or https), or empty."""
    headings: str = ""
    """Of its sections, one a line."""

    @property
    def hash(self) -> str:
        """A hash of its words."""
        return hashlib.sha256("\0".join(map(str, astuple(self))).encode()).hexdigest()

    @property
    def stems(self) -> Stems:
        """The stems by which it is found."""
        body = [*stems(self.headings) * 2, *stems(self.text)][:MOST_STEMS]  # a heading is in the text as well
        return Stems(" ".join(stems(self.title)), " ".join(stems(self.keywords)), " ".join(body))


def drafted(
    title: str, text: str, *, keywords: str = "", language: str = "", url: str = "", headings: str = ""
) -> ParsedArticle:
    """A cleaned article. Raises ``UnfitArticle`` without a title or words."""
    title, text = _NUMBER.sub("", line(title))[:LONGEST_TITLE], clean(text).strip()[:LONGEST_TEXT]
    if not title:
        raise UnfitArticle("it has no title")
    if not stems(f"{title} {text}"):
        raise UnfitArticle("it says nothing by which it could be found")
    return ParsedArticle(
        title,
        text,
        keywords=line(keywords)[:2000],
        language=line(language)[:35].lower(),
        url=address(url) if url else "",
        headings=clean(headings).strip()[:LONGEST_HEADINGS],
    )


def clean(text: str) -> str:
    r"""Text without controls; ``\\n`` between lines."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def line(text: str) -> str:
    """The text in one line."""
    return " ".join(clean(text).split())


def address(url: str) -> str:
    """An http or https URL without anything that could end a link early. Raises ``UnfitArticle``."""
    try:
        parts = urlsplit(url.strip())
        fits = parts.scheme in ("http", "https") and parts.hostname and not parts.username
    except ValueError:
        fits = False
    if not fits or len(url) > LONGEST_URL:
        raise UnfitArticle(f"its address is no http(s) URL: {url.strip()[:200]}")
    return quote(url.strip(), safe="%/:?#[]@!$&'()*+,;=~")


def _is_charset(name: str) -> bool:
    """Is it a charset of text? Python has codecs for host names and string literals, too."""
    try:
        return codecs.lookup(name).name.replace("-", "_") not in _NO_CHARSETS
    except (LookupError, ValueError):
        return False


def decoded(data: bytes, charset: str = "") -> str:
    """The text of a file: as declared, else UTF-8, else Windows-1252."""
    for name in (charset, "utf-8-sig"):
        try:
            return data.decode(name if _is_charset(name) else "utf-8-sig")
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")
