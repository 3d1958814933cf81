"""Markdown: front matter, or the first heading and the lines below it, and the text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.articles.draft import LONGEST_URL, Draft, clean, drafted

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*\n?", re.DOTALL | re.MULTILINE)
_PAIR = re.compile(r"(\w[\w-]*)[ \t]*:[ \t]*(.*)")
_HEADING = re.compile(r"^#[ \t]+(\S.*)$|^([^\n#>\-*].*)\n={3,}[ \t]*$", re.MULTILINE)
_FACTS = ("title", "keywords", "tags", "url", "language", "lang", "description", "draft", "published")
"""What is understood; the rest belongs to whatever makes pages of it."""


def read(source: str) -> Draft | None:
    """The article of a Markdown file; None for what is not published. Raises ``Unfit``."""
    text = clean(source)
    front = _FRONT.match(text)
    said = _facts(front[1]) if front else {}
    text = _without_comments(text[front.end() :] if front else text)
    heading = _HEADING.search(text)
    if heading:
        head, text = text[: heading.start()], text[heading.end() :]
        below, text = _below(text)
        said, text = {**below, **said}, head + text
    if said.get("draft", "").lower() == "true" or said.get("published", "").lower() == "false":
        return None
    title = said.get("title") or (heading and (heading[1] or heading[2])) or ""
    return drafted(
        _plain(title),
        f"{said.get('description', '')}\n\n{text.strip()}",
        keywords=said.get("keywords") or said.get("tags", ""),
        language=said.get("language") or said.get("lang", ""),
        url=said.get("url", "") if "://" in said.get("url", "") else "",
    )


def _without_comments(text: str) -> str:
    """One that does not end hides the rest."""
    shown, *hidden = text.split("<!--")
    return shown + "".join(part.partition("-->")[2] for part in hidden)


def _facts(front: str) -> dict[str, str]:
    """``key: value`` lines; a list is its items with commas between."""
    found: dict[str, str] = {}
    key = ""
    for row in front.splitlines():
        if pair := _PAIR.fullmatch(row.rstrip()):
            key = pair[1].lower()
            found[key] = pair[2].strip("[]\"' ")
        elif key and len(found[key]) < LONGEST_URL and row.lstrip().startswith("- "):
            found[key] = f"{found[key]}, {row.strip()[2:]}".strip(", \"'")
    return {name: value for name, value in found.items() if name in _FACTS}


def _below(text: str) -> tuple[Mapping[str, str], str]:
    """The ``keywords:`` lines right below the heading, and what follows them."""
    found: dict[str, str] = {}
    rows = text.lstrip("\n").split("\n")
    for at, row in enumerate(rows):
        pair = _PAIR.fullmatch(row.strip())
        if not pair or pair[1].lower() not in _FACTS:
            return found, "\n".join(rows[at:])
        found[pair[1].lower()] = pair[2]
    return found, ""


def _plain(title: str) -> str:
    """Without emphasis, code, links and the closing ``#``."""
    return re.sub(r"[*`]|\[([^\]]*)\]\([^)]*\)", r"\1", title[:LONGEST_URL].rstrip("# \t"))
