"""The split of a text into new, quoted and signature; nothing dropped, in linear time."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from itertools import groupby

from bot.model.message import Part
from channels.email.replies import attribution, disclaimer, own_text, signature_block, wrapped_quotes
from channels.email.replies.candidate_lines import candidates, hinted, plain
from channels.email.replies.header_block import Headers
from channels.email.replies.own_text import LineKind, marker
from channels.email.replies.wrapped_quotes import bare, marked

__all__ = ["divide"]
MOST_LINES, MOST_CHARACTERS = 5000, 64 << 10
"""What is looked at line by line; what follows is of the kind of the last line looked at, down to our marker."""
MOST_DOUBTS = 200
"""Lines that are asked whether an attribution begins there, in one text."""
MOST_REPEATED = 5
"""Lines; our own mails have more."""
MOST_HEADERS = 24
"""Lines of a quotation that may be nothing but headers."""
_ADDRESS = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{3,250}")
MOST_CONTEXT = 30
"""Lines of a quotation that is shown with its answer."""


def divide(text: str, sent_lines: AbstractSet[str] = frozenset()) -> tuple[Part, ...]:
    r"""The parts of a clean text, in order; joined with ``\\n`` they give it back.

    ``sent_lines`` are hashes of lines that we sent on the case this mail answers: those are quotations in any
    language and any client, unless nothing else is said: then a few of them are said again. Then our marker,
    then what people's programs write before a quotation.
    """
    lines, remainder = _window(text)
    seen = [line[: own_text.LONGEST + 1] for line in lines]
    kinds = _kinds(seen, sent_lines, strangers=not sent_lines)
    if sent_lines and not _new(seen, kinds):
        again = _kinds(seen, frozenset(), strangers=False)
        kinds = again if len(_new(seen, again)) <= MOST_REPEATED else kinds
    if remainder:
        above, below = _at_marker("\n".join(remainder))
        lines += [*above, *below]
        kinds += kinds[-1:] * len(above)
        kinds += ["quoted"] * len(below)
    return _parts(lines, kinds)


def _window(text: str) -> tuple[list[str], list[str]]:
    """The lines to look at, and what follows them."""
    end = text.find("\n", MOST_CHARACTERS)
    head, tail = (text, []) if end < 0 else (text[:end], [text[end + 1 :]])
    lines = head.split("\n", MOST_LINES)
    return lines[:MOST_LINES], [*lines[MOST_LINES:], *tail]


def _at_marker(text: str) -> tuple[list[str], list[str]]:
    """The text above the line with our marker, and from there on; each one string, or none."""
    at = marker(text)
    if at < 0:
        return [text], []
    start = text.rfind("\n", 0, at) + 1
    return ([text[: start - 1]] if start else []), [text[start:]]


def _kinds(lines: list[str], sent: AbstractSet[str], *, strangers: bool) -> list[LineKind]:
    """The kind of each line; ``strangers``: may quotations be of words that nobody here has read?"""
    few = candidates(lines)
    blanks = [n for n in few if not lines[n].strip()]
    quoted = [n for n in few if marked(lines[n])]
    rests = wrapped_quotes.rests(lines, quoted)
    kinds: list[LineKind] = ["new"] * len(lines)
    for n in (*quoted, *rests):
        kinds[n] = "quoted"
    own_text.mark(lines, kinds, sent)
    strangers = not own_text.below_marker(lines, kinds) and strangers
    _introduced(lines, kinds, few, strangers=strangers)
    disclaimer.mark(lines, kinds, blanks)
    signature_block.mark(lines, kinds, few)
    _blanks(kinds, blanks)
    if strangers:
        _context(lines, kinds, rests)
    return kinds


def _new(lines: list[str], kinds: list[LineKind]) -> list[str]:
    return [line for line, kind in zip(lines, kinds, strict=True) if kind == "new" and line.strip()]


def _introduced(lines: list[str], kinds: list[LineKind], few: list[int], *, strangers: bool) -> None:
    """Mark attributions and copied headers as quoted, with what they introduce.

    ``few``: the numbers of candidate lines; no other new line introduces anything.
    """
    headers = Headers(lines)
    first, after, floor, doubts = _written(lines, 0), 0, 0, MOST_DOUBTS
    has_words = False
    for n in _stops(kinds, few):
        if n < after:
            continue
        has_words = has_words or n > after
        after = n + 1
        if kinds[n] == "new" and (not lines[n].strip() or plain(lines[n])):
            has_words = has_words or bool(lines[n].strip())
            continue
        start, end = n, n
        if kinds[n] == "quoted":
            start = attribution.above(lines, n, floor)
            end = next((k for k in range(n, len(lines)) if kinds[k] != "quoted"), len(lines))
            if (
                has_words
                and end < len(lines)
                and first < (top := max(floor, _headers_only(lines, n, end))) < end
            ):
                start, end = min(start, top), len(lines)
        elif (body := headers.end(n)) > n:
            end = _reach(lines, body)
            _own_address(lines, kinds, n, body)
        elif doubts and attribution.may_begin(lines[n]):
            doubts -= 1
            body = attribution.end(lines, n)
            # Who wrote nothing above it and marked nothing below it has answered there.
            alone = n == first and strangers and not any(map(own_text.command, lines[body:]))
            end = body if body == n or alone else _reach(lines, body)
            start = attribution.start(lines, n, floor) if end > n else n
        kinds[start:end] = ["quoted"] * (end - start)
        has_words = has_words or (end == n and bool(lines[n].strip()))
        floor = end if end > n else floor
        after = max(n + 1, end)


def _stops(kinds: list[LineKind], few: list[int]) -> list[int]:
    """The candidate lines and all that are quoted, in order."""
    if "quoted" not in kinds:
        return few
    return sorted({*few, *(n for n, kind in enumerate(kinds) if kind == "quoted")})


def _headers_only(lines: list[str], n: int, end: int) -> int:
    """Where the only marked lines, which are headers, begin; ``end`` if more or other lines are marked.

    A program that marks only them has copied below them a mail without marks.
    """
    if not 2 <= end - n <= MOST_HEADERS or not hinted(lines[n]):
        return end
    above = max((k for k in range(max(0, n - 2), n) if lines[k].strip()), default=n)
    for top in (n, above):
        row = [bare(line) for line in lines[top:end]]
        while row and not row[-1]:
            row.pop()
        skipped = _written(row, 0)
        if row and Headers(row).end(skipped) == len(row):
            return top
    return end


def _own_address(lines: list[str], kinds: list[LineKind], start: int, end: int) -> None:
    """Mark the writer's address, alone above copied headers that name it, as a program's signature."""
    n = next((k for k in range(start - 1, max(0, start - 4), -1) if lines[k].strip()), 0)
    alone = n and not lines[n - 1].strip() and _ADDRESS.fullmatch(lines[n].strip())
    if alone and any(lines[n].strip().lower() in line.lower() for line in lines[start:end]):
        kinds[n] = "signature"


def _reach(lines: list[str], body: int) -> int:
    """How far an introduction that ends before ``body`` reaches: to the marked lines, else to the end."""
    n = _written(lines, body)
    if n == len(lines) or marked(lines[n]):
        return n
    if not lines[n].lstrip().startswith("|"):
        return len(lines)
    while n < len(lines) and lines[n].lstrip().startswith("|"):
        n += 1
    return n


def _written(lines: list[str], start: int) -> int:
    """The next line that is not blank."""
    return next((n for n in range(start, len(lines)) if lines[n].strip()), len(lines))


def _blanks(kinds: list[LineKind], blanks: list[int]) -> None:
    """Give a blank line the kind of the line above it; at the top, of the one below."""
    top = next((k for k, n in enumerate(blanks) if k != n), len(blanks))
    if top < len(kinds):
        kinds[:top] = [kinds[top]] * top
    for n in blanks[top:]:
        kinds[n] = kinds[n - 1]


def _context(lines: list[str], kinds: list[LineKind], rests: AbstractSet[int]) -> None:
    """Keep a short quotation of words that are not ours with its answer: nobody here has read them."""
    n = 0 if "quoted" in kinds else len(lines)
    while n < len(lines):
        start = n
        while (
            n < len(lines)
            and kinds[n] == "quoted"
            and (marked(lines[n]) or n in rests or not lines[n].strip())
        ):
            n += 1
        shown = any(map(marked, lines[start:n])) and n < len(lines) and kinds[n] == "new"
        if shown and sum(bool(line.strip()) for line in lines[start:n]) <= MOST_CONTEXT:
            kinds[start:n] = ["new"] * (n - start)
        n = max(n, start + 1)


def _parts(lines: list[str], kinds: list[LineKind]) -> tuple[Part, ...]:
    parts: list[Part] = []
    start = 0
    for kind, run in groupby(kinds):
        end = start + len(list(run))
        parts.append(Part(kind, "\n".join(lines[start:end])))
        start = end
    return tuple(parts)
