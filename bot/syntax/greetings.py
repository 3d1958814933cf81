"""Courtesies: the greeting above what somebody writes, and the sign-off below it; a word more says something."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.syntax.thanks import WORDS

LONGEST = 40
"""Characters of a line that is no more than that."""
MOST_NAMES = 5
"""Words of a line that may be names."""
_HELLO = re.compile(
    r"(?:hi|hello|hey|dear|good|bonjour|bonsoir|cher|hallo|guten|moin|grü(?:ß|ss)|servus|liebe|sehr|hola|buen[oa]s|"
    r"estimad|ciao|buongiorno|buonasera|salve|gentil|egregi|olá|bom dia|boa tarde|prezad|car[oa]s? |dzień dobry|"
    r"cześć|witam|szanown|こんにちは|お世話)",
    re.IGNORECASE,
)
_BYE = re.compile(
    r"(?:thanks|thank you|thx|many thanks|regards|best|kind|cheers|sincerely|yours|merci|cordialement|bien à|"
    r"danke|gr[uü](?:ß|ss)|viele|mit freundlichen|mfg|vg|lg|gracias|saludos|よろしく|ありがと)",
    re.IGNORECASE,
)
_POLITE = WORDS | frozenset(
    """
    hi hello hey dear good there all everybody everyone folks team sir madam morning afternoon evening day weekend thank
    you your so very much many a lot again in advance for the and of from my our help support best kind warm kindest
    warmest regards greetings wishes sincerely yours truly faithfully have nice great
    hallo guten morgen tag abend liebe lieber liebes sehr geehrte geehrter geehrtes damen und herren herr frau vielen
    herzlichen herzliche besten beste schönen schöne ihnen dir euch für ihre eure deine hilfe im voraus viele
    freundliche freundlichen grüße grüßen grüsse grüssen gruß gruss mit euer mfg vg lg noch
    bonjour bonsoir cher chère madame monsieur merci beaucoup pour votre aide par avance bien à vous cordialement et
    bonne journée meilleures salutations
    hola buenos buenas días tardes estimado estimada muchas por su tu ayuda un cordial saludo saludos
    gentile gentili prezado prezada prezados estimados boa tarde dzień dobry cześć witam szanowni państwo
    ciao buongiorno mille per il suo tuo aiuto cordiali saluti olá bom dia muito pela ajuda abraços
    """.casefold().split()
)
_JAPANESE = re.compile(
    r"こんにちは|お世話になって(?:おり|い)ます|(?:どうぞ)?(?:よろしく|宜しく)(?:お願い(?:いた|致)?します|お願い申し上げます)?|"
    r"ありがとうござい(?:ます|ました)"
)
_WORD = re.compile(r"[^\W\d_]+")


def between(lines: Sequence[str], written: Sequence[int]) -> tuple[int, int]:
    """From where to where in ``written``, the lines with words, the text goes without a greeting and a sign-off."""
    said = [lines[n].strip() for n in (*written[:1], *written[-2:])]
    start = 1 if len(written) > 1 and len(said[0]) <= LONGEST and _HELLO.match(said[0]) else 0
    for size in (2, 1):
        if (
            len(written) - start > size
            and _BYE.match(said[-size])
            and all(len(s) <= LONGEST for s in said[-size:])
        ):
            return start, len(written) - size
    return start, len(written)


def mere(line: str) -> bool:
    """Is a line only a greeting, thanks, a sign-off or a name? A figure or a question is something else.

    What begins with a capital letter may be a name.
    """
    if any(c.isdigit() or c in "?？" for c in line):
        return False
    strange = [word for word in _WORD.findall(_JAPANESE.sub(" ", line)) if word.casefold() not in _POLITE]
    return len(strange) <= MOST_NAMES and all(word[0].isupper() for word in strange)
