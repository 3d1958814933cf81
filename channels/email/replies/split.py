"""The split of a text into new, quoted and signature; nothing dropped, in linear time."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import accumulate, groupby, islice, pairwise
from operator import itemgetter
from typing import Literal, NamedTuple

from bot.channel.protocols import line_words
from bot.model.message import Part, PartKind
from channels.email.replies import attribution, disclaimer, own_text, signature_block, wrapped_quotes
from channels.email.replies.candidate_lines import candidates, hinted, plain
from channels.email.replies.header_block import SENDERS, Headers, header_name
from channels.email.replies.own_text import COMMAND, MARKER, OurText, Span, covered, in_order, marker
from channels.email.replies.wrapped_quotes import bare, marked

__all__ = ["divide"]
MOST_LINES, MOST_CHARACTERS = 5000, 64 << 10
"""What is looked at line by line; what follows is of the kind of the last line looked at, down to our marker."""
MOST_DOUBTS = 200
"""Lines that are asked whether an attribution begins there, in one text."""
LONGEST = 2000
"""Characters of a line that are looked at."""
MOST_NOTED = 500
"""Lines of internal texts that are looked for."""
MOST_COMPARED = 100_000_000
"""Characters of internal texts that the new lines of one text are compared with."""
SHORTEST = 20
"""Bytes of the letters of a line that is known again out of order, or in an internal text."""
_REPLY = re.compile(r"[ \t]*[#\uff03][ \t]*reply\b", re.IGNORECASE)
NOTHING = OurText()
MOST_HEADERS = 24
"""Lines of a quotation that may be nothing but headers."""
_ADDRESS = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{3,250}")
MOST_CONTEXT = 30
"""Lines of a quotation that is shown with its answer."""


def divide(text: str, ours: OurText = NOTHING, internal: Sequence[str] = ()) -> tuple[Part, ...]:
    r"""Return the parts of a clean text, in order; joined with ``\\n`` they give it back.

    ``ours``: what we sent on the case this mail answers. Our lines decide only below the beginning of a quotation:
    our marker, what programs write there, or a block of one of our messages. What is neither ours nor a heading
    there is ``inserted``, if the quotation is ours, else perhaps ``unsure``. ``internal``: texts of internal
    entries; new lines that are in one of them are ``inserted``, too.
    """
    end = text.find("\n", MOST_CHARACTERS)
    lines = (text if end < 0 else text[:end]).split("\n", MOST_LINES)
    remainder = [*lines[MOST_LINES:], *([text[end + 1 :]] if end >= 0 else ())]
    lines = lines[:MOST_LINES]
    kinds = _kinds([line[: LONGEST + 1] for line in lines], ours, internal)
    if remainder:
        tail = "\n".join(remainder)
        start = tail.rfind("\n", 0, at) + 1 if (at := marker(tail)) >= 0 else len(tail) + 1
        lines += [tail[: start - 1]] * (start > 0) + [tail[start:]] * (at >= 0)
        kinds += kinds[-1:] * (start > 0) + ["quoted"] * (at >= 0)
    return _parts(lines, kinds)


def separated(text: str, *, known: bool) -> str:
    """Return a text with a line break before a quotation that stands on the same line as the reply.

    ``known``: the text sent on the case is known. Without it, only a text of one line has nothing below to hide.
    """
    single = "\n" not in text.strip()
    at = max(marker(text), 0) if known or single else 0
    start = text.rfind("\n", 0, at) + 1
    cuts = {at} if any(map(str.isalnum, text[start:at])) and not marked(text[start:at]) else set[int]()
    if known and single and len(text) < LONGEST and not marked(text):
        cuts.update(attribution.inside(text))
    return "\n".join(text[a:b] for a, b in pairwise((0, *sorted(cuts), len(text))))


def _kinds(lines: list[str], ours: OurText, internal: Sequence[str]) -> list[PartKind]:
    """Return the kind of each line."""
    few = candidates(lines)
    blanks = [n for n in few if not lines[n].strip()]
    quoted = [n for n in few if marked(lines[n])]
    rests = wrapped_quotes.rests(lines, quoted)
    marks = {*quoted, *rests}
    kinds: list[PartKind] = ["quoted" if n in marks else "new" for n in range(len(lines))]
    words = [line_words(line) for line in lines] if ours else []
    spans = ours.find(words, lines) if ours else []
    begun = _own_beginnings(lines, marks, spans)
    unknown_thread = not ours and not begun and not internal
    regions = _introduced(lines, kinds, few, marks, begun, known=bool(ours), unknown_thread=unknown_thread)
    other = _typed(lines, kinds, words, spans, regions, marks=marks) if ours else _crowded(lines, begun)
    other |= _internal(lines, kinds, internal)
    if not ours.complete:  # a line may be of a message that was redacted
        other = dict.fromkeys(other, "unsure")
    disclaimer.mark(lines, kinds, blanks)
    signature_block.mark(lines, kinds, few)
    for n, kind in other.items():
        if kinds[n] in ("new", "quoted"):
            kinds[n] = kind
    _blanks(kinds, blanks)
    if unknown_thread:
        _context(lines, kinds, rests)
    if not any(kind in ("new", "inserted") and line.strip() for line, kind in zip(lines, kinds, strict=True)):
        _keep_unsure(lines, kinds, covered(spans, words), regions)
        _blanks(kinds, blanks)
    return kinds


def _own_beginnings(lines: list[str], marks: AbstractSet[int], spans: Sequence[Span]) -> dict[int, int]:
    """Return the lines at which casebot's mails begin, each with the end of its certain quotation."""
    end = next((n for n, line in enumerate(lines) if own_text.NOTE.match(line)), len(lines))
    begun = [n for n in own_text.blocks(spans, lines) if n < end]
    if marker("\n".join(lines)) >= 0:
        begun += [n for n, line in enumerate(lines) if marker(line) >= 0]
    return {n: n + 1 if n in marks else len(lines) for n in begun}


