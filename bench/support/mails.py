"""The mails that the benches send: as people's programs write them, each with a marker, in an order that repeats.

About 6 kB each; plain, HTML, or both; in four languages, several charsets and every transfer encoding.
"""

from __future__ import annotations

import base64
import binascii
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.header import Header
from html import escape

from bench.support.speech import LANGUAGES, WEIGHTS, Language, spoken

DESK = "support@desk.example"
KINDS = {"new": 60, "reply": 25, "attachment": 10, "automatic": 5}
"""Of a hundred mails."""
SHAPES = {"plain": 45, "html": 15, "alternative": 40}
"""Likewise: text, HTML, or both as ``multipart/alternative``."""
CHARSETS = {
    "en": (("utf-8", "8bit"), ("utf-8", "quoted-printable"), ("utf-8", "base64"), ("windows-1252", "8bit")),
    "de": (("utf-8", "quoted-printable"), ("utf-8", "8bit"), ("iso-8859-1", "quoted-printable")),
    "fr": (("utf-8", "quoted-printable"), ("utf-8", "base64"), ("iso-8859-1", "8bit"), ("windows-1252", "8bit")),
    "ja": (("iso-2022-jp", "7bit"), ("utf-8", "base64"), ("utf-8", "8bit")),
}  # fmt: skip
"""Charset and transfer encoding, each as usual."""
SIZE = 6000
"""Bytes of a mail, headers included."""
_GROWS = {"base64": 1.37, "quoted-printable": 1.06}
"""By how much an encoding makes text longer."""
_STYLE = (
    "<style>body { font-family: Calibri, Arial, sans-serif; font-size: 11pt } p { margin: 0 0 8px }</style>"
)


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as its sender holds it: the same bytes however often it is sent."""

    marker: str
    """Occurs in this mail only: in its Message-ID, its subject and its text."""
    kind: str
    sender: str
    message_id: str
    data: bytes
    """CRLF, dots stuffed, with the line that ends it."""
    parent: str = ""
    """The Message-ID that it answers."""
    language: str = "en"

    @property
    def raw(self) -> bytes:
        """The message as its receiver has it."""
        return self.data[:-3].replace(b"\r\n..", b"\r\n.")


@dataclass(frozen=True, slots=True)
class _Way:
    """How one mail's words are written down."""

    shape: str
    charset: str
    encoding: str

    def bytes_of_text(self, size: int) -> int:
        """How much may be said in so many bytes."""
        room = size / _GROWS.get(self.encoding, 1)
        return int(room / {"plain": 1.0, "html": 1.15, "alternative": 2.3}[self.shape])


