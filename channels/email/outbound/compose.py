"""The composer of mail: every header cleaned and folded."""

from __future__ import annotations

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.generator import BytesGenerator
from email.header import Header
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import Compat32, Policy
from email.utils import format_datetime, quote, unquote
from functools import lru_cache
from io import BytesIO

from bot.channel.mail_merge import ID, SHORT, Blank, Blanks, Files, MergeBody
from bot.channel.outbound import Posting, Words
from bot.model.identity import Identity
from bot.model.message import Attachment
from channels.email.mime import message_id_marker

LOOP = "X-Casebot-Loop"
"""On every mail of ours, so that we know it again when it comes back."""
_BOUNDARY = "=_casebot"
"""``=_`` never occurs in quoted-printable (RFC 2045, section 6.7); text that holds this is never sent as it is."""
_WIDTH = 76
_ROOM, _SOFT = "x" * SHORT, b"=\r\n"
"""As long as what goes into a blank may be, and a line's end in quoted-printable that is none of the text's."""
_LONGEST_NAME = 120
_LONGEST_SUBJECT = 600


def compose(posting: Posting, mailbox_name: str, domain: str) -> bytes:
    """The mail's bytes, CRLF throughout, no line over 998 (RFC 5322, section 2.1.1).

    ``mailbox_name``: the configured name of ``posting.mailbox``. ``domain``: the desk's own, for the
    loop header. Pure, and never fails because of what a text, a name or an address contains.
    """
    mark = message_id_marker.local(posting.message_id)
    body = _body(posting.words, Blanks(), posting.files, mark=mark, number=posting.id, plain=True)
    return compose_head(posting, posting.words.subject, mailbox_name, domain) + body.content


def compose_head(posting: Posting, subject: str, mailbox_name: str, domain: str) -> bytes:
    """All headers that are its reader's own; those of the body follow."""
    headers = _headers(posting, subject, mailbox_name, domain)
    written = "".join([f"{name}: {value}\r\n" for name, value in headers])
    return written.encode("ascii") + b"MIME-Version: 1.0\r\n"


def compose_body(words: Words, blanks: Blanks, files: Files, *, number: int, plain: bool) -> MergeBody:
    """What all readers of a notice get (``bot.channel.mail_merge.Merging``)."""
    return _body(words, blanks, files, mark=blanks.sign(ID), number=number, plain=plain)


def _body(words: Words, blanks: Blanks, files: Files, *, mark: str, number: int, plain: bool) -> MergeBody:
    """The text and HTML parts, and the files beside them. The stdlib's generator takes four times as long."""
    markup = message_id_marker.mark(words.html, mark)
    parts = [_part("plain", words.text, blanks, plain=plain), _part("html", markup, blanks, plain=plain)]
    both = _multipart("alternative", f"{_BOUNDARY}_{number}", parts)
    if not files:
        return _joined(both)
    enclosed = (enclosure(file, content, policy=_FOLDED) for file, content in files)
    pieces = [both, *([(_generated(file), _NOTHING)] for file in enclosed)]
    return _joined(_multipart("mixed", f"{_BOUNDARY}_{number}_files", pieces))


def in_form(value: str, form: str) -> bytes:
    """A value as it is written into a blank, in quoted-printable or as it is."""
    return _quoted(value) if form == _QUOTED else value.encode("ascii")


_QUOTED = "quoted-printable"
_Piece = tuple[bytes, tuple[str, bool, str]]
"""Bytes, and the blank behind them: what goes there, whether into HTML, and in which form."""
_NOTHING = ("", False, "")


def _joined(pieces: Iterable[_Piece]) -> MergeBody:
    content, blanks = bytearray(), []
    for written, blank in pieces:
        content += written
        if blank[0]:
            blanks.append(Blank(len(content), *blank))
    return MergeBody(bytes(content), tuple(blanks))


def _multipart(kind: str, boundary: str, parts: Sequence[Sequence[_Piece]]) -> list[_Piece]:
    """A multipart: its header, and the parts between its boundary (RFC 2046, section 5.1)."""
    header = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n'.encode("ascii")
    between = f"\r\n--{boundary}\r\n".encode("ascii")
    pieces = [(header, _NOTHING)]
    for part in parts:
        pieces += [(between, _NOTHING), *part]
    return [*pieces, (between[:-2] + b"--\r\n", _NOTHING)]


