"""Charset detection, as Firefox does it, for bytes that do not say or cannot be.

The guess is chardetng's, made for pages that declare nothing. It is good at scripts, and sometimes wrong about a few
accents: what is a western language's own spelling as it stands is not guessed away.
"""

from __future__ import annotations

import re

LONGEST = 64 << 10
"""Bytes that are looked at, from the first line with one that is not ASCII."""
FEW = 8
"""Signs beside ASCII that say nothing of a language yet."""
_HIGH = re.compile(rb"[\x80-\xff]")
_END = re.compile(rb"[\n <>][^\n <>]{0,4096}\Z")
_LATIN = frozenset({"ISO-8859-2", "windows-1250", "windows-1254", "windows-1257", "windows-1258"})
_SYMBOLS = "¡-©¬-±´-¶¸»-¿×÷²³¹"
_L = r"[^\W\d_]"
_SYMBOL_WITHIN = re.compile(rf"{_L}[{_SYMBOLS}]{_L}|{_L}{_L}{_L}³|{_L}[±¶¼¾]|(?<!\S)[¶³±]{_L}")
"""In Windows-1252, what other alphabets have letters for: no such sign is part of a word."""
_WESTERN = tuple(
    frozenset(letters)
    for letters in (
        "àâæçéèêëîïôœùûüÿ",
        "äöüßéàè",
        "áéíñóúüçªº",
        "áàâãçéêíóôõúüªº",
        "àèéìíîòóùúªº",
        "åäöéüáà",
        "æøåéòôóèêâüäö",
        "áðéíóúýþæö",
        "äéëíïóöüáèêû",
        "àçéèíïóòúü·ªº",
        "áéíóúàèìòùâêîôûŵŷ",
    )
)
"""The letters, beside ASCII, of French, German, Spanish, Portuguese, Italian, Swedish and Finnish, Danish and
Norwegian, Icelandic, Dutch, Catalan, Irish and Welsh."""


def guess(data: bytes, country: str = "") -> str:
    """The name of the most likely charset; ``""`` if nothing speaks against Windows-1252.

    ``country``: whose languages are likelier (``.hu``). It decides about accents only: people write in other
    scripts than their country's.
    """
    from chardetng_py.detector import EncodingDetector  # few mails need it

    piece, whole = _piece(data)
    if western(piece.decode("cp1252", "ignore")):
        return ""
    detector = EncodingDetector()
    detector.feed(piece, last=whole)
    guessed = str(detector.guess(tld=None, allow_utf8=False))
    if guessed == "windows-1252" and country:
        there = str(detector.guess(tld=country[1:].encode("ascii"), allow_utf8=False))
        return there if there in _LATIN else guessed
    return guessed


def western(text: str) -> bool:
    """Are its non-ASCII letters those of one western language, and a minority?"""
    others = [sign for sign in text if sign > "\x7f"]
    letters = {sign for sign in "".join(others).lower() if sign.isalpha()} - {"µ", "ƒ"}
    if letters and len(others) > FEW and len(others) > sum(map(str.isalpha, text)) / 2:
        return False
    return any(letters <= alphabet for alphabet in _WESTERN) and not _SYMBOL_WITHIN.search(text)


def _piece(data: bytes) -> tuple[bytes, bool]:
    """The sample to look at, cut where no character can be split, and whether it reaches the end."""
    first = _HIGH.search(data)
    start = data.rfind(b"\n", 0, first.start()) + 1 if first else 0
    start = max(start, first.start() - LONGEST // 2) if first else 0
    piece = data[start : start + LONGEST]
    if start + LONGEST >= len(data):
        return piece, True
    cut = _END.search(piece)
    return piece[: cut.start()] if cut else piece, False