def new(marker: str, dice: random.Random, *, sender: str, kind: str = "new", size: int = SIZE) -> Mail:
    """A mail that opens a case: ``new``, ``attachment`` or ``automatic``.

    With a large ``size``, the file is.
    """
    code = dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    language, way = LANGUAGES[code], _way(code, dice)
    headers = [b"Subject: " + _header(language.subject.format(marker), way.charset)]
    if kind == "automatic":
        headers += [b"Auto-Submitted: auto-generated", b"Precedence: bulk"]
    room = (min(size, SIZE) // 3 if kind == "attachment" else size) - 600
    words = _words(language, marker, dice, room=way.bytes_of_text(room), charset=way.charset)
    lines = _body(way, words)
    if kind == "attachment":
        lines = _multipart("mixed", [lines, _file(marker, dice, max(size - 2500, 1500))])
    return _mail(marker, kind, sender, headers=headers, lines=lines, language=code)


def reply(marker: str, dice: random.Random, *, to: Mail) -> Mail:
    """The same person writes once more in the thread that ``to`` began, and quotes it as programs do."""
    language, way = LANGUAGES[to.language], _way(to.language, dice)
    subject = "Re: " + language.subject.format(to.marker)
    headers = [b"Subject: " + _header(subject, way.charset), f"In-Reply-To: {to.message_id}".encode()]
    headers.append(f"References: {to.message_id}".encode())
    room = way.bytes_of_text(SIZE // 2 - 400)
    words = _words(language, marker, dice, room=room, charset=way.charset)
    quoted = _words(language, to.marker, dice, room=room, charset=way.charset)
    lines = _body(way, words, quoted, attribution=language.attribution.format(DESK))
    sender = to.sender
    return _mail(
        marker, "reply", sender, headers=headers, lines=lines, language=to.language, parent=to.message_id
    )


def mix(count: int, *, seed: int, prefix: str, size: int = SIZE) -> Iterator[Mail]:
    """Mails in the proportions of ``KINDS``; replies answer a mail of the first half of those before them.

    ``size`` is that of mails with an attachment.
    """
    dice = random.Random(seed)
    opened: list[Mail] = []
    for number in range(count):
        marker = f"{prefix}-{number:06d}"
        kind = dice.choices(list(KINDS), list(KINDS.values()))[0]
        if kind == "reply" and len(opened) > 60:
            yield reply(marker, dice, to=dice.choice(opened[: len(opened) // 2]))
            continue
        kind = "new" if kind == "reply" else kind
        sender = f"customer{dice.randrange(500)}@acme.example"
        mail = new(marker, dice, sender=sender, kind=kind, size=size if kind == "attachment" else SIZE)
        if kind == "new":
            opened.append(mail)
        yield mail


def _way(code: str, dice: random.Random) -> _Way:
    charset, encoding = dice.choice(CHARSETS[code])
    return _Way(dice.choices(list(SHAPES), list(SHAPES.values()))[0], charset, encoding)


def _words(language: Language, marker: str, dice: random.Random, *, room: int, charset: str) -> list[str]:
    said = spoken(language, dice, room, charset)
    return [language.greeting.format(marker), *said, *language.closing.split("\n")]


def _mail(
    marker: str,
    kind: str,
    sender: str,
    *,
    headers: Sequence[bytes],
    lines: Sequence[bytes],
    language: str,
    parent: str = "",
) -> Mail:
    message_id = f"<{marker}@acme.example>"
    name = sender.partition("@")[0].title()
    top = [f"From: {name} <{sender}>", f"To: {DESK}", "Date: Mon, 02 Nov 2026 09:00:00 +0000"]
    top += [f"Message-ID: {message_id}", "MIME-Version: 1.0"]
    message = b"\n".join([*(line.encode() for line in top), *headers, *lines])
    data = message.replace(b"\n", b"\r\n").replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n"
    return Mail(marker, kind, sender, message_id, data, parent, language)


def _body(way: _Way, words: list[str], quoted: Sequence[str] = (), *, attribution: str = "") -> list[bytes]:
    """A part with its header fields: text, HTML or both."""
    plain, html = "\n".join(words), "".join(f"<p>{escape(line, quote=False)}</p>\n" for line in words)
    if quoted:
        plain += f"\n\n{attribution}\n" + "\n".join(f"> {line}" for line in quoted)
        below = "".join(f"<p>{escape(line, quote=False)}</p>\n" for line in quoted)
        html += (
            f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{escape(attribution)}<br></div>\n'
        )
        html += f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">\n{below}</blockquote></div>\n'
    page = f"<html><head>{_STYLE}</head>\n<body>\n{html}</body></html>"
    parts = {"plain": _part("plain", plain, way), "html": _part("html", page, way)}
    return parts.get(way.shape) or _multipart("alternative", list(parts.values()))


def _part(kind: str, text: str, way: _Way) -> list[bytes]:
    written = text.encode(way.charset)
    if way.encoding == "base64":
        written = base64.encodebytes(written).rstrip(b"\n")
    elif way.encoding == "quoted-printable":
        written = binascii.b2a_qp(written, istext=True)
    fields = [
        f"Content-Type: text/{kind}; charset={way.charset}",
        f"Content-Transfer-Encoding: {way.encoding}",
    ]
    return [*(field.encode() for field in fields), b"", written]


def _multipart(kind: str, parts: Sequence[Sequence[bytes]]) -> list[bytes]:
    boundary = f"=_{kind}"
    lines = [f'Content-Type: multipart/{kind}; boundary="{boundary}"'.encode(), b""]
    for part in parts:
        lines += [f"--{boundary}".encode(), *part]
    return [*lines, f"--{boundary}--".encode(), b""]


def _file(marker: str, dice: random.Random, size: int) -> list[bytes]:
    file = base64.encodebytes(dice.randbytes(size * 100 // 137)).rstrip(b"\n")
    fields = [b"Content-Type: application/pdf", b"Content-Transfer-Encoding: base64"]
    return [*fields, f'Content-Disposition: attachment; filename="{marker}.pdf"'.encode(), b"", file]


def _header(text: str, charset: str) -> bytes:
    """A field's value, encoded where it must be (RFC 2047)."""
    return (text if text.isascii() else Header(text, charset, maxlinelen=75).encode()).encode("ascii")