class _Region(NamedTuple):
    """Lines from an introduction, which ends before ``body``, to the end of what it introduces."""

    start: int
    body: int
    end: int
    kind: Literal["ours", "marked", "said", "bare"]
    """It begins with our marker or lines; is introduced and marked; introduced alone; marked alone."""


def _introduced(
    lines: list[str], kinds: list[PartKind], few: list[int], marks: AbstractSet[int], begun: dict[int, int],
    *, known: bool, unknown_thread: bool,
) -> list[_Region]:  # fmt: skip
    """Mark attributions and copied headers as quoted, with what they introduce.

    ``few``: the numbers of candidate lines; no other new line introduces anything. ``known``: introductions are
    looked for within quotations, too. ``unknown_thread``: we know nothing that the text may quote.
    """
    headers = Headers(lines)
    bared = [bare(line) if n in marks else line for n, line in enumerate(lines)] if known else lines
    inner = Headers(bared)
    regions: list[_Region] = []
    first, after, floor, doubts, until = _written(lines, 0), 0, 0, MOST_DOUBTS, 0
    stops = [n for n in range(len(lines) + 1) if n in begun or n not in marks]
    has_words = False
    # Without text above an introduction and marks below it, the reply stands below it.
    alone = unknown_thread and not any(COMMAND.match(lines[n]) for n in few)
    for n in sorted({*few, *marks, *begun}):
        if n < after:
            continue
        has_words = has_words or n > max(after, until)
        after = n + 1
        if n not in marks and n not in begun and (not lines[n].strip() or plain(lines[n])):
            has_words = has_words or bool(lines[n].strip() and n >= until)
            continue
        start, body, end = n, n, n
        kind: Literal["ours", "marked", "said", "bare"] = "said"
        if n in begun and n not in marks:
            end, kind = begun[n], "ours"
        elif n in marks:
            start = attribution.above(lines, n, floor)
            end = stops[bisect_right(stops, n)]
            kind = "ours" if n in begun else "marked" if start < n else "bare"
            if (
                has_words
                and end < len(lines)
                and first < (top := max(floor, _headers_only(lines, n, end))) < end
            ):
                start, body, end, kind = min(start, top), end, len(lines), "said"
        elif (body := headers.end(n, first=first)) > n:
            end = body if alone and n == first else _reach(lines, body)
            _repeated(lines, kinds, n, body)
        elif doubts > 0 and attribution.may_begin(lines[n]):
            doubts -= 1
            body = attribution.end(lines, n)
            end = body if body == n or (alone and n == first) else _reach(lines, body)
            start = headers.above(attribution.start(lines, n, floor), floor) if end > n else n
        kinds[start:end] = ["quoted"] * (end - start)
        has_words = has_words or (end == n and n >= until and bool(lines[n].strip()))
        if end > n and (n not in marks or n >= until or kind != "bare"):
            regions.append(_Region(start, max(body, start), end, kind))
            for k in range(n, end if known and n in marks and kind != "said" else n):
                doubts -= hinted(bared[k])
                if (
                    hinted(bared[k])
                    and (body := max(inner.end(k), attribution.end(bared, k) if doubts > 0 else k)) > k
                ):
                    regions.append(_Region(k, body, end, "marked"))
            floor = max(body, n + 1) if known and n not in marks else end
            until = max(until, end)
            after = max(n + 1, end if n in marks or not known else body)
    return regions


