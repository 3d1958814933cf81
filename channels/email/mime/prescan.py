"""The prescan of raw bytes in the main process: anchors and limits, in linear time."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from bot.channel.protocols import Anchor, Letter, Mailbox
from channels.email.mime import headers

BLOCK, FIELD, CONTENT_FIELD, PARTS, DEPTH = 64 << 10, 8 << 10, 4 << 10, 1000, 50
"""Bytes of a header block, of one header, of a Content-* header; parts; levels of multiparts."""
MOST_ANCHORS = 100
_WANTED = re.compile(
    rb"^(?P<name>to|cc|delivered-to|x-original-to|envelope-to|in-reply-to|references|subject)[ \t]*:"
    rb"(?P<value>[^\n]*(?:\n[ \t][^\n]*)*)",
    re.IGNORECASE | re.MULTILINE,
)
_TRACE = re.compile(
    rb"(?:return-path|delivered-to|x-original-to|envelope-to|authentication-results|received-spf|received"
    rb"|arc-[a-z-]{1,40}|x-spam-[a-z-]{1,40})[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*",
    re.IGNORECASE,
)
_OWN_NAME = re.compile(rb"\n(?:[Dd][Aa][Tt][Ee]|[Mm][Ee][Ss][Ss][Aa][Gg][Ee]-[Ii][Dd])[ \t]*:")
"""Below the first line, for above it no trace can stand; letter by letter it takes a seventh of the time."""
_THREADING = frozenset({"in-reply-to", "references", "subject"})
_FIELD = re.compile(rb"[^\n]*\n?(?:[ \t][^\n]*\n?)*")
_BOUNDARY = re.compile(
    rb'boundary(\*[0-9*]{0,4})?[ \t]*=[ \t]*(?:\r?\n[ \t]+)?"?([^\s";\\]{0,200})', re.IGNORECASE
)
"""A boundary's first word. With a star (RFC 2231) it is coded, and what it is we leave to the parser."""
_ODD_LINE = re.compile(rb"^(?!From |[!-9;-~]+:)[^ \t\r\n]", re.MULTILINE)
_KNOWN = re.compile(
    rb"^(?:from|to|cc|subject|date|message-id|mime-version|received|content-(?:type|transfer-encoding))[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_ABOVE = re.compile(rb"(?:\xef\xbb\xbf|[ \t]*\r?\n){1,20}(?=[!-9;-~]{1,80}:)")
_BLANKS = re.compile(rb"\n[ \t]+(?=\r?\n(?!From |[ \t\r\n]|[!-9;-~]+[ \t]*:))")
_BLANK_NAME = re.compile(rb"^([!-9;-~]{1,80})[ \t]+:", re.MULTILINE)
_TAG = re.compile(r"(?<![A-Za-z0-9])CS-(\d{6,12})(?!\d)", re.IGNORECASE)


def anchors(letter: Letter, mailboxes: Sequence[Mailbox]) -> tuple[Anchor, ...]:
    """The anchors that may lead to a case, in order: tokens, ids (newest first), the subject's tag."""
    fields = _wanted(letter.raw)
    recipients = [value for name, value in fields if name not in _THREADING]
    recipients += [str(recipient) for recipient in letter.envelope.get("rcpt_tos") or ()]
    plus_parts = _plus_parts(tuple(mailbox.address for mailbox in mailboxes))
    tokens = (token.lower() for value in recipients for token in plus_parts.findall(value) if token)
    parents = [
        message_id for name, value in fields if name == "in-reply-to" for message_id in headers.ids(value)
    ]
    chain = [
        message_id for name, value in fields if name == "references" for message_id in headers.ids(value)
    ]
    subjects = (headers.decoded(value) for name, value in fields if name == "subject")
    tags = (tag for subject in subjects for tag in _TAG.findall(subject))
    all_anchors = [
        *(Anchor("token", token) for token in tokens),
        *(Anchor("id", message_id) for message_id in (*parents, *reversed(chain))),
        *(Anchor("tag", tag) for tag in tags),
    ]
    return tuple(dict.fromkeys(all_anchors))[:MOST_ANCHORS]


def is_tagged(subject: str) -> bool:
    """Has the subject a case's number?"""
    return bool(_TAG.search(subject))


def _wanted(raw: bytes) -> list[tuple[str, str]]:
    """The headers that can hold an anchor, names in lower case, values cut at the longest allowed."""
    raw = begun(raw)
    end = header_end(raw)
    return [
        (match["name"].decode().lower(), match["value"][:FIELD].decode("utf-8", "surrogateescape"))
        for match in _WANTED.finditer(raw, 0, min(end, BLOCK))
    ]


@lru_cache(maxsize=16)
def _plus_parts(addresses: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for any plus-address of ours that gives its plus-part; the longest address first."""
    own = sorted((address.rpartition("@") for address in addresses), key=len, reverse=True)
    pattern = "|".join(
        rf"(?<=(?<![a-z0-9.+_-]){re.escape(local)}\+)[a-z0-9._=-]{{1,64}}(?=@{re.escape(domain)}(?![a-z0-9.-]*[a-z0-9]))"
        for local, _, domain in own
    )
    return re.compile(pattern or r"(?!)", re.IGNORECASE)


def content_key(raw: bytes) -> str:
    """SHA-256 (hex) of a message without the last hop's trace headers, line ends and final blanks.

    The same for a copy that was sent again, or fetched by another door: what the last hop writes on top (one
    Received at most, and what stands around it) does not count. It does in mail with neither Date nor
    Message-ID: there nothing else tells a monitor's second alarm from its first.
    """
    end = len(raw) if len(raw) <= PIECE else between(raw, header_end(raw) + 4)
    head = raw[:end].replace(b"\r\n", b"\n")
    start = _trace_end(head) if _OWN_NAME.search(head, 0, header_end(head)) else 0
    digest = hashlib.sha256()
    for piece in trimmed(itertools.chain((head[start:],), pieces(raw, end))):
        digest.update(piece)
    return digest.hexdigest()


def _trace_end(raw: bytes) -> int:
    """Where the headers that the last hop wrote on top end."""
    start, received = 0, 0
    while match := _TRACE.match(raw, start):
        received += raw[start : start + 9].lower() in (b"received:", b"received ", b"received\t")
        if received > 1:
            break
        start = match.end()
    return start


def twin(raw: bytes, *named: str) -> str:
    """SHA-256 (hex) of what all copies of a mail share, whichever way each came.

    That is who and what it says it is (``named``), and its body without line ends' kind and final blanks.
    """
    start = header_end(raw)
    digest = hashlib.sha256(b"".join(name.encode("utf-8", "replace") + b"\0" for name in named))
    start = start if start < len(raw) else 0
    if len(raw) <= PIECE:
        digest.update(raw[start:].replace(b"\r\n", b"\n").strip(b"\n"))
        return digest.hexdigest()
    begun = False
    for piece in trimmed(pieces(raw, start)):
        text = piece if begun else piece.lstrip(b"\n")
        begun = begun or bool(text)
        digest.update(text)
    return digest.hexdigest()


def caps(raw: bytes) -> str | None:
    """The cap that a message exceeds, in words; None for every ordinary one."""
    if header_end(raw) > BLOCK:
        return f"its headers are longer than {BLOCK >> 10} KiB"
    if _many(raw) and len(delimiters(raw)) > PARTS:
        return f"it has more than {PARTS:,} parts"
    return None


def tamed(raw: bytes) -> bytes:
    """A message over a cap, cut so that reading it takes ordinary time; any other unchanged."""
    if header_end(raw) > BLOCK:
        raw = _short_headers(raw)
    if _many(raw):
        cuts = delimiters(raw)
        raw = raw[: cuts[PARTS]] if len(cuts) > PARTS else raw
    return raw


def mended(raw: bytes) -> bytes:
    """A message in which a broken line among its headers continues the header above it.

    A line of blanks separates headers from text. What stands above the first header is left out. The blank of
    ``X :`` is removed (RFC 5322, section 4.5). Where no known header follows, the text has begun.
    """
    raw = _parted(begun(raw))
    end = min(header_end(raw), BLOCK)
    odd = _ODD_LINE.search(raw, 0, end)
    if odd is None or not _KNOWN.search(raw, odd.start(), end):
        return raw
    last = max(match.start() for match in _KNOWN.finditer(raw, odd.start(), end))
    head = _BLANK_NAME.sub(rb"\1:", raw[odd.start() : last])
    return (
        raw[: odd.start()] + _ODD_LINE.sub(rb" \g<0>", head) + _BLANK_NAME.sub(rb"\1:", raw[last:], count=1)
    )


def begun(raw: bytes) -> bytes:
    """A message without a byte order mark or empty lines above its first header (scripts leave them)."""
    above = _ABOVE.match(raw)
    below = raw[above.end() :] if above else raw
    return below if above and _KNOWN.search(below, 0, header_end(below)) else raw


def _parted(raw: bytes) -> bytes:
    """The message with a line of blanks as separator, if what follows is neither header nor continuation."""
    blanks = _BLANKS.search(raw, 0, min(header_end(raw), BLOCK))
    return raw[: blanks.start() + 1] + raw[blanks.end() :] if blanks else raw


def header_end(raw: bytes) -> int:
    """Where the header block ends: at the empty line, with any kind of line end."""
    return _header_end(raw) if len(raw) <= BLOCK else _header_end.__wrapped__(raw)


@lru_cache(maxsize=8)
def _header_end(raw: bytes) -> int:
    """The same; each mail is asked several times, and a short one may be remembered."""
    for reach in (BLOCK + 2, len(raw)):
        empty = raw.find(b"\n\r\n", 0, reach)
        bare = raw.find(b"\n\n", 0, empty + 1 if empty >= 0 else reach)
        if bare >= 0 or empty >= 0:
            return bare if bare >= 0 else empty
    return len(raw)


def _short_headers(raw: bytes) -> bytes:
    """The message with long headers cut, those beyond the block's size dropped, the body unchanged."""
    end = header_end(raw)
    fields, room = [], BLOCK
    for field in header_fields(raw[:end]):
        short = field.rstrip(b"\r\n")[:FIELD] + b"\n"
        room -= len(short)
        if room < 0:
            break
        fields.append(short)
    return b"".join(fields) + raw[end + 1 :]


def header_fields(block: bytes) -> Iterator[bytes]:
    """The headers of a block with bare line ends, each with its continuation lines."""
    start = 0
    while start < len(block) and (match := _FIELD.match(block, start)):
        yield match[0]
        start = max(match.end(), start + 1)


def _many(raw: bytes) -> bool:
    return raw.count(b"--") > PARTS and raw.count(b"\n--") + raw.count(b"\r--") > PARTS


def delimiters(raw: bytes) -> list[int]:
    """Where the lines that may begin a part start, in order; over the cap, one more than that."""
    lower = raw.lower()  # to look for a word in any case takes ten times as long
    declarations = (_BOUNDARY.match(raw, at) for at in _places(lower, b"boundary"))
    boundaries = list(itertools.islice(filter(None, declarations), PARTS))
    names = {boundary[2] for boundary in boundaries}
    few = len(names) <= DEPTH and not any(boundary[1] for boundary in boundaries)
    ends = (b"\n--", b"\r--") if b"\r--" in raw else (b"\n--",)
    marks = [end + name for end in ends for name in (names if few else (b"",))]
    return sorted({at for mark in marks for at in itertools.islice(_places(raw, mark), PARTS + 1)})[
        : PARTS + 1
    ]


def _places(raw: bytes, mark: bytes) -> Iterator[int]:
    at = raw.find(mark)
    while at >= 0:
        yield at
        at = raw.find(mark, at + len(mark))


PIECE = 1 << 20
"""Bytes."""


def pieces(raw: bytes, start: int) -> Iterator[bytes]:
    """The rest of a message with bare line ends, a megabyte at a time."""
    while start < len(raw):
        end = between(raw, start + PIECE)
        yield raw[start:end].replace(b"\r\n", b"\n")
        start = end


def trimmed(all_pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces of a message without the line ends at its very end."""
    ends = 0
    for piece in all_pieces:
        text = piece.rstrip(b"\n")
        if text:
            yield b"\n" * ends + text
            ends = 0
        ends += len(piece) - len(text)


def between(raw: bytes, at: int) -> int:
    """The first position from here on, or the end, that is not within a line end."""
    while raw[at - 1 : at] == b"\r":
        at += 1
    return min(at, len(raw))
