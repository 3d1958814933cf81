"""Header blocks that mail programs copy above a mail (``From: … Sent: … Subject: …``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.languages.catalogue import every, languages
from channels.email.replies import attribution
from channels.email.replies.attribution import INVISIBLE

LONGEST = 400
"""Characters of a line that are looked at."""
MOST_LINES = 24
"""Lines of a block, blank and wrapped ones among them."""
LONGEST_NAME = 40
_DASHES = "-–—‐―_=*"
_DECORATION = " \t*_\u00a0\u3000"
_NAMES: dict[str, list[tuple[str, str]]] = {}
for _code, _language in languages().items():
    for _column, _words in _language.headers._asdict().items():
        for _word in _words:
            _NAMES.setdefault(_word, []).append((_code, _column))
_RAW = frozenset(
    {
        "received",
        "message-id",
        "mime-version",
        "content-type",
        "return-path",
        "dkim-signature",
        "delivered-to",
    }
)
"""Headers that programs do not copy: with them somebody shows the source of a mail."""
_ANNOUNCED = frozenset(every(lambda language: language.quotations.forward))
SENDERS = frozenset(every(lambda language: language.headers.sender))
_COPIES = _ANNOUNCED | {*every(lambda language: language.quotations.original)}
_ABOVE = every(lambda language: language.quotations.above)
"""What the markers of other desks say."""
_DATED = re.compile(r"(?:[^\W\d_]{2,15} ){1,3}:[ \t]*\d{1,4}[./-]\d{1,2}[./-]\d{2,4}(?![^\W\d])[^@<>]{0,20}")
"""``Message du : 24/11/2026 10:00`` above the headers."""
_NOTES = re.compile(r'"?[^"\n]{2,60}"? ---\d{1,2}[./]\d{1,2}[./]\d{4} \d\d?:\d\d(?::\d\d)?(?: [AP]M)?---')
"""The heading of HCL Notes, on one line with the beginning of the mail."""
_DASHED = re.compile(f"[{re.escape(_DASHES)}]{{2,}}")
_BRACKETED = re.compile(r"<[^<>@\s]{1,100}@[^<>@\s]{1,200}>")
_NAMED = re.compile(r"\*{0,2}[^\W\d_][^:：]{0,30}[:：]")


class Headers:
    """Finds the blocks of copied mail headers in one text."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._known: dict[int, str] = {}
        self._no_block_before = 0

    def end(self, start: int, *, first: int = -1) -> int:
        """Where the block (or its announcement) that begins at ``start`` ends; ``start`` if none does.

        Three headers of one language are a block; below an announcement, two. Another desk's marker announces
        nothing on the ``first`` line with words.
        """
        line = self._lines[start][:LONGEST]
        kind = "" if self._name(start) or (start == first and _is_above(line)) else _announces(line)
        if not kind:
            end = self._block(start, fewest=3)
            return end if end > start else self._foreign(start)
        after = self._next(start + 1)
        if after == len(self._lines):
            return after if kind == "copy" else start
        if kind in ("rule", "short"):
            end = self._below_rule(after, short=kind == "short")
            if end > after or kind == "short":
                return end if end > after else start
        if kind == "copy" and self._lines[after].startswith("|"):  # NetEase writes the headers as a table
            rows = [line[1:].replace("|", ":", 1) for line in self._lines[after : after + MOST_LINES]]
            return after + Headers(rows)._block(0, fewest=2)
        end = self._block(after, fewest=3 if kind == "dated" else 2)
        if end > after:
            return end
        marked = kind == "forward" and self._lines[after].lstrip().startswith(">")
        named = kind == "dashed" or (kind == "rule" and line.count("_") >= 20)
        return after if kind == "copy" or marked or (named and _unknown(self._lines, after)) else start

    def _below_rule(self, after: int, *, short: bool) -> int:
        """Where a block ends that another line announces between the rule and it; ``after`` if none."""
        line = self._lines[after][:LONGEST]
        if _announces(line) in (("dated",) if short else ("copy", "forward", "dated")):
            return self.end(after)
        here = not short and len(line) <= 60 and any(words in line.lower() for words in _ABOVE)
        return self._next(after + 1) if here else after

    def _foreign(self, start: int) -> int:
        """Where a block in a language that is not in the table ends; ``start`` if there is none.

        People write lists of ``Name: value``, too. So it stands apart, below other words; its first line has
        an address, one of the next two a date, another one a second address; and its names are not plain
        ASCII.
        """
        lines = self._lines
        if start < 2 or lines[start - 1].strip() or not _BRACKETED.search(lines[start], 0, LONGEST):
            return start
        end = start
        while end < min(start + 8, len(lines)) and _NAMED.match(lines[end]):
            end += 1
        row = [line[:LONGEST] for line in lines[start:end]]
        ends = end == len(lines) or not lines[end].strip()
        dated = any(map(attribution.dated, row[1:3]))
        twice = any(map(_BRACKETED.search, row[1:]))
        ascii_names = all(line.partition(":")[0].isascii() for line in row)
        return end if len(row) >= 3 and ends and dated and twice and not ascii_names else start

    def above(self, start: int, floor: int) -> int:
        """Return where copied headers without a sender begin directly above an attribution at ``start``."""
        n = start
        while n > floor and (self._name(n - 1) or (n < start and _announces(self._lines[n - 1]) == "rule")):
            n -= 1
        return n if n < start - 1 else start

    def _name(self, n: int) -> str:
        if n not in self._known:
            self._known[n] = header_name(self._lines[n])
        return self._known[n]

    def _block(self, start: int, *, fewest: int) -> int:
        """Where a block of at least ``fewest`` headers ends; ``start`` if there is none."""
        if start < self._no_block_before and fewest == 3:
            return start
        last = start - 1
        columns: dict[str, set[str]] = {}
        addressed = raw = False
        for n in self._row(start):
            raw = raw or self._name(n) in _RAW
            for name in (self._name(n), *_inner(self._lines[n])):
                for language, column in _NAMES.get(name, ()):
                    columns.setdefault(language, set()).add(column)
            addressed = addressed or "@" in self._lines[n][:LONGEST]
            last = n
        needed = {"sender"} if addressed or fewest < 3 else {"sender", "sent", "subject"}
        if not raw and any(len(names) >= fewest and needed <= names for names in columns.values()):
            return last + 1
        self._no_block_before = max(self._no_block_before, last + 1)
        return start

    def _row(self, start: int) -> Iterator[int]:
        """The lines of headers from here on; single blank lines and wrapped values may lie between them."""
        waiting = blanks = 0
        for n in range(start, min(start + MOST_LINES, len(self._lines))):
            line = self._lines[n]
            if self._name(n):
                waiting = blanks = 0
                yield n
            elif n == start:
                return
            elif not line.strip():
                blanks += 1
            else:
                waiting += 1
            if blanks > 1 or (blanks and waiting) or waiting > (8 if "@" in line or ";" in line else 2):
                return

    def _next(self, start: int) -> int:
        """The next line with words, no more than two blank ones away."""
        lines = self._lines
        return next((n for n in range(start, min(start + 3, len(lines))) if lines[n].strip()), len(lines))