def _typed(
    lines: list[str], kinds: list[PartKind], words: Sequence[Sequence[str]], spans: Sequence[Span],
    regions: Sequence[_Region], *, marks: AbstractSet[int],
) -> dict[int, PartKind]:  # fmt: skip
    """Find lines in quotations that are neither ours nor headings; inserted ones become new."""
    repeated, doubts = covered(spans, words), dict[int, PartKind]()
    inmost, width = _inmost(regions, len(lines)), max((len(lines[n]) for n in marks), default=0)
    inside: dict[_Region, tuple[list[int], list[Span]]] = {region: ([], []) for region in regions}
    for n, region in inmost.items():
        if n >= region.body and words[n]:
            inside[region][0].append(n)
    for span in spans:
        if span.first in inmost and span.first >= inmost[span.first].body:
            inside[inmost[span.first]][1].append(span)
    for region, (written, within) in inside.items():
        chain = in_order(within)
        count = Counter(span.places[0] for span in within)
        sure = [span for span in within if span.size >= SHORTEST and count[span.places[0]] == 1]
        orderly = [span for span, _ in chain]
        short = {
            span
            for n, span in enumerate(orderly)
            if span.size < SHORTEST and span.first not in marks and not _beside(orderly, n, words)
        }
        sent = covered({*orderly, *sure} - short, words)
        own = len({span.first for span, place in chain if place.own})
        ours = own >= 2 or 2 * own >= len(written) or (own and region.kind == "ours")
        for n in written:
            is_symbol = n in marks and not words[n][0].isalnum()
            wrapped = is_symbol and wrapped_quotes.had_no_room(lines[n - 1], bare(lines[n]), width)
            if wrapped or n in (sent if ours else repeated) or region.kind == ("marked" if not ours else ""):
                continue
            doubts[n] = "inserted" if ours and not bare(lines[n]).startswith(("#", "\uff03")) else "unsure"
            kinds[n] = "new" if doubts[n] == "inserted" else "quoted"
    for n in range(1, len(lines)):
        doubtful = n - 1 in doubts or (n - 1 in marks and n - 1 not in repeated)
        if doubtful and kinds[n] == "new" and words[n] and words[n - 1]:
            doubts.setdefault(n, "inserted")
    return doubts


def _beside(spans: Sequence[Span], n: int, words: Sequence[Sequence[str]]) -> bool:
    """Return whether a span has another one directly above or below it."""
    pairs = [*pairwise(spans[max(0, n - 1) : n + 2])]
    return any(not any(words[above.last + 1 : below.first]) for above, below in pairs)


def _crowded(lines: list[str], begun: Iterable[int]) -> dict[int, PartKind]:
    """Find lines with casebot's marker and other text, and the lines below them, down to a lone marker."""
    markers = [*sorted(n for n in begun if not marked(lines[n])), len(lines)]
    lone = next(n for n in markers if not any(map(str.isalnum, MARKER.sub("", "".join(lines[n : n + 1])))))
    return dict.fromkeys(range(markers[0], lone), "unsure")


def _inmost(regions: Sequence[_Region], count: int) -> dict[int, _Region]:
    """Return the innermost region of each line that is in one."""
    inmost: dict[int, _Region] = {}
    waiting, under = sorted(regions, key=lambda region: region.start)[::-1], list[_Region]()
    for n in range(count):
        while waiting and waiting[-1].start <= n:
            under.append(waiting.pop())
        while under and under[-1].end <= n:
            under.pop()
        if under:
            inmost[n] = under[-1]
    return inmost


