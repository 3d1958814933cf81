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
_PLAIN_ATOM = r"[A-Za-z0-9_+-]+"
_USUAL = re.compile(
    rf"(?:(?P<name>[\w .'-]{{1,200}})<)?(?P<local>{_PLAIN_ATOM}(?:\.{_PLAIN_ATOM})*)"
    r"@(?P<domain>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?(name)>)"
)
"""Nearly all headers with one mailbox: nothing in them needs the grammar."""
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
    """One mailbox: display name (encoded words as they came), local part and domain."""

    name: str
    local: str
    domain: str


class _AddressPiece(NamedTuple):
    kind: str
    """``quoted``, ``word`` (encoded), ``angle``, ``comment``, ``text``, ``separator``, or ``broken``."""
    text: str


def one(value: str) -> Address | None:
    """The mailbox of a header with exactly one; None if readers could disagree about which.

    In angle brackets, behind anything that has no ``@``, except its own address once more and what is quoted;
    else with comments only (see CVE-2023-27043).
    """
    if usual := _usual(value):
        return usual
    pieces = list(_pieces(value))
    around = [piece.text if piece.kind == "separator" else piece.kind for piece in pieces]
    grouped = ":" in around and "angle" in around[around.index(":") :] and ";" in around
    return None if grouped else _address(pieces)


def every(value: str) -> Iterator[Address]:
    """The mailboxes of a list, without unreadable ones; of groups (``Team: …;``) their members."""
    if usual := _usual(value):
        yield usual
        return
    part: list[_AddressPiece] = []
    for piece in (*_pieces(value), _AddressPiece("separator", ",")):
        if piece.kind != "separator":
            part.append(piece)
        elif part:
            if address := _address(part):
                yield address
            part = []


def _usual(value: str) -> Address | None:
    """The mailbox of a header that has one and a name in letters, and nothing else; else None."""
    match = _USUAL.fullmatch(value)
    return Address((match["name"] or "").strip(), match["local"], match["domain"]) if match else None


def _pieces(value: str) -> Iterator[_AddressPiece]:
    at, closed, quoted = 0, True, True
    while at < len(value):
        end = _comment(value, at) if value[at] == "(" and closed else 0
        closed = closed and (end > 0 or value[at] != "(")  # one that never ends is looked for once
        if end:
            yield _AddressPiece("comment", value[at:end])
        elif (quoted or value[at] != '"') and (match := _PIECE.match(value, at)):
            end = match.end()
            yield _AddressPiece(match.lastgroup or "", match[0])
        else:
            end = at + 1
            quoted = quoted and value[at] != '"'
            yield _AddressPiece("broken", value[at])
        at = end


def _comment(value: str, at: int) -> int:
    """Where the comment that begins here ends, nested ones included; 0 if nowhere."""
    depth = 0
    for paren in _COMMENT.finditer(value, at):
        depth += {"(": 1, ")": -1}.get(paren[0], 0)
        if not depth:
            return paren.end()
    return 0


def _address(pieces: list[_AddressPiece]) -> Address | None:
    angles = [n for n, piece in enumerate(pieces) if piece.kind == "angle"]
    if len(angles) > 1 or any(piece.kind == "broken" for piece in pieces):
        return None
    if not angles:
        match = _SPEC.fullmatch(_bare(pieces))
        return _named(match, [piece for piece in pieces if piece.kind == "comment"]) if match else None
    (at,) = angles
    behind = pieces[at + 1 :]
    if any(piece.kind not in ("comment", "separator") and piece.text.strip() for piece in behind):
        return None
    match = _SPEC.fullmatch(_bare(_pieces(pieces[at].text[1:-1])))
    return _named(match, [*pieces[:at], *behind]) if match else None


def _bare(pieces: Iterable[_AddressPiece]) -> str:
    """The text without surrounding comments. Inner blanks and comments are refused: readers disagree."""
    return "".join(" " if piece.kind == "comment" else piece.text for piece in pieces).strip()


def _named(spec: re.Match[str], around: list[_AddressPiece]) -> Address | None:
    """The address with the name around it; None if another address is part of that."""
    address = f"{spec['local']}@{spec['domain']}".casefold()
    words_around = "".join("\n" if piece.kind == "quoted" else piece.text for piece in around)
    if any("@" in word and _plain(word) != address for word in words_around.split()):
        return None
    words = [piece for piece in around if _plain(piece.text) != address]
    phrase = "".join(map(_words, words)).strip(" \t,;:")
    if all(piece.kind == "comment" or not piece.text.strip() for piece in words):
        phrase = " ".join(piece.text[1:-1] for piece in words if piece.kind == "comment")
    return Address(phrase.strip(), spec["local"], spec["domain"])


def _plain(word: str) -> str:
    """An address without the signs that may surround it."""
    return word.strip(" \t\"',;:()").casefold()


def _words(piece: _AddressPiece) -> str:
    if piece.kind != "quoted":
        return piece.text
    return _ESCAPED.sub(r"\1", piece.text[1:-1])