def cleaned(text: str) -> str:
    """One line of visible text: controls, separators, lone surrogates and runs of blanks become one blank."""
    return " ".join(_UNFIT.sub(" ", text).split())


def _headers(posting: Posting, subject: str, mailbox_name: str, domain: str) -> list[tuple[str, str]]:
    author = cleaned(posting.author)
    shown = f"{author} via {mailbox_name}" if author else mailbox_name
    headers = [
        ("From", _address("From", Identity("email", posting.mailbox, shown))),
        ("To", _address("To", posting.to) or "undisclosed-recipients:;"),
        (
            "Reply-To",
            _address("Reply-To", Identity("email", posting.reply_to, posting.reply_name or mailbox_name)),
        ),
        ("Subject", _folded("Subject", cleaned(subject)[:_LONGEST_SUBJECT])),
        ("Date", _date(posting.at or datetime.now(UTC))),
        ("Message-ID", posting.message_id),
        *_threading(posting),
        (LOOP, cleaned(domain)),
    ]
    if posting.automatic:
        # RFC 3834, section 3.1.7. No Precedence: section 3.1.8 advises against it, and "bulk" costs delivery.
        headers += [
            ("Auto-Submitted", "auto-replied" if posting.in_reply_to else "auto-generated"),
            ("X-Auto-Response-Suppress", "All"),
        ]
    return [(name, value) for name, value in headers if value]


def _threading(posting: Posting) -> list[tuple[str, str]]:
    """In-Reply-To and References (RFC 5322, section 3.6.4), the latter with its first 4 and last 6 ids."""
    parent = posting.in_reply_to if _MESSAGE_ID.fullmatch(posting.in_reply_to) else ""
    ids = [i for i in posting.references if _MESSAGE_ID.fullmatch(i)]
    if parent and parent not in ids:
        ids.append(parent)
    if len(ids) > 10:
        ids = ids[:4] + ids[-6:]
    return [("In-Reply-To", parent), ("References", "\r\n ".join(ids))]


@lru_cache(maxsize=1024)
def _address(header: str, who: Identity) -> str:
    """``Name <address>``, or ``""`` if no mail header can carry the address."""
    address = _written(cleaned(who.address))
    name = cleaned(who.name)[:_LONGEST_NAME].strip()
    if not address or not name:
        return address
    if _plain(name):
        phrase = f'"{quote(name)}"' if _SPECIAL.search(name) else name
    else:
        phrase = Header(name, "utf-8", maxlinelen=_WIDTH, header_name=header).encode(linesep="\r\n")
    blank = " " if len(f"{header}: {phrase} <{address}>") <= _WIDTH else "\r\n "
    return f"{phrase}{blank}<{address}>"


