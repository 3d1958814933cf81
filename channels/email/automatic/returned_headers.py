"""What came back with a report: the headers of the mail that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from channels.email.automatic import smtp_codes
from channels.email.mime import headers
from channels.email.mime.message import Mail

MOST_BYTES, MOST_LINES, MOST_PARTS = 64 << 10, 1000, 20
_WHOLE = ("message/rfc822", "message/global", "text/rfc822-headers", "message/partial", "message/global-headers",
          "message/rfc822-headers", "text/rfc822", "text/rfc822-header")  # fmt: skip
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60})[ \t]{0,4}:(.*)")
_FIRST = re.compile(
    r"(?:received|return-path|message-id|mime-version|dkim-signature|x-received|x-google-smtp-source"
    r"|delivered-to"
    r"|x-ymail-osg|arc-seal|x-apparently-from)[ \t]{0,4}:",
    re.IGNORECASE,
)
_MARK = re.compile(
    r"[\s>*=_|-]{0,80}(?:below this line is a copy|this is a copy of|below is a copy of|enclosed is a copy"
    r"|original message|message headers follow|the header of the original|included is a copy|returned message"
    r"|unsent message|original mail info|returned mail follows|message text follows"
    r"|original headers|header of the message)",
    re.IGNORECASE,
)
_FOR = re.compile(r"\bfor <([^<>\s]{3,320})>")
ReturnedFields = tuple[tuple[str, str], ...]


def cut(text: str) -> tuple[list[str], list[str]]:
    """The lines of a report's own words, and those of the returned mail below them."""
    lines = [line[:1000] for line in text.splitlines()[:MOST_LINES]]
    for at, line in enumerate(lines):
        if _MARK.match(line) or (_FIRST.match(line) and _is_block(lines[at : at + 9])):
            return lines[:at], lines[at:]
    return lines, []


def came_back(mail: Mail) -> bool:
    """Has it a part that is another mail, or the headers of one?"""
    return any(file.type in _WHOLE for file in mail.files[:MOST_PARTS])


def fields(mail: Mail, below: Sequence[str]) -> ReturnedFields:
    """The returned mail's headers, names in lower case: from a part, else from below the words."""
    for file in mail.files[:MOST_PARTS]:
        if file.type in _WHOLE and (header_fields := _block(_lines(file.data))):
            return header_fields
    start = next((at for at, line in enumerate(below) if _FIELD.fullmatch(line)), len(below))
    header_fields = _block(below[start:])
    if header_fields:
        return header_fields
    return next(
        (
            header_fields
            for file in mail.files[:MOST_PARTS]
            if len(header_fields := _block(_lines(file.data))) > 3
        ),
        (),
    )


def block(data: bytes) -> ReturnedFields:
    """The header fields that a part begins with."""
    return _block(_lines(data))


def originals(header_fields: ReturnedFields) -> tuple[str, ...]:
    """The returned mail's Message-IDs and envelope senders."""
    ids = [
        message_id
        for name, value in header_fields
        if name.endswith("message-id")
        for message_id in headers.ids(value)
    ]
    paths = [
        smtp_codes.address(value)
        for name, value in header_fields
        if name in ("return-path", "x-envelope-from")
    ]
    return tuple(dict.fromkeys(original_id for original_id in (*ids, *paths) if original_id))[:10]


def addressees(header_fields: ReturnedFields) -> Iterator[str]:
    """The returned mail's recipients, the most certain first."""
    for wanted in ("x-original-to", "delivered-to", "envelope-to", "to", "cc"):
        for name, value in header_fields:
            if name == wanted:
                yield from (address for _, _, address in smtp_codes.addresses(value))
    for name, value in header_fields:
        if name == "received" and (match := _FOR.search(value)) and (address := smtp_codes.address(match[1])):
            yield address


def _is_block(lines: Sequence[str]) -> bool:
    named = sum(1 for line in lines if _FIELD.fullmatch(line))
    folded = sum(1 for line in lines[1:] if line[:1] in (" ", "\t") and line.strip())
    return named >= 2 and named + folded >= 3


def _lines(data: bytes) -> list[str]:
    words = data[:MOST_BYTES].decode("utf-8", "replace")
    return [line[:2000] for line in words.splitlines()[:MOST_LINES]]


def _block(lines: Sequence[str]) -> ReturnedFields:
    """Header fields up to the first blank line, unfolded; other lines between them are skipped."""
    header_fields: list[tuple[str, str]] = []
    for line in lines:
        if not line.strip():
            if header_fields:
                break
        elif line[0] in " \t" and header_fields:
            name, value = header_fields[-1]
            header_fields[-1] = (name, f"{value} {line.strip()}"[:2000])
        elif match := _FIELD.fullmatch(line):
            header_fields.append((match[1].lower(), match[2].strip()))
    return tuple(header_fields)
