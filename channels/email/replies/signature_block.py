"""Signature blocks: ``-- ``, how a telephone signs, names with numbers and addresses."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from bot.languages.catalogue import every
from bot.model.message import PartKind
from channels.email.replies.attribution import INVISIBLE
from channels.email.replies.own_text import COMMAND

MOST_BELOW = 15
"""Lines that a delimiter which is none of RFC 3676 (``--`` without its blank, a dash) may have below it."""
MOST_CONTACT = 12
"""Lines with words below a closing."""
MOST_NAMES = 5
"""Lines with words below a short rule."""
_DELIMITERS = frozenset({"--", "—", "–", "―"})
_TRACKER = "\u1427"
"""A program that watches whether its mail is read leaves this letter below it."""
_DEVICE = every(lambda language: language.signatures.device)
_BEGINNINGS = frozenset(word[:3] for word in (*_DEVICE, _TRACKER))
_BY_BEGINNING = {start: tuple(word for word in _DEVICE if word[:3] == start) for start in _BEGINNINGS}
_BRANDS = (
    "iphon", "ipad", "ipod", "android", "samsung", "galaxy", "outlook", "yahoo", "proton", "blackberry", "windows",
    "huawei", "xiaomi", "honor", "pixel", "bluemail", "nokia", "sony", "xperia", "motorola", "oneplus", "lumia",
    "tapatalk", "thunderbird", "canary", "superhuman", "polymail", "airmail", "unibox", "boomerang", "ubuntu",
    r"\bhtc\b", r"\blg\b", r"\bnine\b", "spark", "tuta", "aol", "zoho", "hushmail",
)  # fmt: skip
_PRODUCTS = re.compile("|".join((*_BRANDS, *every(lambda language: language.signatures.product))))
_EASTERN = re.compile("[\u1100-\u11ff\u2e80-\uffdc]")
_ENDING = every(lambda language: language.signatures.ending)
_VERB_FIRST = every(lambda language: language.signatures.verb_first)
_PRODUCT_FIRST = (
    "outlook", "iphone", "ipad", "ios", "android", "samsung", "huawei", "xiaomi", "yahoo", "windows", "proton mail",
    *every(lambda language: language.signatures.product_first),
)  # fmt: skip
"""Where the verb is the last word: without it, it is a sentence about the product."""
_OUTLOOK = re.compile(r"(?=.*\boutlook\b).*\b(?:ios|android)\b", re.IGNORECASE)
"""With a link of Microsoft's, in any language."""
_LINK = re.compile(r"<[^<>\s]*>|\(https?:[^()\s]*\)|[\[\]]")
_NAME = re.compile(r"[ \t]*(--[ ]|[—–])[ ]?([^\W\d_])[^.!?:;,]{0,40}$")
"""``-- Ana``, ``— Ana Example``."""
_SHORT = re.compile(r"[ \t]*[^\W_][^:;=?!#<>|{}]{0,50}[^\W_)][ \t]*$")
_RULE = re.compile(r"[ \t]*([-–—_=*~#+])(?:[ \t]?\1){2,}[ \t]*$")
_CLOSINGS = frozenset(every(lambda language: language.signatures.closing))
_POSTSCRIPT = re.compile(
    r"[ \t]*(?:p\.?[ -]?){1,2}s ?[.:：]|[ \t]*(?:p\.d\.|pd:|追伸|附言|추신|п\. ?с\.)", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?:[^\W_][\w'’-]*[ ,]{1,2}){3,12}[\w'’-]+[.!?](?=\s|$)|[。！？]")
_PHONE = "|".join(every(lambda language: language.signatures.phone))
_CONTACT = re.compile(
    rf"@|https?://|www\.|(?:\+|\(|\b0)\d[\d ()/.-]{{6}}|\b(?:{_PHONE})\b[.: ]",
    re.IGNORECASE,
)


def mark(lines: Sequence[str], kinds: list[PartKind], few: Sequence[int]) -> None:
    """Mark signatures: each lasts until the next quotation, a device's until a blank line.

    ``few``: the numbers of candidate lines; no other signs for a device.
    """
    start = 0
    for end in (*(n for n, kind in enumerate(kinds) if kind == "quoted"), len(lines)):
        if start < end:
            _mark(lines, kinds, start, end, few=few)
        start = end + 1


def _mark(lines: Sequence[str], kinds: list[PartKind], start: int, end: int, *, few: Sequence[int]) -> None:
    """Mark signatures in lines without a quotation between them."""
    cut = _without_rules(lines, start, _name(lines, start, _delimiter(lines, start, end)))
    signed = [n for n in range(cut, end) if kinds[n] == "new"]
    if sum(len(_SENTENCE.findall(lines[n][:200])) for n in signed[: MOST_BELOW + 1]) > 1:
        cut = end  # it is a rule above what they write
    _sign(kinds, cut, next((n for n in signed if n >= cut and _POSTSCRIPT.match(lines[n])), end))
    for n in few[bisect_left(few, start) : bisect_left(few, cut)]:
        if kinds[n] != "new" or not lines[n].strip() or not _by_device(lines[n]):
            continue
        kinds[n] = "signature"
        for below in range(n + 1, cut):
            if kinds[below] != "new" or not lines[below].strip() or COMMAND.match(lines[below]):
                break
            kinds[below] = "signature"
    _sign(kinds, _contact(lines, kinds, start, cut), cut)


def unsigned(text: str) -> str:
    """Return a text without its closing, and without what stands below that."""
    lines = text.split("\n")
    at = [n for n, line in enumerate(lines) if line.strip(" \t,.!*").lower() in _CLOSINGS]
    signed = at and all(map(_SHORT.match, filter(str.strip, lines[at[-1] :])))
    return "\n".join(lines[: at[-1]] if signed else lines)


def _sign(kinds: list[PartKind], start: int, end: int) -> None:
    """Mark the new lines there as signature."""
    kinds[start:end] = ["signature" if kind == "new" else kind for kind in kinds[start:end]]


def _delimiter(lines: Sequence[str], start: int, end: int) -> int:
    """Where the delimiter stands; ``end`` if there is none (RFC 3676, section 4.3)."""
    sure = start + lines[start:end].index("-- ") if "-- " in lines[start:end] else end
    below = 0
    for n in range(sure - 1, start - 1, -1):
        if below > MOST_BELOW:
            break
        if lines[n].strip() in _DELIMITERS:
            return n
        below += bool(lines[n].strip())
    return sure


def _name(lines: Sequence[str], start: int, end: int) -> int:
    """Where a name after a dash begins at the end, or short lines below a short rule; else ``end``."""
    written = [n for n in range(max(start, end - 2 * MOST_NAMES), end) if lines[n].strip()][-MOST_NAMES - 1 :]
    if len(written) < 2:
        return end
    last, above = lines[written[-1]], lines[written[-2]]
    name = _NAME.match(last)
    if name and name[2].isupper() and len(last.split()) <= 5 and not above.lstrip().startswith(name[1]):
        return written[-1]
    for n in written[:-1]:
        if _RULE.match(lines[n]) and len(lines[n].strip()) <= 4 and n > start and not lines[n - 1].strip():
            below = lines[n + 1 : end]
            signed = below[0].strip() and all(_SHORT.match(line) for line in below if line.strip())
            return n if signed else end
    return end


def _without_rules(lines: Sequence[str], start: int, end: int) -> int:
    """The end without lone lines of dashes, which separate the words from something else."""
    while True:
        last = next((n for n in range(end - 1, start, -1) if lines[n].strip()), start)
        if last == start or lines[last - 1].strip() or not _RULE.match(lines[last]):
            return end
        end = last


def _by_device(line: str) -> bool:
    """Is it a device's line of few words: ``Sent from my iPhone``?"""
    if "aka.ms/" in line and len(line) <= 160 and _OUTLOOK.search(line):
        return True
    if line[:1].isalpha() and _BEGINNINGS.isdisjoint((line[:3].lower(), line[:2].lower())):
        return False
    line = (line if line.isascii() else line.translate(INVISIBLE)).strip().lstrip("*_-–— ([<")
    if line == _TRACKER:
        return True
    text = _LINK.sub("", line).lower().replace("’", "'")
    devices = (*_BY_BEGINNING.get(text[:3], ()), *_BY_BEGINNING.get(text[:2], ()))
    if len(text) > 160 or not text.startswith(devices) or not _PRODUCTS.search(text):
        return False
    text = text.rstrip("*_ )>-–—.!。")
    if text.startswith(_PRODUCT_FIRST) or (_EASTERN.search(text) and not text.startswith(_VERB_FIRST)):
        return text.endswith(_ENDING)
    return len(text.split()) <= (10 if text.isascii() else 12) and not text.endswith((",", ";", ":", "?"))


def _contact(lines: Sequence[str], kinds: list[PartKind], start: int, end: int) -> int:
    """Where contact lines begin: short, below a closing or rule, at least two with contact data.

    The closing itself belongs to the text; whatever looks like a sentence or a command stays, too.
    """
    below: list[int] = []
    for n in range(end - 1, start - 1, -1):
        line = lines[n]
        if kinds[n] != "new" or not line.strip():
            continue
        rule = _RULE.match(line) is not None
        if below and (rule or line.strip(" \t,.!*").lower() in _CLOSINGS):
            return (n if rule else below[-1]) if _where_to_find([lines[k] for k in below]) else end
        if len(below) == MOST_CONTACT:
            break
        below.append(n)
    return end


def _where_to_find(lines: Sequence[str]) -> bool:
    if any(len(line) > 90 or line.rstrip().endswith(("?", "!")) or COMMAND.match(line) for line in lines):
        return False
    return sum(bool(_CONTACT.search(line)) for line in lines) >= 2