def _internal(lines: list[str], kinds: list[PartKind], internal: Sequence[str]) -> dict[int, PartKind]:
    """Find new lines that are in an internal text, and what stands below them."""
    notes = [[*map(_letters, signature_block.unsigned(text).split("\n"))] for text in internal]
    texts = "\n".join(map("".join, notes))
    shown = (line if kind == "new" and texts else "" for line, kind in zip(lines, kinds, strict=True))
    letters = [*map(_letters, shown)]
    ends, typed = [*accumulate(map(len, letters))], "".join(letters)
    sentences = (line for note in notes for line in note if len(line.encode()) >= SHORTEST)
    inside = {
        bisect_right(ends, at) for line in islice(sentences, MOST_NOTED) if (at := typed.find(line)) >= 0
    }
    doubts: dict[int, PartKind] = {}
    steps = MOST_COMPARED
    for n, row in enumerate(letters if texts and not _REPLY.match(lines[0]) else ()):
        is_internal = n in inside or (n - 1 in doubts and kinds[n] == "new")
        if not is_internal and steps > 0 and len(row.encode()) >= SHORTEST:
            steps -= len(texts)
            is_internal = row in texts
        if is_internal:
            doubts[n] = "inserted"
    return doubts


def _letters(line: str) -> str:
    return "".join(filter(str.isalnum, line_words(line)))


def _keep_unsure(
    lines: list[str], kinds: list[PartKind], known: AbstractSet[int], regions: Sequence[_Region]
) -> None:
    """Mark the quoted lines of a text without new ones as unsure, except ours and their headings."""
    skipped = known | {n for region in regions for n in range(region.start, region.body)}
    unsure = {n for n, line in enumerate(lines) if n not in skipped and line.strip("> \t")}
    for region in regions:
        if not unsure.isdisjoint(range(region.body, region.end)):
            unsure.update(range(region.start, region.body))
    kinds[:] = ["unsure" if n in unsure and kind == "quoted" else kind for n, kind in enumerate(kinds)]


def _headers_only(lines: list[str], n: int, end: int) -> int:
    """Return the start of the marked lines if they are headers only; else ``end``.

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


def _repeated(lines: list[str], kinds: list[PartKind], start: int, end: int) -> None:
    """Mark an address or attribution above copied headers that have the same name or address."""
    n = next((k for k in range(start - 1, max(0, start - 4), -1) if lines[k].strip()), 0)
    line, headers = lines[n].strip() if n and not lines[n - 1].strip() else "", lines[start:end]
    if not _ADDRESS.fullmatch(line):
        line, headers = attribution.writer(line), [row for row in headers if header_name(row) in SENDERS]
    if line and any(line.lower() in header.lower() for header in headers):
        kinds[n] = "signature"


def _reach(lines: list[str], body: int) -> int:
    """Return the end of what is introduced above ``body``: the first marked line, or the end."""
    n = start = _written(lines, body)
    while n < len(lines) and lines[n].lstrip().startswith("|"):
        n += 1
    return n if n > start or (n < len(lines) and marked(lines[n])) else len(lines)


def _written(lines: list[str], start: int) -> int:
    """Return the next line that is not blank."""
    return next((n for n in range(start, len(lines)) if lines[n].strip()), len(lines))


def _blanks(kinds: list[PartKind], blanks: list[int]) -> None:
    """Give a blank line the kind of the line above it; at the top, of the one below."""
    top = next((k for k, n in enumerate(blanks) if k != n), len(blanks))
    if top < len(kinds):
        kinds[:top] = [kinds[top]] * top
    for n in blanks[top:]:
        kinds[n] = kinds[n - 1]


def _context(lines: list[str], kinds: list[PartKind], rests: AbstractSet[int]) -> None:
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


def _parts(lines: list[str], kinds: list[PartKind]) -> tuple[Part, ...]:
    runs = groupby(zip(kinds, lines, strict=True), key=itemgetter(0))
    return tuple(Part(kind, "\n".join(line for _, line in run)) for kind, run in runs)
