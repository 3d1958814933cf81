"""Words of mail systems: addresses, reply codes, and how they say what failed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.languages.catalogue import every, every_of

_CHARACTER = r"A-Za-z0-9!#$%&'*+/=?^_~\u0080-\uffff.-"
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
    return next((found for _, _, found in addresses(text)), "")


def addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and lower-case form of each address in a line; linear."""
    for found in _ADDRESS.finditer(text):
        local = found[1].strip("'*=.")
        if local:
            yield found.start(), found.end(), f"{local}@{found[2]}".lower().rstrip("-")


def status(text: str) -> str:
    """The first enhanced status code in a text that says more than ``5.0.0``, else the first, else ``""``."""
    found = [f"{one[1]}.{one[2]}.{int(one[3])}" for one in _ENHANCED.finditer(text)]
    return next((one for one in found if one[2:] != "0.0"), found[0] if found else "")


def reply(text: str) -> str:
    """The first SMTP reply code that refuses (RFC 5321, section 4.2), or ``""``."""
    found = _REPLY.search(text)
    return found[1] if found else ""


def gist(text: str) -> str:
    """A status for words that give none: by what they say, else by their reply code's class; else ``""``."""
    said = next((code for code, pattern in _STATUSES.items() if pattern.search(text)), "")
    code = reply(text)
    return said or (f"{code[0]}.0.0" if code else "")


def failed(text: str) -> bool:
    """Does it say, in one of some twenty languages, that something was not delivered?"""
    return bool(_FAILED.search(text))


def delayed(text: str) -> bool:
    """Does it say that delivery takes longer, and is tried on?"""
    return bool(_DELAYED.search(text)) and not _FINAL.search(text)
