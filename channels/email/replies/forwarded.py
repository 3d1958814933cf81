"""The original of a forward (``Fwd:``): who wrote it, and what."""

from __future__ import annotations

import re

from bot.channel.protocols import Original
from bot.languages.catalogue import every
from bot.model.identity import Identity
from channels.email.mime import headers, message
from channels.email.mime.message import Mail
from channels.email.replies import attribution, split
from channels.email.replies.header_block import header_name

MOST_LINES, MOST_CHARACTERS = 400, 64 << 10
"""Lines in which the headers are looked for; characters of a forwarded text that are kept."""
MOST_HEADERS = 14
_FORWARD = re.compile(
    rf"(?:\[[^\]\n]{{0,80}}\][ \t]*)?(?:{'|'.join(every(lambda language: language.subjects.forward))})[ \t]?[:：]",
    re.IGNORECASE,
)
_FROM = re.compile(
    rf"(?P<marks>[> \t]{{0,20}})\*?(?:{'|'.join(every(lambda language: language.forwards.sender))})"
    r"[ \t]?\*?[ \t]?[:：][* \t]*(?P<value>.{1,400})",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    rf"[> \t]{{0,20}}\*?(?:{'|'.join(every(lambda language: language.forwards.subject))})"
    r"[ \t]?\*?[ \t]?[:：][* \t]*(?P<value>.{0,400})",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s<>@,;:\"()\[\]\\]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z][\w-]{1,62}")
_BEGINNING = "|".join(every(lambda language: language.forwards.beginning))
_RULE = re.compile(rf"[ \t]*(?:[-_]{{2,}}.*|(?:{_BEGINNING})\b.{{0,80}}[:：][ \t]*)$", re.IGNORECASE)


def of(mail: Mail) -> Original | None:
    """The message that a mail forwards, if its subject says that it does (``Fwd:``); else None."""
    if not _FORWARD.match(mail.subject):
        return None
    attached = next((file for file in mail.files if file.type == "message/rfc822"), None)
    if attached is not None:
        inner = message.read(attached.data)
        if inner.sender is not None:
            words = inner.text[:MOST_CHARACTERS]
            subject = headers.subject(inner.subject)
            return Original(inner.sender, subject, words.strip(), inner.message_id, _above(mail.text))
    subject = headers.subject(mail.subject)
    return _in_text(mail.text, subject) or _attributed(mail.text, subject) or Original(None, "", "", "", "")


def _attributed(text: str, subject: str) -> Original | None:
    """Return the message below a line such as "On Monday, Ana <ana@example.com> wrote:", or None."""
    lines = text[: 2 * MOST_CHARACTERS].split("\n")
    for n, line in enumerate(lines[:MOST_LINES]):
        end = attribution.end(lines, n) if attribution.may_begin(line) else n
        if end > n and (sender := _sender(" ".join(lines[n:end])[:500])):
            last = _last(lines, end) if "\n>" in "\n".join(("", *lines[end : end + 3])) else len(lines)
            words = "\n".join(_bare(row, 1) for row in lines[end:last]).strip()[:MOST_CHARACTERS]
            above = _above("\n".join((*lines[:n], *lines[last:])))
            return Original(Identity("email", sender.address), subject, words, "", above)
    return None


def _in_text(text: str, subject: str) -> Original | None:
    """The message below the headers that mail programs write above a forwarded text."""
    lines = text[: 2 * MOST_CHARACTERS].split("\n")
    for n, line in enumerate(lines[:MOST_LINES]):
        match = _FROM.match(line[:500])
        sender = _sender(match["value"]) if match else None
        if match is None or sender is None:
            continue
        start, end = n, n + 1
        while start and header_name(lines[start - 1].lstrip("> \t")):
            start -= 1
        while end < min(len(lines), n + MOST_HEADERS) and lines[end].strip("> \t"):
            end += 1
        for subject_line in filter(None, (_SUBJECT.match(row[:500]) for row in lines[start:end])):
            subject = headers.subject(subject_line["value"].strip())
        if end == start + 1:  # one line alone is no block of headers
            continue
        last = _last(lines, end) if ">" in match["marks"] else len(lines)
        body = [_bare(row, len(match["marks"].replace(" ", ""))) for row in lines[end:last]]
        words = "\n".join(body).strip()[:MOST_CHARACTERS]
        return Original(sender, subject, words, "", _above("\n".join((*lines[:start], *lines[last:]))))
    return None


def _last(lines: list[str], start: int) -> int:
    """Where marked lines end: what stands below them is the forwarder's, and stays internal."""
    unmarked = (
        n for n in range(start, len(lines)) if lines[n].strip() and not lines[n].lstrip().startswith(">")
    )
    return next(unmarked, len(lines))


def _sender(value: str) -> Identity | None:
    match = _ADDRESS.search(value)
    address = headers.written(*match[0].split("@")) if match else ""
    if match is None or not address:
        return None
    name = value[: match.start()].replace("mailto:", "").strip(" \t\"'<[(*")
    return Identity("email", address, name[:100])


def _bare(line: str, marks: int) -> str:
    """Return the line without so many quotation marks."""
    return re.sub(rf"^(?:> ?){{0,{marks}}}", "", line)


def _above(text: str) -> str:
    """The forwarder's own words, without the rule below them and without a signature."""
    lines = text.rstrip().split("\n")
    while lines and (not lines[-1].strip() or _RULE.match(lines[-1][:200])):
        lines.pop()
    parts = split.divide("\n".join(lines))
    return "\n".join(part.text for part in parts if part.kind == "new").strip()
