"""A careful parser's reading of a message, as its ``.json`` has it, in measures that ours has too."""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channels.email.encoding import charset, transfer_encoding
from channels.email.formats import html_to_text
from channels.email.mime.attachment import File
from channels.email.mime.message import Mail
from channels.text import clean

Body = dict[str, Any]
_UNREAD = re.compile("( ?\ufffd[\ufffd ]*)")


@dataclass(frozen=True, slots=True)
class Careful:
    """What it says; None where it says nothing."""

    subject: str | None
    sender: str | None
    """The address in From, lower case, if there is exactly one."""
    plain: str
    page: str
    """The text of its plain bodies, and that of its HTML bodies, each with single blanks."""
    sizes: tuple[int, ...]
    """Of its attachments, in ascending order: bytes, or letters (without blanks) where it is text."""

    doubtful_sizes: tuple[int, ...]
    """With what is doubtful counted in."""
    doubtful: tuple[str, ...]
    """The texts that it puts aside as attachments because something about their MIME is broken.

    Delimiters that the message declares are left out, with the headers below them: they are nobody's words.
    """
    shown: tuple[int, ...]
    """The sizes of texts of which it has another wording too: we show one, and keep the other if it says more."""
    refused: bool
    """It rests on UTF-7, which we do not read."""

    @classmethod
    def of(cls, file: Path, raw: bytes) -> Careful:
        """The reading in a file in the form of mail-parser's tests (JMAP's parts, RFC 8621, section 4.1.4)."""
        told = json.loads(file.read_text("utf-8"))
        parts, top = told["parts"], told["parts"][0]["headers"]
        kept = dict.fromkeys((*told["attachments"], *_pictures(told)))
        doubtful = [n for n in kept if _doubtful(parts[n])]
        within = [size for n in told["text_body"] for size in _within(parts[n]["body"])]
        return cls(
            subject=next((_text(one["value"]) for one in reversed(top) if one["name"] == "subject"), None),
            sender=_sender(top),
            plain=blanks(" ".join(_words(parts[n]["body"]) for n in told["text_body"])),
            page=blanks(" ".join(_words(parts[n]["body"]) for n in told["html_body"])),
            sizes=tuple(sorted((*within, *(_size(parts[n], raw) for n in kept if n not in doubtful)))),
            doubtful_sizes=tuple(sorted((*within, *(_size(parts[n], raw) for n in kept)))),
            doubtful=tuple(blanks(_unframed(_words(parts[n]["body"]), parts)) for n in doubtful),
            shown=tuple(_size(parts[n], raw) for n in {*told["text_body"]} ^ {*told["html_body"]}),
            refused=b"utf-7" in raw.lower(),
        )


def agrees(ours: str, theirs: str) -> bool:
    """Is it the same text, each with single blanks?

    What they could not read stands for anything of about its length.

    A U+FFFD of theirs is a byte or a character: no more than two characters of ours, and four of them at least one.
    White space between and around them may be unread too.
    """
    first, *rest = _UNREAD.split(theirs)
    wanted = [re.escape(first)]
    for run, words in zip(rest[::2], rest[1::2], strict=True):
        count = run.count("\ufffd")
        wanted.append(f".{{{count // 4},{count + len(run)}}}{re.escape(words)}")
    return re.fullmatch("".join(wanted), ours, re.DOTALL) is not None


def blanks(text: str) -> str:
    """Every run of white space as one blank."""
    return " ".join(clean(text).split())


def sizes(mail: Mail) -> tuple[int, ...]:
    """Those of our reading, in the same measure."""
    return tuple(sorted(map(_ours, mail.files)))


def _ours(file: File) -> int:
    if file.type.startswith("text/"):
        return _letters(charset.decode(file.data))
    return len(file.data.strip()) if file.type == "message/rfc822" else len(file.data)


def _letters(text: str) -> int:
    return sum(map(len, text.split()))


def _text(value: Any) -> str | None:
    return str(value["Text"]) if isinstance(value, dict) and "Text" in value else None


def _sender(top: list[dict[str, Any]]) -> str | None:
    found = [one["value"]["Address"] for one in top if one["name"] == "from" and "Address" in one["value"]]
    people = found[0].get("List", []) if len(found) == 1 else []
    address = people[0].get("address") if len(people) == 1 else None
    return str(address).lower() if address and "@" in address else None


def _pictures(told: dict[str, Any]) -> Iterator[int]:
    """What it shows within the text, and we keep as a file."""
    for number in (*told["text_body"], *told["html_body"]):
        if not {"Text", "Html"} & told["parts"][number]["body"].keys():
            yield number


def _words(body: Body) -> str:
    """The text of a body, with HTML and uuencoded files turned into words and files as we do.

    Both are left to its callers.
    """
    if "Html" in body:
        return html_to_text.to_text(body["Html"])
    return transfer_encoding.uuencoded(str(body.get("Text", "")).encode())[0].decode()


def _unframed(words: str, parts: list[dict[str, Any]]) -> str:
    """The words without lines that are MIME's own."""
    values = (one["value"] for part in parts for one in part["headers"] if one["name"] == "content_type")
    told = (value["ContentType"]["attributes"] or () for value in values if "ContentType" in value)
    names = {re.escape(one["value"]) for them in told for one in them if one["name"] == "boundary"}
    if not names:
        return words
    delimiter = rf"^--(?:{'|'.join(sorted(names))})(?:--)?[ \t]*\r?\n"
    header = r"(?i:Content-[a-z-]+:).*\n(?:[ \t].*\n)*"
    return re.sub(f"{delimiter}(?:{header})*", "", words, flags=re.MULTILINE)


def _within(body: Body) -> Iterator[int]:
    for _, data in transfer_encoding.uuencoded(str(body.get("Text", "")).encode())[1]:
        yield len(data)


def _kind(part: dict[str, Any]) -> str:
    values = (one["value"] for one in part["headers"] if one["name"] == "content_type")
    return next((str(value["ContentType"]["c_type"]) for value in values if "ContentType" in value), "text")


def _doubtful(part: dict[str, Any]) -> bool:
    broken = part["is_encoding_problem"] or _kind(part) == "multipart"
    return bool(broken and {"Text", "Html"} & part["body"].keys())


def _size(part: dict[str, Any], raw: bytes) -> int:
    body: Body = part["body"]
    if "Text" in body or "Html" in body:
        told = str(body.get("Text") or body.get("Html") or "")
        files = transfer_encoding.uuencoded(told.encode())[1]
        if files:
            return _letters(charset.decode(files[0][1]))
        return _letters(told) if _kind(part) in ("text", "multipart") else len(told.encode())
    if "Message" in body:
        return len(_plain(raw[part["offset_body"] : part["offset_end"]], part["headers"]).strip())
    data = bytes(body.get("Binary") or body.get("InlineBinary") or ())
    files = transfer_encoding.uuencoded(data)[1]
    return len(files[0][1]) if files else len(data)


def _plain(whole: bytes, headers: list[dict[str, Any]]) -> bytes:
    coded = any(
        one["name"] == "content_transfer_encoding" and _text(one["value"]) == "base64" for one in headers
    )
    return binascii.a2b_base64(whole) if coded else whole