def _written(address: str) -> str:
    """An address as a header may carry it: the local part quoted if need be, the domain in ASCII."""
    local, _, domain = address.rpartition("@")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    local = unquote(local)
    if not (_QUOTABLE.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        return ""
    return f"{local}@{domain}" if _LOCAL.fullmatch(local) else f'"{quote(local)}"@{domain}'


_date = lru_cache(maxsize=16)(format_datetime)


@lru_cache(maxsize=256)
def _folded(header: str, text: str) -> str:
    """A text header's value: our tag unencoded, to be found by; the rest encoded if need be (RFC 2047)."""
    if _plain(text) and len(header) + 2 + len(text) <= _WIDTH:
        return text
    encoded = Header(maxlinelen=_WIDTH, header_name=header)
    tag, words = _TAG.match(text), text
    if tag:
        encoded.append(tag[1], "us-ascii")
        words = text[tag.end() :]
    encoded.append(words, "us-ascii" if _plain(words) else "utf-8")
    return encoded.encode(linesep="\r\n")


def _plain(text: str) -> bool:
    """Can it stand in a header unencoded, and be folded at its blanks?"""
    return text.isascii() and "=?" not in text and not _LONG_WORD.search(text)


def _part(kind: str, text: str, blanks: Blanks, *, plain: bool) -> list[_Piece]:
    """A part with its header; a blank in quoted-printable stands between soft line breaks."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").replace("\n", "\r\n") + "\r\n"
    split = list(blanks.split(lines))
    pieces = [piece for piece, _ in split]
    if plain and _seven_bit(_ROOM.join(pieces)):
        way = "7bit"
        written = [piece.encode("ascii") for piece in pieces]
    else:
        way, apart = _QUOTED, f"\r\n{blanks.sign(ID)}\r\n"
        written = _quoted(apart.join(pieces)).split(apart.encode("ascii"))
        written[:-1] = [piece + _SOFT for piece in written[:-1]]
        written[1:] = [_SOFT + piece for piece in written[1:]]
    header = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {way}\r\n\r\n'
    places = [(field, kind == "html", way) for _, field in split]
    return [(header.encode("ascii"), _NOTHING), *zip(written, places, strict=True)]


def _quoted(text: str) -> bytes:
    written = b2a_qp(text.encode("utf-8", "replace"), istext=True)
    return written if "\n" in text else written.replace(b"\n", b"\r\n")  # it breaks lines as the text does


def _seven_bit(lines: str) -> bool:
    """May it be sent unencoded (RFC 2045, section 2.7)? Not a line that some mail system would change."""
    return (
        lines.isascii()
        and "\nFrom " not in lines
        and not lines.startswith("From ")
        and " \r\n" not in lines
        and "\0" not in lines
        and _BOUNDARY not in lines
        and max(map(len, lines.split("\r\n"))) <= 990
    )


class _Folded(Compat32):
    """A policy without folding: the stdlib encodes every header anew (20 µs each); ours are folded."""

    linesep = "\r\n"

    def fold_binary(self, name: str, value: str) -> bytes:
        return f"{name}: {value}\r\n".encode("ascii")


class _Generator(BytesGenerator):
    """Writes a body at once: the stdlib's writes line by line."""

    def _handle_text(self, part: MIMENonMultipart) -> None:
        self.write(str(part.get_payload()))


def _generated(part: MIMENonMultipart) -> bytes:
    buffer = BytesIO()
    _Generator(buffer, mangle_from_=False, policy=_FOLDED).flatten(part)
    return buffer.getvalue()


_FOLDED = _Folded()
_UNFIT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_SPECIAL = re.compile(r"[^A-Za-z0-9!#$%&\'*+/=?^_`{|}~ -]")
_LONG_WORD = re.compile(r"\S{60}")
_TAG = re.compile(r"(\[[A-Za-z]{1,10}-[0-9]{1,12}\]) (?=.)")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_QUOTABLE = re.compile(r"[^<>@,;:\x00-\x1f\x7f-\U0010ffff]{1,250}")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[A-Za-z0-9.:]+\]")


_TYPE = re.compile(r"(?!message/|multipart/)([a-z0-9][a-z0-9.+-]{0,60})/([a-z0-9][a-z0-9.+-]{0,60})")
_LINE = 57  # bytes that make 76 letters (RFC 2045, section 6.8)
_LONGEST_FILE_NAME = 80


def enclosure(file: Attachment, content: bytes, *, policy: Policy) -> MIMENonMultipart:
    """One file as a base64 part (RFC 2183).

    A type that is odd, or that mail systems open, is not passed on.
    """
    match = _TYPE.fullmatch(file.type.lower())
    main, sub = match.groups() if match else ("application", "octet-stream")
    part = MIMENonMultipart(main, sub, policy=policy)
    part["Content-Transfer-Encoding"] = "base64"
    name = _short(file.name) or "file"
    part.add_header(
        "Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name)
    )
    pieces = (content[at : at + _LINE] for at in range(0, len(content), _LINE))
    part.set_payload("".join(b2a_base64(piece, newline=False).decode("ascii") + "\r\n" for piece in pieces))
    return part


def _short(name: str) -> str:
    """The name without controls, cut at its start: the ending says what it is."""
    visible = "".join(c for c in name if c.isprintable() and c not in '"\\')
    return visible[-_LONGEST_FILE_NAME:]
