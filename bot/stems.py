"""Word stems: what a text is about, as words that are alike in all their forms; for finding articles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LONGEST = 40
"""Letters of a stem; what is longer is an address or a hash, and nobody looks for it."""
CODE = 3
"""Digits of a number that may be a code: 404, VAST 303. Others count or name single things."""
_WORD = re.compile(r"[^\W_]+")
_SIGNED_IN = re.compile(r"\b(?:log|sign)(?:g?ed|g?ing)?[ -](?:in|on)\b")
_WITHOUT_BLANKS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
"""Scripts that put no blanks between words: kana and Han characters."""
_MARKS = re.compile("(?:[^\\w\\s]|[\uff9e\uff9f]){31,}")
"""Longer runs of signs than any script has; to put the marks in them in order is quadratic."""
_SAYING_NOTHING = """
a about after again all also am an and any anybody anyone anything are as at be because been before being but by
can cannot could did do does doing don down during each else ever every few for from further get gets getting give
go goes going got had has have having he her here him his how i if in into is isn it its just know let like ll
made make may me might mine more most much must my need no nor not now of off on once one only or other our out
over own please possible really re s same see seem seems shall she should since so some somebody someone something
still such t than that the their them then there these they thing things this those though through to too try
trying tried under until up us use used using ve very via want wants was way we were what when where which while
who whom whose why will with within without won would yet you your
anymore already always today yesterday tomorrow week day days morning new old two hello hi dear thank thanks
regards best kind help issue issues problem problems question questions support team case ticket urgent asap
alle als am an auch auf aus bei bin bis bitte da das dass dem den der des die dies diese doch ein eine einem einen
einer er es fur habe haben hallo hat hilfe ich ihr im in ist ja kann kein keine konnen man mein mehr mit nach nicht
noch nur ob oder ohne problem schon sehr sein seit sich sie sind so um und uns unser unsere vom von vor warum was
wenn wer werden wie wir wird wo zu zum zur danke grusse frage
alors au aux avec bonjour ce ces cette comment dans de depuis des dois du elle en est et etre fait faire il ils je
la le les leur lui mais merci mes mon ne nos notre nous on ou par pas peut plus pour pourquoi pouvez probleme puis
qu que quel quelle qui sa sans se ses son sont sur ta toujours un une vos votre vous aide
"""
_EMPTY = frozenset(_SAYING_NOTHING.split())
"""Words that say nothing of the matter, in English, German and French, without accents."""


def stems(text: str) -> list[str]:
    """The stems of a text's words in their order, repeated as they are; no words that say nothing, and of
    numbers only those that may be codes.

    Lower case, without accents. Endings are cut off by the rules of English, in whatever language: what is cut
    alike is found alike. Of scripts without blanks, each two neighbouring characters.
    """
    return [stem for word in _words(text) if (stem := _stem(word)) and len(stem) <= LONGEST]


def _words(text: str) -> Iterator[str]:
    told = " ".join(one for one in text.replace("](", "] (").split() if not _is_address(one))
    for word in _WORD.findall(_SIGNED_IN.sub("login", _plain(told))):
        if _WITHOUT_BLANKS.search(word):
            yield from _pairs(word)
        elif word not in _EMPTY and len(word) > 1 and (len(word) == CODE or not word.isdecimal()):
            yield word


def _is_address(word: str) -> bool:
    return "@" in word or "://" in word or word.startswith("www.")


def _plain(text: str) -> str:
    """Lower case, without accents and apostrophes."""
    few = _MARKS.sub(_without_marks, text.replace("'", " ").replace("’", " "))
    apart = unicodedata.normalize("NFKD", few).casefold()
    return unicodedata.normalize("NFC", "".join(c for c in apart if not "\u0300" <= c <= "\u036f"))


def _without_marks(run: re.Match[str]) -> str:
    return "".join(c for c in run[0] if not unicodedata.combining(c) and c not in "\uff9e\uff9f")


def _pairs(word: str) -> Iterator[str]:
    for run in _WITHOUT_BLANKS.findall(word):
        yield from (run[n : n + 2] for n in range(max(len(run) - 1, 1)))


def _stem(word: str) -> str:
    if not word.isascii() or not word.isalpha():
        return word
    word = _without_plural(word)
    for ending in ("ation", "ment", "ing", "ed", "ion", "en"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = _single(word.removesuffix(ending))
            break
    if len(word) > 4 and word[-1] in "ey":
        word = word[:-1]
    return word[:-2] if len(word) > 6 and word.endswith("at") else word


def _without_plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("es") and len(word) > 5 and word[:-2].endswith(("ss", "x", "ch", "sh")):
        return word[:-2]
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word


def _single(word: str) -> str:
    """``logg`` → ``log``; ``install`` stays."""
    return word[:-1] if word[-1] == word[-2] and word[-1] not in "lsz" else word
