"""Forwarded messages and app content within a message.

A forwarded message is an attachment with ``is_share``; beside it, ``text`` is what the forwarder wrote: often nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]
PlainText = Callable[[str], str]
"""From mrkdwn to the words that people see."""


def quotations(said: Json, plain: PlainText) -> str:
    """Each forwarded message as a quotation, its author and link below it; ``""`` if there is none."""
    return "\n\n".join(filter(None, (_quotation(shared, plain) for shared in _shared(said))))


def posted_by_app(said: Json, plain: PlainText) -> str:
    """What an app posted for a person without any text, as a GIF: its title and address."""
    pictures = [one for one in said.get("blocks") or () if one.get("type") == "image"]
    found = (_picture(one, plain) for one in (*(said.get("attachments") or ()), *pictures))
    return "\n".join(dict.fromkeys(filter(None, found)))


def files(said: Json) -> tuple[Json, ...]:
    """The files of the message itself, then those of the messages that it forwards."""
    inner = (file for shared in _shared(said) for file in shared.get("files") or ())
    return (*(said.get("files") or ()), *inner)


def _shared(said: Json) -> Iterator[Json]:
    return (one for one in said.get("attachments") or () if one.get("is_share"))


def _quotation(shared: Json, plain: PlainText) -> str:
    words = plain(str(shared.get("text") or shared.get("fallback") or ""))
    author = " ".join(plain(str(shared.get("author_name") or shared.get("author_subname") or "")).split())
    below = ", ".join(filter(None, (author, _link(shared, "from_url"))))
    lines = [f"> {line}".rstrip() for line in words.split("\n")] if words else []
    return "\n".join((*lines, *([f"— {below}"] if below else ())))


def _picture(one: Json, plain: PlainText) -> str:
    title = one.get("title") or one.get("alt_text") or one.get("fallback") or ""
    title = title.get("text", "") if isinstance(title, dict) else title
    link = next(filter(None, (_link(one, name) for name in ("image_url", "title_link", "from_url"))), "")
    return " ".join((*plain(str(title)).split(), link)).strip()


def _link(one: Json, name: str) -> str:
    link = str(one.get(name) or "")
    return link if link.startswith("https://") and not any(sign.isspace() for sign in link) else ""
