"""Charsets: the declared one if we know it, else UTF-8, else a guess, else Windows-1252."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

_ALLOWED = {
    "utf8": "utf-8", "utf8mb4": "utf-8", "unicode11utf8": "utf-8", "utf16": "utf-16", "utf16le": "utf-16-le",
    "utf16be": "utf-16-be", "utf32": "utf-32",
    # As browsers do (WHATWG, Encoding): what calls itself ASCII or Latin-1 is Windows-1252 in fact.
    "usascii": "cp1252", "ascii": "cp1252", "ansix341968": "cp1252", "iso88591": "cp1252", "latin1": "cp1252",
    "iso8859115": "iso8859-15", "latin9": "iso8859-15", "ansix31101983": "cp1252",
    "gb2312": "gb18030", "gbk": "gb18030", "xgbk": "gb18030", "gb18030": "gb18030", "cp936": "gb18030",
    "hzgb2312": "hz", "hz": "hz", "big5": "cp950", "big5hkscs": "big5hkscs", "cp950": "cp950",
    "shiftjis": "cp932", "sjis": "cp932", "xsjis": "cp932", "cp932": "cp932", "windows31j": "cp932",
    "eucjp": "euc_jp", "xeucjp": "euc_jp", "iso2022jp": "iso2022_jp_ext", "iso2022jpms": "iso2022_jp_ext",
    "iso2022jp2": "iso2022_jp_2", "csiso2022jp": "iso2022_jp_ext", "cp50220": "iso2022_jp_ext",
    "euckr": "cp949", "ksc56011987": "cp949", "ksc5601": "cp949", "cp949": "cp949", "uhc": "cp949",
    "iso2022kr": "iso2022_kr", "koi8r": "koi8-r", "koi8u": "koi8-u", "koi8": "koi8-r",
    "tis620": "cp874", "windows874": "cp874", "iso885911": "cp874", "macintosh": "mac_roman",
    "xmacroman": "mac_roman", "macroman": "mac_roman", "xmaccyrillic": "mac_cyrillic", "viscii": "cp1258",
    "iso88598i": "iso8859-8", "iso88598e": "iso8859-8", "iso88596i": "iso8859-6", "iso88599": "cp1254",
    **{f"iso8859{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{f"latin{n}": f"iso8859-{m}" for n, m in ((2, 2), (3, 3), (4, 4), (5, 9), (6, 10))},
    **{f"{word}{n}": f"cp{n}" for word in ("windows", "cp", "xcp") for n in range(1250, 1259)},
    **{f"{word}{n}": f"cp{n}" for word in ("cp", "ibm") for n in (437, 737, 775, 850, 852, 855, 857, 858, 866)},
}  # fmt: skip
"""Never UTF-7 or Python's own ``unicode_escape``: they make markup of innocent bytes."""
_PUNCTUATION = re.compile(r"[^a-z0-9]")
_ENCODED = re.compile(r"=\?([^?*\s]{1,40})(?:\*[^?\s]{0,40})?\?[bq]\?", re.IGNORECASE)
_COUNTRY = re.compile(r"@[^\s@<>]{1,253}(\.[A-Za-z]{2})(?![A-Za-z0-9.-])")
_MULTIBYTE = frozenset({"gb18030", "cp950", "big5hkscs", "cp932", "euc_jp", "cp949", "iso2022_jp_ext", "hz"})
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
ZEROS = 0.1
"""The share of zero bytes from which text is taken to be UTF-16: blanks and line ends have one in any language."""
_DOUBTFUL = frozenset({"", "usascii", "ascii", "ansix341968", "iso88591", "latin1", "utf8"})
"""What programs declare that do not know: it is believed if it can be."""
_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b$(D")
"""How ISO-2022-JP (RFC 1468) begins its Japanese, and nothing else begins anything."""
FEW = 0.01
"""The share of broken characters up to which a declared multi-byte charset is still believed."""


def decode(data: bytes, declared: str = "", *, hints: Iterable[str] = ()) -> str:
    """The text that ``data`` most likely is; never fails, and does not clean.

    ``hints``: charsets that the rest of the mail names, and its sender's country (``.hu``); they count where
    ``declared`` does not say, or cannot be right.
    """
    codec = known(declared)
    doubtful = not codec or _plain(declared) in _DOUBTFUL
    if doubtful and data.isascii() and any(escape in data for escape in _ESCAPES):
        codec = "iso2022_jp_ext"
    if data.isascii() and b"\x1b" not in data and b"~{" not in data and b"\x00" not in data:
        return data.decode("ascii")
    if codec and codec != "cp1252":
        try:
            return data.decode(codec)
        except UnicodeError:
            pass
    return _undeclared(data, codec, hints=hints if doubtful else None)


@lru_cache(maxsize=256)
def known(declared: str) -> str:
    """Python's codec for a charset's name, or ``""`` if it is not one that we trust."""
    return _ALLOWED.get(_plain(declared), "")


def _plain(declared: str) -> str:
    return _PUNCTUATION.sub("", declared[:40].lower())


def _undeclared(data: bytes, codec: str, *, hints: Iterable[str] | None) -> str:
    """The text of bytes whose declared charset is missing, wrong or UTF-8.

    ``hints``: None where what was declared is not doubted.
    """
    if wide_codec := _wide(data):
        half = (
            len(data) % 2 if wide_codec.startswith("utf-16") else 0
        )  # a character, that a line break was taken for
        return data[: len(data) - half].decode(wide_codec, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    # A single cut or damaged character must not turn a whole Japanese page into accents.
    for candidate in ("utf-8", *(_MULTIBYTE & {codec})):
        text = data.decode(candidate, "replace")
        wide = len(_BEYOND_ASCII.findall(text))
        if text.count("\ufffd") <= max(1, wide * FEW) < wide / 2:
            return text
    for candidate in () if hints is None else _likely(data, hints):
        text = data.decode(candidate, "replace")
        if text.count("\ufffd") <= len(text) * FEW:
            return text
    return data.decode("cp1252", "casebot-c1")


def _likely(data: bytes, hints: Iterable[str]) -> Iterator[str]:
    """The codecs worth trying, the likeliest first."""
    all_hints = tuple(hints)
    hinted = [codec for hint in all_hints if (codec := known(hint)) and codec != "utf-8"]
    if "cp1252" not in hinted:
        yield from hinted
        country = next((hint for hint in all_hints if hint.startswith(".")), "")
        yield from filter(None, [known(guess(data, country))])


def named(*headers: str) -> Iterator[str]:
    """The charsets of the encoded words (RFC 2047) in these headers, and their addresses' countries."""
    for header in headers:
        yield from (match[1] for match in _ENCODED.finditer(header))
        yield from (match[1].lower() for match in _COUNTRY.finditer(header))


def _wide(data: bytes) -> str:
    """The codec of text with a byte order mark, or a zero beside nearly every letter; else ``""``."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return codec
    zeros = data.count(0)
    if zeros < len(data) * ZEROS:
        return ""
    odd = data[1::2].count(0)
    return "utf-16-le" if odd > zeros * 0.9 else "utf-16-be" if odd < zeros * 0.1 else ""


def _as_latin1(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("casebot-c1", _as_latin1)


LONGEST = 64 << 10
"""Bytes that are looked at, from the first line with one that is not ASCII."""
FEW_SIGNS = 8
"""Signs beside ASCII that say nothing of a language yet."""
_HIGH = re.compile(rb"[\x80-\xff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
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
    others = _BEYOND_ASCII.findall(text)
    letters = {sign for sign in "".join(others).lower() if sign.isalpha()} - {"µ", "ƒ"}
    if letters and len(others) > FEW_SIGNS and len(others) > sum(map(str.isalpha, text)) / 2:
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
