"""Forwarded messages and app content within a message.

A forwarded message is an attachment with ``is_share``; beside it, ``text`` is what the forwarder wrote: often nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from channels.slack.workspace.files import link_of, safe_link

Json = Mapping[str, Any]
PlainText = Callable[[str], str]
"""From mrkdwn to the words that people see."""


def quotations(message: Json, plain: PlainText) -> str:
    """Each forwarded message as a quotation, with its author and link below; ``""`` if there is none."""
    return "\n\n".join(filter(None, (_quotation(shared, plain) for shared in _shared(message))))


def posted_by_app(message: Json, plain: PlainText) -> str:
    """Title and address of what an app posted for a person without any text, such as a GIF."""
    pictures = [block for block in message.get("blocks") or () if block.get("type") == "image"]
    lines = (_picture(picture, plain) for picture in (*(message.get("attachments") or ()), *pictures))
    return "\n".join(dict.fromkeys(filter(None, lines)))


def files(message: Json) -> tuple[Json, ...]:
    """The files with bytes of the message itself, then those of the messages that it forwards."""
    return tuple(file for file in _all_files(message) if not link_of(file))


def links(message: Json) -> tuple[Json, ...]:
    """The files that are no more than links: external files, canvases and lists."""
    return tuple(file for file in _all_files(message) if link_of(file))


def append_links(text: str, files: Iterable[tuple[str, str]]) -> str:
    """Return the text with the names and links of files below, except links that it has already."""
    lines = (f"{name}: {link}" if name else link for name, link in files if link not in text)
    return "\n".join(filter(None, (text, *lines)))


def _all_files(message: Json) -> tuple[Json, ...]:
    inner = (file for shared in _shared(message) for file in shared.get("files") or ())
    return (*(message.get("files") or ()), *inner)


def texts(message: Json) -> tuple[str, ...]:
    """The mrkdwn of the messages that it forwards."""
    return tuple(str(shared.get("text") or shared.get("fallback") or "") for shared in _shared(message))


def _shared(message: Json) -> Iterator[Json]:
    return (attachment for attachment in message.get("attachments") or () if attachment.get("is_share"))


def _quotation(shared: Json, plain: PlainText) -> str:
    words = plain(str(shared.get("text") or shared.get("fallback") or ""))
    author = " ".join(plain(str(shared.get("author_name") or shared.get("author_subname") or "")).split())
    below = ", ".join(filter(None, (author, safe_link(shared.get("from_url")))))
    lines = [f"> {line}".rstrip() for line in words.split("\n")] if words else []
    return "\n".join((*lines, *([f"— {below}"] if below else ())))


def _picture(picture: Json, plain: PlainText) -> str:
    title = picture.get("title") or picture.get("alt_text") or picture.get("fallback") or ""
    title = title.get("text", "") if isinstance(title, dict) else title
    names = ("image_url", "title_link", "from_url")
    link = next(filter(None, (safe_link(picture.get(name)) for name in names)), "")
    return " ".join((*plain(str(title)).split(), link)).strip()
