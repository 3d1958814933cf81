"""The link filter: takes signed links to our pages out of people's words."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence

HIDDEN = "…"
_GAP = r"[\s>=*\u00ad\u200b-\u200f\u2060\ufeff]{0,60}"
"""What a program puts into a word that is too long for its line: a break, a mark of quotation, a soft hyphen."""
_UNIT = r"(?:[A-Za-z0-9_-]|%(?:25){0,3}(?:2[Dd]|[3-7][0-9A-Fa-f]))"
_DOT = r"(?:\.|%(?:25){0,3}2[Ee])"
_SIGNED = re.compile(rf"{_DOT}(?:{_GAP}{_UNIT}){{5,8}}{_GAP}{_DOT}(?:{_GAP}{_UNIT}){{43}}")
"""The end of a token: the time and the signature.

A gap, a letter and a dot begin with different characters, so text can match in one way only and hostile text costs
no more than other text. Python 3.11.2 never matches this with possessive quantifiers.
"""
_BEGINNING = re.compile(rf"(?:W|%(?:25){{0,3}}57){_GAP}(?:z|%(?:25){{0,3}}7[Aa])")
"""How it begins: its numbers are JSON, of which base64 makes ``Wz``."""
_NUMBERS_BEFORE = 400
"""Characters before the time within which the numbers begin."""
_MOST_BEGINNINGS = 8
_GAPS, _ESCAPED = re.compile(_GAP.replace("{0,60}", "+")), re.compile(r"%(?:25)*([0-9A-Fa-f]{2})")
_BASE64 = re.compile(r"[A-Za-z0-9_-]+")
_NUMBERS = re.compile(rb"\[\d{1,30}(?:,\d{1,30}){0,8}\]")
_DEFENDED = re.compile(r"urldefense[^\s<>]{1,4000}", re.IGNORECASE)
_WRITTEN_WITH_DASH = re.compile(r"-([2-7][0-9A-F])")
_PACKED = re.compile(r"aHR0c(?:DovL|HM6Ly)[A-Za-z0-9+/_-]{60,4000}")
"""``http://`` or ``https://`` in base64, as some gateways pack the address that they guard."""


def cut(texts: Sequence[str]) -> list[str]:
    """The texts, which follow each other as lines do, without tokens that could open a page of ours."""
    whole = "\n".join(texts)
    spans = sorted({*_plain(whole), *_defended(whole), *_packed(whole)})
    if not spans:
        return list(texts)
    cut_texts, start = [], 0
    for text in texts:
        cut_texts.append(_without(text, [(first - start, last - start) for first, last in spans]))
        start += len(text) + 1
    return cut_texts


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    pieces, at = [], 0
    for first, last in spans:
        if max(first, at) < min(last, len(text)):
            pieces += [text[at : max(first, at)], HIDDEN]
            at = min(last, len(text))
    return "".join((*pieces, text[at:]))


def _plain(text: str) -> Iterator[tuple[int, int]]:
    for match in _SIGNED.finditer(text):
        floor = max(0, match.start() - _NUMBERS_BEFORE)
        beginnings = [beginning.start() for beginning in _BEGINNING.finditer(text, floor, match.start())]
        for start in beginnings[: -_MOST_BEGINNINGS - 1 : -1]:
            if _ours(text[start : match.start()]):
                yield start, match.end()
                break


def _defended(text: str) -> Iterator[tuple[int, int]]:
    """Tokens in Proofpoint's second form, which writes ``-`` as ``-2D``: the token's whole address."""
    if "urldefense" not in text.casefold():  # a third of what the search takes
        return
    for match in _DEFENDED.finditer(text):
        written = _WRITTEN_WITH_DASH.sub(lambda escaped: chr(int(escaped[1], 16)), match[0])
        if any(_plain(written)):
            yield match.span()


def _packed(text: str) -> Iterator[tuple[int, int]]:
    for match in _PACKED.finditer(text):
        if any(_plain(_unpacked(match[0]).decode("latin-1"))):
            yield match.span()


def _ours(numbers: str) -> bool:
    """Are these the numbers of a token, and not just words with dots?"""
    bare = _ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), _GAPS.sub("", numbers))
    return bool(_BASE64.fullmatch(bare) and _NUMBERS.fullmatch(_unpacked(bare)))


def _unpacked(text: str) -> bytes:
    whole = text.replace("+", "-").replace("/", "_")
    try:
        return base64.urlsafe_b64decode(
            whole[: len(whole) // 4 * 4] if len(whole) % 4 == 1 else whole + "=" * (-len(whole) % 4)
        )
    except (binascii.Error, ValueError):
        return b""
