"""Attribution lines: ``On Tue, 24 Nov 2026 at 10:00, Ana wrote:``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.languages.catalogue import every, longest_first

LONGEST = 400
"""Characters of an attribution, over all its lines."""
MOST_LINES = 6
COLONS = (":", "：")
_OPEN = ("<", "＜", "(<")
"""How a name ends whose address has no room beside it."""


def _any(phrases: Sequence[str]) -> str:
    """A pattern for whole words; in scripts without spaces, words have no ends."""
    spaced = [re.escape(phrase) for phrase in phrases if phrase[0] < "\u1100"]
    others = [re.escape(phrase) for phrase in phrases if phrase[0] >= "\u1100"]
    return "|".join([rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)", *others])


_OPENS = _any(longest_first(lambda language: language.quotations.opening))
_OPENING = re.compile(_OPENS)
_WROTE = _any(longest_first(lambda language: language.quotations.verb))
_VERB, _VERB_LAST = re.compile(_WROTE), re.compile(rf"(?:{_WROTE})$")
_DATE_FIRST = re.compile(
    r"(?:\d{1,2}[:.]\d\d(?: ?[ap]\.?m\.?)?,? )?(?:[^\W\d_]{1,12}[.,]{0,2} ){0,2}[(（]?\d{1,4}[年년./, -]"
)
_DATE = re.compile(r"(?<!\d)(?:(?:19|20)\d\d|25[5-9]\d)(?!\d)|(?<!\d)\d{1,2}[./-] ?\d{1,2}[./-] ?\d\d(?!\d)")
_TIME = re.compile(r"(?<![\d.])\d{1,2} ?[:.h] ?\d\d(?![\d.])")
_ADDRESS = re.compile(r"[<(\[＜]\s?(?:mailto:)?[^<>()\[\]＜＞\s]{1,100}@")
_NO_DATE = re.compile(rf"[^\s@<>]{{1,64}}@[^\s@<>]{{3,250}} (?:{_WROTE}) ?[:：]")
"""All that some programs write."""
_PRONOUNS = frozenset(every(lambda language: language.quotations.pronoun))
"""Whoever says one of these tells a story."""
_NAME_FIRST = re.compile(
    rf"(?:[^\W\d_][\w.-]* ){{1,4}}(?:{_WROTE}) (?:{_OPENING.pattern})"
    r" [^:;<>@]{6,40} \d{1,2}[:.]\d\d(?: uhr)? ?:"
)
"""``Ana Example schrieb am Do. 20. Juni 2024 um 14:49:``."""
_BARE = re.compile(rf"(.{{8,40}}?),? (?:([^:<>@]{{3,60}}?) (?:{_WROTE})|(?:{_WROTE}) ([^:<>@]{{3,60}}))")
"""``On 24/11/2026 at 10:00, Ana wrote``, or ``Am 24.11.2026 um 10:00 schrieb Ana``."""
_INSIDE = re.compile(rf"(?i)(?<=[^\s>]\s)\s?(?:{_OPENS})[^<>]{{8,120}}<\S+@\S+>,?\s?(?:{_WROTE})?\s?[:：]\s")
"""An attribution within a line, up to its colon."""
_STORY = frozenset(every(lambda language: language.quotations.story))
"""Words of a story in which no address is."""
_YOU = re.compile(r"on [^:;<>@]{6,40} you wrote$")
"""To whom we are "you", or in a story."""
INVISIBLE = dict.fromkeys(
    (
        0xAD,
        0x61C,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        0x2060,
        0x2063,
        *range(0x2066, 0x206A),
        0xFEFF,
    )
)
_FOLDED = INVISIBLE | {
    zero + figure: str(figure) for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50) for figure in range(10)
}
"""Figures of Arabic, Persian, Hindi, Bengali and Thai, too."""
_ENTITIES = {"&lt;": "<", "&gt;": ">"}


def tidy(line: str) -> str:
    """A line for comparison: lower case, single blanks, cut where no attribution is longer."""
    line = " ".join(line[: LONGEST + 1].lower().split())
    if not line.isascii():
        line = line.translate(_FOLDED).strip()
    if "&" in line:
        for entity, letter in _ENTITIES.items():
            line = line.replace(entity, letter)
    return line


def dated(line: str) -> bool:
    """Does a line contain a date with its year?"""
    return bool(_DATE.search(tidy(line)))


def may_begin(line: str) -> bool:
    """Could an attribution begin with this line?"""
    line = tidy(line)
    if _listed(line):
        return _says_it_all(line)
    addressed = "@" in line and (line.endswith(COLONS) or bool(_ADDRESS.search(line)))
    return _begins(_bare(line)) or line.endswith(_OPEN) or addressed or bool(_NAME_FIRST.match(line))


def end(lines: Sequence[str], start: int) -> int:
    """Where the attribution that begins at ``start`` ends; ``start`` if none does.

    It needs no quotation mark below it, so it must say when or whose, and what they did. It may be wrapped,
    and its address may stand apart.
    """
    text = ""
    for n in range(start, min(start + MOST_LINES, len(lines))):
        line = tidy(lines[n])
        if not line:
            if _goes_on(lines, n):
                continue
            break
        if n > start and line[0] == ">" and text.count("<") <= text.count(">"):
            break
        text = f"{text} {line}" if text else line
        if len(text) > LONGEST:
            break
        if _ends_one(lines, text, start, n + 1):
            return start if _begins_later(lines, start, n + 1) else n + 1
        if _ends_a_sentence(line):
            break
    return start


def _ends_one(lines: Sequence[str], text: str, start: int, after: int) -> bool:
    """Is the text of the lines up to ``after`` an attribution in this place?"""
    if _listed(text):
        return _says_it_all(text) and _alone(lines, start, after)
    if _says_it_all(text):
        return True
    named = _NAME_FIRST.fullmatch(text) and _DATE.search(text)
    if (named or _NO_DATE.fullmatch(text)) and not (start and lines[start - 1].strip()):
        return after == len(lines) or not lines[after].strip()
    return _stands_apart(lines, start, after) and (_says_enough(text) or _to_you(lines, text, start, after))


def _begins_later(lines: Sequence[str], start: int, after: int) -> bool:
    """Is a later line the first one? Then an answer stands directly above it: say, address and numbers."""
    for n in range(start + 1, after):
        text = " ".join(filter(None, map(tidy, lines[n:after])))
        if _DATE.search(text) and _begins(_bare(text)) and _says_it_all(text):
            return not _goes_into(tidy(lines[start]), tidy(lines[n]))
    return False


def _goes_into(line: str, text: str) -> bool:
    """Is the line only the beginning of the text: ``On Tue,``, or in Chinese the writer before the date?"""
    line = _bare(line)
    dated = line.endswith(",") or any(map(str.isdigit, line))
    if dated and _OPENING.match(line) and not _OPENING.match(_bare(text)):
        return True
    return text[:1] >= "\u1100" and "@" not in text and bool(_ADDRESS.search(line)) and line.endswith(">")


def writer(line: str) -> str:
    """Return who wrote by an attribution that lacks its colon and says nothing else; ``""`` if it is none."""
    match = _BARE.fullmatch(tidy(line)) if line[:1].isupper() else None
    dated = match and _OPENING.match(match[1]) and _DATE.search(match[1]) and _TIME.search(match[1])
    return match[2] or match[3] if match and dated else ""


def inside(line: str) -> tuple[int, ...]:
    """Return where the first attribution within a line begins and ends; ``()`` if there is none."""
    span, at = tuple[int, ...](), 0
    while (match := _INSIDE.search(line, at)) and (not span or match.end() == span[1]):
        at = match.start() + 1
        if _DATE.search(match[0]) and _TIME.search(match[0]) and not match[0].lstrip()[0].islower():
            span = match.span()
    return span


def start(lines: Sequence[str], n: int, floor: int) -> int:
    """Where an attribution begins whose address begins line ``n``: perhaps above, with a name."""
    if n <= floor or not tidy(lines[n]).startswith("<"):
        return n
    name = tidy(lines[n - 1])
    apart = n - 1 == floor or not lines[n - 2].strip()
    alone = name and apart and len(name) <= 80 and not _ends_a_sentence(name) and not name.endswith(COLONS)
    return n - 1 if alone else n


def above(lines: Sequence[str], quoted: int, floor: int) -> int:
    """Where the attribution directly above the marked quotation begins; ``quoted`` if there is none.

    The mark below it proves much, so a colon and a date, an address or a verb are enough. ``floor``: the
    first line it may begin at.
    """
    last = quoted - 1
    while last >= floor and not lines[last].strip():
        last -= 1
    if last < floor or quoted - last > 3 or not tidy(lines[last]).endswith(COLONS):
        return quoted
    text = ""
    for n in range(last, max(floor, last - 4) - 1, -1):
        line = _bare(tidy(lines[n]))
        if not line or (n < last and _ends_a_sentence(line)):
            break
        text = f"{line} {text}" if text else line
        if _begins(text) and (_DATE.search(text) or "@" in text or _VERB.search(text)):
            return n
        if n < last and _ADDRESS.search(text) and _DATE.search(text):
            return n
    line = tidy(lines[last])
    likely = _VERB.search(line) or _ADDRESS.search(line) or _DATE.search(line)
    return last if likely else quoted


def _bare(text: str) -> str:
    return text.strip(" *_-—–‐―=\"'")


def _begins(text: str) -> bool:
    return bool(_OPENING.match(text) or _DATE_FIRST.match(text))


def _says_it_all(text: str) -> bool:
    """Does it say when, whose, and that it was written, and end with a colon or dashes?"""
    if not text.rstrip(" *_").endswith((*COLONS, "--", "——")):
        return False
    text = _bare(text)
    whose = bool(_ADDRESS.search(text))
    if not _VERB.search(text) or _tells_more(text, whose=whose):
        return False
    return whose or bool(_begins(text) and _DATE.search(text) and ("@" in text or _TIME.search(text)))


def _tells_more(text: str, *, whose: bool) -> bool:
    """Is it a sentence about what somebody wrote: ``schrieb uns``, or words after the address?

    A date after the address is none.
    """
    if not whose:
        return not _STORY.isdisjoint(text.split()[1:])
    tail = re.split(r"[>)\]＞]", text)[-1]
    if tail == text:
        return False
    ends = [verb.end() for verb in _VERB.finditer(tail)]
    after_verb = tail[ends[-1] :] if ends else tail
    return any(map(str.isalpha, after_verb)) and not any(map(str.isdigit, after_verb))


def _says_enough(text: str) -> bool:
    """Would a paragraph be an attribution: a date and an address, or a date, a verb and no pronoun?"""
    bare = _bare(text)
    text = bare.rstrip(":： ")
    if not _DATE.search(text):
        return False
    if _VERB.search(text):
        if not _begins(text) or not _PRONOUNS.isdisjoint(text.split()[1:]):
            return False
        if _tells_more(text, whose=bool(_ADDRESS.search(text))):
            return False
        timed = _VERB_LAST.search(text) and _TIME.search(text) and _ADDRESS.search(text)
        return bare.endswith(COLONS) or bool(timed)
    address = _ADDRESS.search(text)
    if address is None or not text.endswith((">", ")", "]", "＞")) or _DATE_FIRST.match(text) is None:
        return False
    named = text[: address.start()].rsplit(maxsplit=1)[-1:] == [text[address.start() :].strip("<>()[]＜＞ ")]
    return text.count("@") == 1 + named and text.count("<") == text.count(">")


def _listed(text: str) -> bool:
    return text.startswith(("- ", "* ", "– "))


def _alone(lines: Sequence[str], start: int, after: int) -> bool:
    """Is nothing directly above and only a quotation below? An item of a list has others beside it."""
    below = next((line.strip() for line in lines[after : after + 3] if line.strip()), "")
    return not (start and lines[start - 1].strip()) and (not below or below.startswith(">"))


def _to_you(lines: Sequence[str], text: str, start: int, after: int) -> bool:
    """Is it ``On 26 November you wrote:`` below an answer?

    Below a salutation, or above quotation marks, it tells a story.
    """
    if not _YOU.match(_bare(text).rstrip(":： ")) or not text.endswith(COLONS) or not _DATE.search(text):
        return False
    above = next((line.strip() for line in reversed(lines[max(0, start - 3) : start]) if line.strip()), "")
    below = next((line.strip() for line in lines[after : after + 3] if line.strip()), "")
    answered = len(above.split()) >= 4 and above.endswith((".", "!", "?"))
    return answered and not below.startswith(tuple("\"“”„«»'‘’‚"))


def _stands_apart(lines: Sequence[str], start: int, after: int) -> bool:
    """Is it a paragraph of its own, or directly above a mark? A line of a log is not."""
    follows = lines[after].strip() if after < len(lines) else ""
    before = lines[start - 1].strip() if start else ""
    both = "@" in "".join(lines[start:after]) and lines[after - 1].rstrip(" \t*_").endswith(COLONS)
    return follows.startswith((">", "|")) or (not follows and (both or not before))


def _goes_on(lines: Sequence[str], blank: int) -> bool:
    """Does an address, or the verb, follow after the blank line?"""
    after = next((tidy(line) for line in lines[blank + 1 : blank + 3] if line.strip()), "")
    return after.startswith(("<", "mailto:")) or bool(_VERB.match(after) and after.endswith(COLONS))


def _ends_a_sentence(line: str) -> bool:
    if not line.endswith((".", "!", "?", "。", "！", "？")):
        return False
    return not line.endswith(".") or (len(word := line.rsplit(maxsplit=1)[-1]) > 6 and word[:-1].isalpha())
