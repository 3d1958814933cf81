"""Address lists of headers (RFC 5322, section 3.4), with what mail programs get wrong.

A grammar of our own, linear, without recursion: the stdlib's recurses, and each version of it says another thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_LETTER = r"A-Za-z0-9\u0080-\U0010ffff"
_LOCAL = rf'(?P<quote>")?(?P<local>{_ATOM}(?:\.{_ATOM})*)(?(quote)")'
"""What needs its quotes (a blank within) is nobody's: few mail systems deliver to it."""
_SPEC = re.compile(rf"{_LOCAL}@(?P<domain>[{_LETTER}](?:[{_LETTER}.-]*[{_LETTER}])?)")
_PIECE = re.compile(
    r'(?P<quoted>"(?:[^"\\]|\\.){0,998}")'
    r"|(?P<word>=\?[^?\s]{1,60}\?[bqBQ]\?[^?<>]{0,998}\?=)"
    r'|(?P<angle><(?:"(?:[^"\\]|\\.){0,200}"|[^<>"]){0,500}>)'
    r'|(?P<text>[^"()<>,;:=]+|=)'
    r"|(?P<separator>[,;:])"
)
_COMMENT = re.compile(r"[()]|\\.")
_ESCAPED = re.compile(r"\\(.)")


class Address(NamedTuple):
    """One mailbox: who it is said to be (encoded words as they came), and its address in two."""

    name: str
    local: str
    domain: str


class _AddressPiece(NamedTuple):
    kind: str
    """``quoted``, ``word`` (encoded), ``angle``, ``comment``, ``text``, ``separator``, or ``broken``."""
    text: str


def one(value: str) -> Address | None:
    """The mailbox of a header that names exactly one; None where readers could differ about which.

    In angle brackets, behind anything that has no ``@``, but for its own address once more and what is quoted; else
    with comments only (see CVE-2023-27043).
    """
    pieces = list(_pieces(value))
    around = [piece.text if piece.kind == "separator" else piece.kind for piece in pieces]
    grouped = ":" in around and "angle" in around[around.index(":") :] and ";" in around
    return None if grouped else _address(pieces)


def every(value: str) -> Iterator[Address]:
    """The mailboxes of a list, without those that cannot be read; of groups (``Team: …;``) their members."""
    part: list[_AddressPiece] = []
    for piece in (*_pieces(value), _AddressPiece("separator", ",")):
        if piece.kind != "separator":
            part.append(piece)
        elif part:
            if found := _address(part):
                yield found
            part = []


def _pieces(value: str) -> Iterator[_AddressPiece]:
    at, closed, quoted = 0, True, True
    while at < len(value):
        end = _comment(value, at) if value[at] == "(" and closed else 0
        closed = closed and (end > 0 or value[at] != "(")  # one that never ends is looked for once
        if end:
            yield _AddressPiece("comment", value[at:end])
        elif (quoted or value[at] != '"') and (found := _PIECE.match(value, at)):
            end = found.end()
            yield _AddressPiece(found.lastgroup or "", found[0])
        else:
            end = at + 1
            quoted = quoted and value[at] != '"'
            yield _AddressPiece("broken", value[at])
        at = end


def _comment(value: str, at: int) -> int:
    """Where the comment ends that begins here, those within it too; 0: nowhere."""
    depth = 0
    for found in _COMMENT.finditer(value, at):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if not depth:
            return found.end()
    return 0


def _address(pieces: list[_AddressPiece]) -> Address | None:
    angles = [n for n, piece in enumerate(pieces) if piece.kind == "angle"]
    if len(angles) > 1 or any(piece.kind == "broken" for piece in pieces):
        return None
    if not angles:
        found = _SPEC.fullmatch(_bare(pieces))
        return _named(found, [piece for piece in pieces if piece.kind == "comment"]) if found else None
    (at,) = angles
    behind = pieces[at + 1 :]
    if any(piece.kind not in ("comment", "separator") and piece.text.strip() for piece in behind):
        return None
    found = _SPEC.fullmatch(_bare(_pieces(pieces[at].text[1:-1])))
    return _named(found, [*pieces[:at], *behind]) if found else None


def _bare(pieces: Iterable[_AddressPiece]) -> str:
    """Without the comments around it. Blanks and comments within are refused: readers differ about them."""
    return "".join(" " if piece.kind == "comment" else piece.text for piece in pieces).strip()


def _named(found: re.Match[str], around: list[_AddressPiece]) -> Address | None:
    """The address with the name that stands around it; None if another address does."""
    address = f"{found['local']}@{found['domain']}".casefold()
    said = "".join("\n" if piece.kind == "quoted" else piece.text for piece in around)
    if any("@" in word and _plain(word) != address for word in said.split()):
        return None
    words = [piece for piece in around if _plain(piece.text) != address]
    phrase = "".join(map(_words, words)).strip(" \t,;:")
    if all(piece.kind == "comment" or not piece.text.strip() for piece in words):
        phrase = " ".join(piece.text[1:-1] for piece in words if piece.kind == "comment")
    return Address(phrase.strip(), found["local"], found["domain"])


def _plain(word: str) -> str:
    """An address without the marks that may stand around it."""
    return word.strip(" \t\"',;:()").casefold()


def _words(piece: _AddressPiece) -> str:
    if piece.kind != "quoted":
        return piece.text
    return _ESCAPED.sub(r"\1", piece.text[1:-1])
