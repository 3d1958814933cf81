"""Out-of-office replies in some thirty languages, and when their writers are back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date

from bot.languages.catalogue import every
from bot.languages.language import AbsenceNotes, Entries
from channels.email.automatic import human_dates

LONGEST = 4000
"""Characters of a text that are looked at."""


def _any(part: Callable[[AbsenceNotes], Entries]) -> str:
    """A pattern for one part of absence notes in all languages."""
    return f"(?:{'|'.join(every(lambda language: part(language.absence)))})"


_END = rf"(?=\s*(?:$|[^\w\s]|{_any(lambda notes: notes.following)}\b))"
_SIGN = r"(?=\s*(?:$|[:：()（）\[\]【】。、，,;；!！–—-]))"
_ANSWERED = rf"{_any(lambda notes: notes.answered)}\s?[:：]"
_AUTOMATIC = (
    rf"(?:{_any(lambda notes: notes.automatic)}{_END}|{_any(lambda notes: notes.unspaced)}{_SIGN}"
    rf"|{_any(lambda notes: notes.absent)}\s*(?:$|[:(–-]|auto|reply|message|notif|until|{_ANSWERED})"
    rf"|auto\s?:\s?(?:{_ANSWERED}|.{{1,80}}\bout of (?:the )?office))"
)
_NOT_OURS = r"(?:\[(?!CS-\d)[^\]]{1,40}\]\s{0,3})?"
_SUBJECT = re.compile(rf"{_NOT_OURS}(?:{_AUTOMATIC})", re.IGNORECASE)
_PERHAPS = re.compile(
    rf"{_NOT_OURS}(?:{_any(lambda notes: notes.before_colon)}\s?[:：]|{_any(lambda notes: notes.sentence)}\b)",
    re.IGNORECASE,
)
_INTRODUCTION = _any(lambda notes: notes.introduction)
_OPENING = re.compile(rf"[\s*_-]{{0,10}}{_INTRODUCTION}\s+(?:{_AUTOMATIC})", re.IGNORECASE)
_AWAY = re.compile(_any(lambda notes: notes.away), re.IGNORECASE)
_BACK = re.compile(_any(lambda notes: notes.back), re.IGNORECASE)
_UNTIL = re.compile(
    rf"\b{_any(lambda notes: notes.until)}\b|{_any(lambda notes: notes.until_unspaced)}", re.IGNORECASE
)
_TO = re.compile(
    rf"(?:\b{_any(lambda notes: notes.until_date)}|[àá]|[-–—])\s{{0,3}}(?:[^\W\d_]{{2,12}}[,.]?\s{{1,2}}){{0,2}}$",
    re.IGNORECASE,
)
"""Little words that mean *until* right before a date, perhaps with a weekday between."""
_SENTENCE = re.compile(r"[!?。！？\n]|\.(?=\s+[^\W\d_a-zà-ÿ])")


def is_automatic(subject: str) -> bool:
    """Is it a subject that machines write? A person's first mail may have the same words."""
    return bool(_SUBJECT.match(subject))


def is_answer(subject: str, text: str, *, answers: bool) -> bool:
    """Is it a machine's answer, by its subject and further evidence?

    ``answers``: it names a mail or case of ours. The subject alone silences nobody: somebody's first mail may
    ask about automatic replies.
    """
    if is_automatic(subject):
        return answers or _speaks(text.lstrip()[:600])
    return answers and bool(_PERHAPS.match(subject))


def _speaks(begin: str) -> bool:
    return bool(_AWAY.search(begin) or _BACK.search(begin) or opens_so(begin) or is_automatic(begin))


def opens_so(text: str) -> bool:
    """Does the text call itself an automatic answer before it says anything else?"""
    return bool(_OPENING.match(text.lstrip()[:200]))


def says_so(subject: str, text: str) -> bool:
    """Do the subject or the first lines speak of an absence? A person may write that, too."""
    begin = text.lstrip()[:600]
    return bool(is_automatic(begin) or opens_so(text) or _AWAY.search(subject[:200]) or _AWAY.search(begin))


def until(subject: str, text: str, since: date | None) -> date | None:
    """The day the writer is back, else the last day away; None if not given.

    ``since``: the day of the mail.
    """
    if since is None:
        return None
    words = unicodedata.normalize("NFKC", f"{subject[:300]}\n{text[:LONGEST]}")
    back: list[date] = []
    last: list[date] = []
    dates = list(human_dates.find(words, since))[:20]
    for mention, before, after in _around(words, dates):
        if _BACK.search(before) or (_BACK.search(after) and not _UNTIL.search(before)):
            back.append(mention.day)
        elif _UNTIL.search(before[-18:]) or _TO.search(before[-30:]) or _UNTIL.match(after.strip()):
            last.append(mention.day)
    return back[0] if back else max(last, default=None)


def _around(
    words: str, dates: list[human_dates.FoundDate]
) -> Iterator[tuple[human_dates.FoundDate, str, str]]:
    """Each date with the text around it in its sentence; what leads up to a date belongs to it."""
    for at, mention in enumerate(dates):
        start = dates[at - 1].end if at else 0
        following = dates[at + 1].start if at + 1 < len(dates) else len(words) + 41
        before = _SENTENCE.split(words[max(start, mention.start - 60) : mention.start])[-1]
        reach = 30 if following - mention.end > 40 else 8
        yield mention, before, _SENTENCE.split(words[mention.end : min(following, mention.end + reach)])[0]
