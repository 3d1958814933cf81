"""Phone numbers as people write them."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"\d")
_PHONE = re.compile(r"\+?[\d ()./-]{6,30}(?:(?:ext|x|#)\.? ?\d{1,6})?", re.ASCII | re.IGNORECASE)
_AT_END = re.compile(
    r"(?:(?:tel|phone)[.: ]{1,3})?(\+?\(?\d[\d ()./-]{4,28}\d(?: ?(?:ext|x|#)\.? ?\d{1,6})?)$", re.IGNORECASE
)
_PAUSE = " \t,.;:–—-\n"


def phone_number(text: str) -> str:
    """A phone number as it was written, tidied; ``""`` if it is none (ITU-T E.164, and an extension)."""
    tidy = " ".join(text.split())
    fits = _PHONE.fullmatch(tidy) and 7 <= len(_DIGITS.findall(tidy)) <= 21
    return tidy if fits else ""


def name_and_number(text: str) -> tuple[str, str]:
    """``Ana Silva, tel. +33 1 23 45 67 89`` → name and number; what ends with no number is all a name."""
    text = " ".join(text.split())[:300]
    found = _AT_END.search(text)
    return (text[: found.start()].strip(_PAUSE), found.group(1)) if found else (text, "")
