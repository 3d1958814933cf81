"""Words of mail systems: addresses, reply codes, and how they say what failed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.languages.catalogue import every, every_of

_CHARACTER = r"A-Za-z0-9!#$%&'+*/=?^_~\u0080-\uffff.-"
_ADDRESS = re.compile(
    rf"(?<![@{_CHARACTER}])([A-Za-z0-9!#$%&'*+/=?^_~.-]{{1,128}})@([A-Za-z0-9](?:[A-Za-z0-9-]"
    rf"|\.(?=[A-Za-z0-9])){{1,252}})"
)
_ENHANCED = re.compile(r"(?<![\w.])([245])\.([0-7])\.(\d{1,3})(?![\w.]*\d)")
_REPLY = re.compile(r"(?<![\w.:/-])([45][0-57]\d)(?=[ :,-]|\)|$)(?!-\d{2})")


def _any(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


STATUSES = ("5.1.1", "5.2.2", "5.1.2", "4.4.7", "5.3.4", "5.7.1")
"""What reasons that come without a status (RFC 3463) may mean; the first that fits."""
_STATUSES = {code: _any(every_of(lambda language: language.bounces.statuses, code)) for code in STATUSES}
_FAILED = _any(every(lambda language: language.bounces.failed))
_DELAYED = _any(every(lambda language: language.bounces.delayed))
_FINAL = _any(every(lambda language: language.bounces.final))


def address(text: str) -> str:
    """The first address in a text, lower case, or ``""``."""
    return next((first for _, _, first in addresses(text)), "")


def addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and lower-case form of each address in a line; linear."""
    for match in _ADDRESS.finditer(text):
        local = match[1].strip("'*=.")
        if local:
            yield match.start(), match.end(), f"{local}@{match[2]}".lower().rstrip("-")


def status(text: str) -> str:
    """The first enhanced status code that says more than ``5.0.0``, else the first, else ``""``."""
    codes = [f"{match[1]}.{match[2]}.{int(match[3])}" for match in _ENHANCED.finditer(text)]
    return next((code for code in codes if code[2:] != "0.0"), codes[0] if codes else "")


def reply(text: str) -> str:
    """The first SMTP reply code that refuses (RFC 5321, section 4.2), or ``""``."""
    match = _REPLY.search(text)
    return match[1] if match else ""


def gist(text: str) -> str:
    """A status for a text without one: by its words, else by its reply code's class; else ``""``."""
    by_words = next((code for code, pattern in _STATUSES.items() if pattern.search(text)), "")
    code = reply(text)
    return by_words or (f"{code[0]}.0.0" if code else "")


def failed(text: str) -> bool:
    """Does it say, in one of some twenty languages, that something was not delivered?"""
    return bool(_FAILED.search(text))


def delayed(text: str) -> bool:
    """Does it say that delivery takes longer, and is still being tried?"""
    return bool(_DELAYED.search(text)) and not _FINAL.search(text)
