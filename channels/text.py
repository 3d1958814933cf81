"""Text from outside, cleaned once, at the border."""

from __future__ import annotations

import re
import unicodedata

_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
_UNFIT_BYTES = bytes((*range(9), *range(0x0B, 0x20), *range(0x7F, 0xA0)))
"""The same of Latin-1."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_BREAKS = ("\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029")
_HIDDEN = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|clock\$)(?:\.|$)", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*]')
LONGEST_LINE = 4096
MOST_MARKS = 30
"""Combining marks on one letter (as UAX #15, section 13, has it)."""
_MAY_COMBINE = re.compile("[\u0300-\u1fff\u20d0-\u20ff\u2c00-\U0010ffff]")
"""The scripts and marks of the world, without Latin letters and typographic signs: quick to look for."""
_MARKS = re.compile(rf"[^\w\s]{{{MOST_MARKS + 1},}}")
LONGEST_NAME = 255
"""Bytes of a file's name in UTF-8, as most file systems allow."""


def clean(text: str) -> str:
    r"""Several lines of text: ``\\n`` between them, no other controls but tab, no surrogates, NFC."""
    ascii_ = text.isascii()
    for line_break in _BREAKS[:2] if ascii_ else _BREAKS:
        text = text.replace(line_break, "\n")
    if (latin := _clean_latin(text)) is not None:
        return latin
    if not text.replace("\n", "").isprintable():
        text = _UNFIT.sub(_instead, text)
    if _MAY_COMBINE.search(text):
        text = _MARKS.sub(_few, text)
    return unicodedata.normalize("NFC", text)


def _clean_latin(text: str) -> str | None:
    """Text of Latin-1 letters, which is in NFC already, without what is unfit; None if it has others.

    Bytes are looked through many times as fast as characters are.
    """
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:
        return None
    fit = data.translate(None, _UNFIT_BYTES)
    return text if len(fit) == len(data) else fit.decode("latin-1")


def _few(run: re.Match[str]) -> str:
    """Characters without excess combining marks, which no script needs: ordering them is quadratic."""
    if run[0].isascii():
        return run[0]
    signs: list[str] = []
    marks = 0
    for sign in run[0]:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks <= MOST_MARKS:
            signs.append(sign)
    return "".join(signs)


def line(text: str) -> str:
    """One line of text: every run of white space and controls becomes one blank."""
    return " ".join(clean(_CONTROL.sub(" ", text[:LONGEST_LINE])).split())


def name(text: str) -> str:
    """A person's name: a line without anything invisible that could turn or hide its letters."""
    return line(_HIDDEN.sub("", text[:LONGEST_LINE]))


def file_name(text: str) -> str:
    """A file's name for display, never a path; ``""`` if nothing is left of it.

    Folders, invisible and forbidden characters are gone, names that an operating system reserves and
    names that begin with a dot get an underscore, and the end (``.pdf``) survives shortening.
    """
    shown_name = name(text).replace("\\", "/").rstrip("/ ").rpartition("/")[2]
    shown_name = _FORBIDDEN.sub("_", shown_name).strip().rstrip(". ")
    if shown_name.startswith(".") or _RESERVED.match(shown_name):
        shown_name = "_" + shown_name
    return _shortened(shown_name)


def _shortened(shown_name: str) -> str:
    if len(shown_name.encode()) <= LONGEST_NAME:
        return shown_name
    stem, dot, end = shown_name.rpartition(".")
    if not dot or len(end) > 16:
        stem, end = shown_name, ""
    ending = (dot + end if end else "").encode()
    return stem.encode()[: LONGEST_NAME - len(ending)].decode("utf-8", "ignore") + ending.decode()


def _instead(match: re.Match[str]) -> str:
    return "\ufffd" if "\ud800" <= match[0] <= "\udfff" else ""