def _announces(line: str) -> str:
    """How a line announces a mail; ``""`` if it does not.

    ``"copy"`` (known words between dashes), ``"forward"`` (known words and a colon), ``"dated"`` (a name and
    a date), ``"dashed"`` (other words between dashes), ``"rule"`` (only dashes), ``"short"`` (few of them).
    """
    line = line.strip()
    if not line or (len(line) > 60 and line[0].isalnum()):
        return ""
    if _NOTES.match(line):
        return "copy"
    pieces = _DASHED.split(line, maxsplit=2)
    if len(pieces) == 3 and not pieces[0] and len([*_inner(pieces[2].ljust(LONGEST_NAME + 1))]) > 1:
        # all headers are on this line
        return "copy" if " ".join(pieces[1].lower().split()) in _COPIES else ""
    bare = line.strip(_DASHES + "> \t\u00a0")
    if not bare:
        return ("rule" if len(line) >= 5 else "short") if len(line) >= 3 and len(set(line)) <= 2 else ""
    if _DATED.fullmatch(line):
        return "dated"
    if _is_above(line):
        return "copy"
    phrase = " ".join(bare.rstrip(":： ").lower().split())
    dashed = line[:2].strip(_DASHES) == ""
    if phrase in _COPIES and dashed and line[-2:].strip(_DASHES) == "":
        return "copy"
    if phrase in _COPIES and (phrase in _ANNOUNCED or bare.endswith((":", "："))):
        return "forward"
    if line[:4].strip(_DASHES) == "" and line[-4:].strip(_DASHES) == "" and len(bare) <= 60:
        return "dashed"
    return ""


def _is_above(line: str) -> bool:
    """Return whether a line is another desk's marker."""
    line = line.strip().lower()
    return line[:1] in (*"#[<", *_DASHES) and len(line) <= 120 and any(map(line.__contains__, _ABOVE))


def header_name(line: str) -> str:
    """Return the name of the header on a line, in lower case; ``""`` if it has no known one."""
    head = line[: LONGEST_NAME + 1]
    if ":" not in head and "：" not in head:
        return ""
    if not head.isascii():
        head = head.translate(INVISIBLE).replace("：", ":")
    head = head.lstrip(_DECORATION)
    name, colon, _ = head.partition(":")
    name = name.strip(_DECORATION).lower()
    return name if colon and (name in _NAMES or name in _RAW) else ""


def _inner(line: str) -> Iterator[str]:
    """Names of further headers, if a program wrote all into one line."""
    if len(line) > LONGEST_NAME:
        for head in line[:LONGEST].split(":")[1:-1]:
            yield head.strip(_DECORATION).rpartition(" ")[2].lower()


def _unknown(lines: Sequence[str], start: int) -> bool:
    """Are there headers of an unknown language: three ``name: value`` in a row, one with ``<address>``?"""
    row = [line[:LONGEST].strip() for line in lines[start : start + 3]]
    return len(row) == 3 and all(map(_NAMED.match, row)) and any(map(_BRACKETED.search, row))
