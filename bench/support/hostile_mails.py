"""Mails that are made to cost their reader much: each a name and how it is made, from a few bytes of sense."""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Callable

FROM = b"From: Eve <eve@acme.example>\r\nTo: support@desk.example\r\n"


def arsenal() -> dict[str, bytes]:
    """All of them, in CRLF."""
    return {name: _crlf(make(), name) for name, make in _BOMBS.items()}


def _crlf(mail: bytes, name: str) -> bytes:
    mark = f"Message-ID: <{name.replace(' ', '-')}@bombs.example>\r\n".encode()
    return FROM + mark + mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _mail(*headers: bytes, body: bytes = b"Hello") -> bytes:
    return b"\n".join((*headers, b"", body, b""))


def _html(body: bytes) -> bytes:
    return _mail(b"Subject: page", b"Content-Type: text/html; charset=utf-8", body=body)


def _mixed(body: bytes, *, kind: bytes = b"mixed") -> bytes:
    return _mail(b"Subject: parts", b"Content-Type: multipart/" + kind + b"; boundary=b", body=body)


def _nested(depth: int) -> bytes:
    return (
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
        + b"\nHello\n"
    )


def _base64(data: bytes, kind: bytes) -> bytes:
    headers = (b"Subject: x", b"Content-Type: " + kind, b"Content-Transfer-Encoding: base64")
    return _mail(*headers, body=base64.encodebytes(data))


def _zipped() -> bytes:
    made = io.BytesIO()
    packer = zlib.compressobj(9)
    for _ in range(200):
        made.write(packer.compress(bytes(1 << 20)))
    made.write(packer.flush())
    return made.getvalue()


def _tnef() -> bytes:
    """Attachments without number, each a property list that says it is longer than it is."""
    one = (
        b"\x02\x02\x90\x06\x00\x00\x00\x00\x00\x00\x00"
        + b"\x02\x05\x90\x06\x00\x08\x00\x00\x00"
        + b"\xff" * 8
        + b"\0\0"
    )
    return _base64(b"\x78\x9f\x3e\x22\x01\x00" + one * 30_000, b"application/ms-tnef")


def _rtf() -> bytes:
    """A hundred messages in a winmail.dat, each with compressed RTF that says it becomes 2 GB."""
    packed = b"\0\0\0\0\xff\xff\xff\x7fLZFu\0\0\0\0" + b"\x00{\\rtf1 {}" + (b"\xff" + b"\x0d\x6f" * 8) * 1000
    body = _property(0x0102, 0x1009, packed)
    message = _EMBEDDED + _STREAM + _attribute(0x00069003, body)
    one = _attribute(0x00069002, b"") + _attribute(0x00069005, _property(0x000D, 0x3701, message))
    return _base64(_STREAM + _attribute(0x00069003, body) + one * 100, b"application/ms-tnef")


_STREAM, _EMBEDDED = b"\x78\x9f\x3e\x22\x01\x00", bytes.fromhex("0703020000000000c000000000000046")


def _attribute(number: int, value: bytes) -> bytes:
    return b"\x01" + number.to_bytes(4, "little") + len(value).to_bytes(4, "little") + value + b"\0\0"


def _property(kind: int, number: int, value: bytes) -> bytes:
    head = b"".join(one.to_bytes(size, "little") for one, size in ((1, 4), (kind, 2), (number, 2), (1, 4)))
    return head + len(value).to_bytes(4, "little") + value + bytes(-len(value) % 4)


