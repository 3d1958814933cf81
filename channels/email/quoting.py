"""What in a text is new, what is quoted, what is a signature: parts in order, nothing dropped, in linear time."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import Literal

import quotequail

from bot.channel import line_hash
from bot.commands import Part

MARKER = "— Please write above this line —"
"""On every mail of ours; below it is nothing that its reader wrote."""
MOST_LINES, MOST_CHARACTERS = 5000, 64 << 10
"""What is looked at line by line; what follows is of the kind of the last line looked at."""
LONGEST_ATTRIBUTION = 400
LONGEST_SENT = 2000
MOST_DOUBTS = 100
"""Lines that quotequail is asked about in one text: it takes 40 µs for each."""
MOST_REPEATED = 5
"""Lines; our own mails have more."""
Kind = Literal["new", "quoted", "signature", "disclaimer"]

_OPENING = re.compile(r"(?:On|Am|Le|El|Den|Em|Op|Il|Dnia|W dniu)\b.{4}")
_COULD_BEGIN = re.compile(
    rf"{_OPENING.pattern}|[0-9]{{4}}/[0-9]|-{{2,}}[^-]|_{{20}}|.{{0,400}}[:：][ \t]*$"
    r"|(?:Begin|Anfang|Début|Inicio|Forwarded|Mensaje|Vidarebefordrat|Doorgestuurd|Original|Ursprüngliche"
    r"|Oorsp|Message|Origineel|Пересыл)"
)
"""Beside a colon at its end, how a line may begin a quotation; what is found, quotequail confirms or not."""
_HEADER = re.compile(
    r"[ \t]*\*?(From|Von|De|Van|Från|Fra|Da|Od|От|发件人|寄件者|差出人|보낸 사람"
    r"|To|An|À|Para|Aan|Till|Til|A|Do|Кому|收件人|宛先|받는 사람|Cc|Kopie|Copia"
    r"|Sent|Gesendet|Envoyé|Enviado|Verzonden|Skickat|Sendt|Inviato|Wysłano|Отправлено|发送时间|送信日時"
    r"|보낸 날짜|Date|Datum|Fecha|Data|Дата|日期|日付"
    r"|Subject|Betreff|Objet|Asunto|Onderwerp|Ämne|Emne|Oggetto|Temat|Тема|主题|件名|제목)"
    r"\*?[ \t]?[:：]"
)
_COMMAND = re.compile(r"[ \t]*[#\uff03][A-Za-z]")
_NOTE = re.compile(r"[ \t]*[#\uff03][ \t]*note\b", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"--[ \t]?$|(?:Sent from (?:my|Outlook|Mail|Yahoo)|Von meinem .{1,40} gesendet|Envoyé de mon"
    r"|Enviado desde mi|Get Outlook for)\b"
)


def divide(text: str, sent_lines: AbstractSet[str] = frozenset()) -> tuple[Part, ...]:
    """The parts of a clean text, in order; joined with ``\\n`` they give it back.

    ``sent_lines`` are hashes of lines that we sent on the case this mail answers: those are quotations
    in any language and any client, unless nothing else is said: then a few of them are said again.
    Then our marker, then what people's programs write before a quotation.
    """
    lines, rest = _window(text)
    kinds = _kinds(lines, sent_lines)
    if sent_lines and not _new(lines, kinds):
        again = _kinds(lines, frozenset())
        kinds = again if len(_new(lines, again)) <= MOST_REPEATED else kinds
    if rest:
        lines.append("\n".join(rest))
        kinds.append(kinds[-1])
    return _parts(lines, kinds)


def _window(text: str) -> tuple[list[str], list[str]]:
    """The lines to look at, and what follows them."""
    end = text.find("\n", MOST_CHARACTERS)
    head, tail = (text, []) if end < 0 else (text[:end], [text[end + 1 :]])
    lines = head.split("\n", MOST_LINES)
    return lines[:MOST_LINES], [*lines[MOST_LINES:], *tail]


def _kinds(lines: list[str], sent: AbstractSet[str]) -> list[Kind]:
    kinds: list[Kind] = ["quoted" if line.lstrip(" \t").startswith(">") else "new" for line in lines]
    _what_we_sent(lines, kinds, sent)
    _below_marker(lines, kinds)
    _attribution(lines, kinds)
    _introduced(lines, kinds)
    _signature(lines, kinds)
    return kinds


def _new(lines: list[str], kinds: list[Kind]) -> list[str]:
    return [line for line, kind in zip(lines, kinds, strict=True) if kind == "new" and line.strip()]


def _what_we_sent(lines: list[str], kinds: list[Kind], sent: AbstractSet[str]) -> None:
    """Lines that equal ours, and the short or empty ones that they enclose.

    Not the commands that a mail begins with, which somebody may have given before; and nothing below a note:
    cut off from it, that would make of a note in the middle one that ends an answer.
    """
    if not sent:
        return
    last, commands = -1, _commands(lines)
    for n, line in enumerate(lines):
        if _NOTE.match(line):
            return
        if n < commands:
            continue
        name = line_hash(line) if len(line) <= LONGEST_SENT else ""
        if name and name in sent:
            between = range(last + 1, n) if last >= 0 and kinds[last] == "quoted" else range(0)
            if all(not line_hash(lines[k]) for k in between):
                for k in between:
                    kinds[k] = "quoted"
            kinds[n] = "quoted"
        if name:
            last = n


def _commands(lines: list[str]) -> int:
    """How many lines of commands a text begins with, empty ones among them."""
    return next((n for n, line in enumerate(lines) if line.strip() and not _COMMAND.match(line)), len(lines))


def _below_marker(lines: list[str], kinds: list[Kind]) -> None:
    for n, line in enumerate(lines):
        if MARKER in line:
            # A program that marks quotations with ">" leaves room below for an answer; others do not.
            end = n + 1 if line.lstrip().startswith(">") else len(lines)
            kinds[n:end] = ["quoted"] * (end - n)
            return


def _attribution(lines: list[str], kinds: list[Kind]) -> None:
    """One or two lines right above a quotation that end with a colon introduce it, in any language."""
    for n in range(1, len(lines)):
        if kinds[n] != "quoted" or kinds[n - 1] != "new":
            continue
        last = n - 1
        while last > 0 and not lines[last].strip():
            last -= 1
        if n - last > 3 or not _introduces(lines[last]):
            continue
        first = last - 1 if last and lines[last - 1].strip() and _OPENING.match(lines[last - 1]) else last
        kinds[first:n] = ["quoted"] * (n - first)


def _introduces(line: str) -> bool:
    line = line.rstrip()
    if not line.endswith((":", "：")) or len(line) > LONGEST_ATTRIBUTION:
        return False
    return any(c.isdigit() or c in "@<" for c in line) or bool(_OPENING.match(line))


def _introduced(lines: list[str], kinds: list[Kind]) -> None:
    """From the first attribution line or block of headers on, all that is not marked with ``>`` is quoted too."""
    doubts = MOST_DOUBTS
    for n, line in enumerate(lines):
        if kinds[n] != "new":
            continue
        doubtful = doubts > 0 and _could_begin(line[:LONGEST_ATTRIBUTION])
        doubts -= bool(doubtful)
        if _header_block(lines, n) or (doubtful and _confirmed(lines, n)):
            _quote_from(lines, kinds, n)
            return


def _could_begin(line: str) -> bool:
    return line.rstrip(" \t").endswith((":", "：")) or _COULD_BEGIN.match(line) is not None


def _header_block(lines: list[str], n: int) -> bool:
    """``From: … Sent: … To: … Subject: …``: at least three different ones in a row."""
    if _HEADER.match(lines[n][:LONGEST_ATTRIBUTION]) is None:  # as nearly always
        return False
    found: set[str] = set()
    for line in lines[n : n + 8]:
        match = _HEADER.match(line[:LONGEST_ATTRIBUTION])
        if match is None:
            break
        found.add(match[1])
    return len(found) >= 3


def _confirmed(lines: list[str], n: int) -> bool:
    """Does quotequail see a quotation begin exactly here? It may wrap over two lines."""
    here = "\n".join(line.strip()[:LONGEST_ATTRIBUTION] for line in lines[n : n + 2])
    shown, text = quotequail.quote(here, limit=9, quote_intro_line=True)[0]
    return not (shown and text)


def _quote_from(lines: list[str], kinds: list[Kind], start: int) -> None:
    marked = next(
        (n for n in range(start, min(start + 6, len(lines))) if lines[n].lstrip().startswith(">")), None
    )
    end = len(lines) if marked is None else marked
    kinds[start:end] = ["quoted"] * (end - start)


def _signature(lines: list[str], kinds: list[Kind]) -> None:
    """A delimiter's line and what follows it, up to the next quotation (RFC 3676, section 4.3)."""
    within = False
    for n, line in enumerate(lines):
        if kinds[n] != "new":
            within = False
        elif within or _SIGNATURE.match(line):
            within = True
            kinds[n] = "signature"


def _parts(lines: list[str], kinds: list[Kind]) -> tuple[Part, ...]:
    made: list[Part] = []
    start = 0
    for n in range(1, len(lines) + 1):
        if n < len(lines) and (kinds[n] == kinds[start] or not lines[n].strip()):
            continue
        made.append(Part(kinds[start], "\n".join(lines[start:n])))
        start = n
    return tuple(made)
