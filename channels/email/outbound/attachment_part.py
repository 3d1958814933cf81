"""Enclosures: files that go along with a mail, as parts that no mail program misreads."""

from __future__ import annotations

import re
from binascii import b2a_base64
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import Policy

from bot.model.message import Attachment

_TYPE = re.compile(r"(?!message/|multipart/)([a-z0-9][a-z0-9.+-]{0,60})/([a-z0-9][a-z0-9.+-]{0,60})")
_LINE = 57  # bytes that make 76 letters (RFC 2045, section 6.8)
_LONGEST_NAME = 80


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
    return visible[-_LONGEST_NAME:]