_BOMBS: dict[str, Callable[[], bytes]] = {
    "100,000 parts between bare carriage returns": lambda: _mixed(b"--b\r\rx\r" * 100_000),
    "100,000 parts": lambda: _mixed(b"--b\n\nx\n" * 100_000),
    "5,000 nested": lambda: b"Subject: x\n" + _nested(5000),
    "5,000 messages within": lambda: b"Subject: x\n" + b"Content-Type: message/rfc822\n\n" * 5000 + b"Hello\n",
    "1,000 alternatives": lambda: _mixed(b"--b\nContent-Type: text/html\n\n<p>x\n" * 999, kind=b"alternative"),
    "32 kB of ; in Content-Type": lambda: _mail(b"Content-Type: text/plain" + b";" * 32_768),
    "32 kB of quotes in a name": lambda: _mail(b'Content-Type: image/png; name="' + b'\\"' * 16_384),
    "1 MB subject": lambda: _mail(b"Subject: " + b"a " * (1 << 19)),
    "1 MB subject, one word": lambda: _mail(b"Subject: " + b"a" * (1 << 20)),
    "100,000 encoded words": lambda: _mail(b"Subject: " + b"=?utf-8?q?a?= \n " * 100_000 + b"x"),
    "1 MB header": lambda: _mail(b"Subject: x", b"X-Junk: " + b"junk\n " * 170_000 + b"x"),
    "100,000 headers": lambda: _mail(b"Subject: x", *(b"X-%d: y" % n for n in range(100_000))),
    "10,000 addresses": lambda: _mail(b"Cc: " + b",\n ".join(b"p%d@x.example" % n for n in range(10_000))),
    "10,000 ids": lambda: _mail(b"References: " + b"\n ".join(b"<%d@x.example>" % n for n in range(10_000))),
    "comments in comments": lambda: _mail(b"Cc: " + b"(" * 8000, b"Reply-To: " + b"(" * 8000),
    "10,000 continuations": lambda: _mail(
        b"Content-Disposition: attachment" + b"".join(b";\n filename*%d*=a" % n for n in range(10_000))
    ),
    "100,000 nested div": lambda: _html(b"<div>" * 100_000 + b"Hello"),
    "20,000 nested blockquote": lambda: _html(b"<blockquote>" * 20_000 + b"Hello"),
    "100,000 nested b and i": lambda: _html(b"<b><i>" * 100_000 + b"Hello"),
    "nested tables": lambda: _html(b"<table><tr><td>" * 30_000 + b"Hello"),
    "a tag of 1 MB": lambda: _html(b"<div " + b"a=1 " * 250_000 + b">Hello"),
    "1 MB of <": lambda: _html(b"<" * (1 << 20)),
    "a name of 1 MB behind 5,001 <": lambda: _html(b"<" * 5002 + b"a" * (1 << 20)),
    "1 MB of &": lambda: _html(b"&amp;&#x41;&" * 90_000),
    "200,000 links": lambda: _html(b"<a href=http://x>y</a>" * 45_000),
    "open comments": lambda: _html(b"<!--" * 250_000),
    "1 MB of >": lambda: _mail(b"Subject: x", body=b">" * (1 << 20)),
    "500,000 quoted lines": lambda: _mail(b"Subject: x", body=b">\n" * 500_000),
    "500,000 empty lines": lambda: _mail(b"Subject: x", body=b"x\n" + b"\n" * 500_000),
    "attribution after attribution": lambda: _mail(b"Subject: x", body=b"On Mon, x <a@b.example> wrote:\n" * 30_000),
    "header blocks": lambda: _mail(b"Subject: x", body=b"From: a\nSent: b\nTo: c\nSubject: d\n" * 30_000),
    "1 MB of -": lambda: _mail(b"Subject: x", body=b"-- \n" * 250_000),
    "one word of 1 MB": lambda: _mail(b"Subject: x", body=b"a" * (1 << 20)),
    "100,000 commands": lambda: _mail(b"Subject: x", body=b"#close\n" * 100_000),
    "flowed": lambda: _mail(b"Content-Type: text/plain; format=flowed; delsp=yes", body=b"> a \n" * 200_000),
    "base64 of a zip of 200 MB": lambda: _base64(_zipped(), b'application/zip; name="a.zip"'),
    "40 MB of empty lines": lambda: _mixed(b"--b\nContent-Type: x/y\n\n" + b"\n" * (20 << 20) + b"--b--"),
    "40 MB file": lambda: _base64(bytes(range(256)) * (30 << 12), b'application/octet-stream; name="a"'),
    "40 MB of bare carriage returns": lambda: _mail(b"Subject: x", body=b"x\r" * (20 << 20)),
    "5 MB of base64 text": lambda: _base64(b"words " * 900_000, b"text/plain"),
    "5 MB of base64 page": lambda: _base64(b"<p>words</p>" * 450_000, b"text/html"),
    "5 MB of =": lambda: _mail(b"Content-Transfer-Encoding: quoted-printable", body=b"=\n=3D" * 1_000_000),
    "padding without end": lambda: _mail(b"Content-Transfer-Encoding: base64", body=b"YQ==" * 500_000),
    "10,000 uuencoded files": lambda: _mail(b"Subject: x", body=b"begin 644 x\n#86)C\n`\nend\n" * 10_000),
    "uuencode without end": lambda: _mail(b"Subject: x", body=b"begin 644 x\n" * 80_000),
    "100,000 calendar lines": lambda: _mail(
        b"Content-Type: text/calendar", body=b"BEGIN:VEVENT\n" + b"ATTENDEE;CN=a:mailto:a@x.example\n" * 100_000
    ),
    "winmail.dat of 30,000 files": _tnef,
    "100 messages with RTF of 2 GB": _rtf,
    "surrogates and controls": lambda: _mail(b"Subject: x", body=b"\xed\xa0\x80\x00\x1b\xf0\x9f" * 100_000),
    "combining marks": lambda: _mail(
        b"Content-Type: text/plain; charset=utf-8", body=b"a" + b"\xcc\x81\xcc\xa7" * 200_000
    ),
    "escapes of ISO-2022-JP": lambda: _mail(
        b"Content-Type: text/plain; charset=iso-2022-jp", body=b"\x1b$B0\x1b(B" * 150_000
    ),
}  # fmt: skip
