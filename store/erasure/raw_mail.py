"""A mail as it came: has it some words, in whatever form? Decoded without parsing, for it is foreign."""

from __future__ import annotations

import re
from binascii import Error as BadBase64
from binascii import a2b_base64, a2b_qp
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header

from store.erasure.erased_words import ErasedWords

_BASE64 = re.compile(rb"(?:^[A-Za-z0-9+/]{4,998}={0,2}\r?\n?)+", re.MULTILINE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]{2,40})", re.IGNORECASE)
_MOST_CHARSETS = 4
_HEADER = re.compile(rb"^[\w-]+:[^\n]*=\?[^\n]*(?:\n[ \t][^\n]*)*", re.MULTILINE)


def has(raw: bytes, words: ErasedWords) -> bool:
    """Stand the words in it: in its headers, its text, its HTML, or a text that it encloses?"""
    charsets = {"utf-8", *(name.decode() for name in _CHARSET.findall(raw)[:_MOST_CHARSETS])}
    texts = (text for content in _contents(raw) for text in _decoded(content, charsets))
    return any(words.out_of(text) != text for text in (*texts, *_headers(raw)))


def _contents(raw: bytes) -> Iterator[bytes]:
    yield raw
    yield a2b_qp(raw)
    for match in _BASE64.finditer(raw):
        try:
            yield a2b_base64(match.group())
        except BadBase64:
            continue


def _decoded(content: bytes, charsets: set[str]) -> Iterator[str]:
    for charset in charsets:
        try:
            yield content.decode(charset, "replace")
        except LookupError:
            continue


def _headers(raw: bytes) -> Iterator[str]:
    for match in _HEADER.finditer(raw):
        try:
            parts = decode_header(match.group().decode("ascii", "replace"))
        except HeaderParseError:
            continue
        for content, charset in parts:
            if isinstance(content, bytes):
                yield from _decoded(content, {charset or "utf-8"})
