"""Bounces in plain words, from systems that have no RFC 3464."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cached_property

from bot.channel.classification import Undelivered
from channels.email.automatic import smtp_codes
from channels.text import line as one_line

MOST_RECIPIENTS = 50
_LEADING = re.compile(r"[\s>*•·|\"'(-]{0,24}<?$")
_AFTER = re.compile(
    r"[>)\]]?(?:<mailto:[^>]{1,300}>)?[\"']?\s*(?:$|[:;,(\[]|\.\.\.|<<<|on [A-Z][a-z]{2},| -|may |\(expanded)"
)
_MAILTO = re.compile(r"^[>)\]]?<mailto:[^>]{1,300}>")
_NAMED = re.compile(
    r"(?:rcpt(?: to)?|recipients?|address(?:es)?|mailbox|user|deliver(?:ed|y|ing)?(?: [\w']{1,12}){0,4} to"
    r"|(?:messages?|mail|undeliverable) to|expanded from|for|t)[ \t]{0,4}[:=]?[ \t]{0,4}[<\[(\"']{0,2}$",
    re.IGNORECASE,
)  # fmt: skip
_NOT = re.compile(
    r"(?:mail from|from|sender|contact|envelope-from|reply-to|f|cc|help|write|e-?mail to|mailto|message-id"
    r"|identifier[ \w]{0,8}|is)[ \t]{0,4}[:=]?[ \t]{0,4}[<\[(\"']{0,2}$",
    re.IGNORECASE,
)  # fmt: skip
_HEADING = re.compile(
    r"(?:for )?(?:the )?(?:following )?(?:reason|error|diagnos|technical details|because"
    r"|the error that|server message|said|failure reasons|response was)",
    re.IGNORECASE,
)


def recipients(
    lines: Sequence[str], failed: Sequence[str], apart: Collection[str]
) -> tuple[Undelivered, ...]:
    """Recipients with reason and status, from a report's text.

    ``lines``: the report's own words. ``failed``: addresses that its headers name (X-Failed-Recipients).
    ``apart``: addresses that are not recipients, unless a line begins with one.
    """
    leading, named, others = _named(lines)
    sure = dict.fromkeys((*failed, *leading))
    others_known = [
        [candidate for candidate in candidates if candidate not in apart] for candidates in (named, others)
    ]
    chosen = list(sure) or next((candidates for candidates in others_known if candidates), [])
    places = {**others, **named, **leading}
    starts = set((leading or named).values())
    shared = _Shared(lines)
    return tuple(
        _recipient(address, _block(lines, places.get(address), starts, address), shared)
        for address in chosen[:MOST_RECIPIENTS]
    )


def reason(lines: Sequence[str]) -> str:
    """A reason apart from any address: a quoted server reply, else the text below a heading."""
    return _quoted(lines) or _headed(lines)


def is_coded(text: str) -> bool:
    """Does it contain a server's code?"""
    return bool(smtp_codes.reply(text) or smtp_codes.status(text))


class _Shared:
    """What the report says of all its recipients; searched once, however many there are."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    @cached_property
    def quoted(self) -> str:
        return _quoted(self._lines)

    @cached_property
    def headed(self) -> str:
        return _headed(self._lines)

    @cached_property
    def status(self) -> str:
        return smtp_codes.status("\n".join(self._lines))


def _recipient(address: str, own: str, shared: _Shared) -> Undelivered:
    if not is_coded(own):
        own = shared.quoted or (own if _says(own) else shared.headed)
    status = smtp_codes.status(own) or shared.status
    return Undelivered(address, status or smtp_codes.gist(own), "", own[:500])


_Places = dict[str, int]


def _named(lines: Sequence[str]) -> tuple[_Places, _Places, _Places]:
    """Addresses with their lines: those that begin one, those called a recipient, all others."""
    leading: _Places = {}
    named: _Places = {}
    others: _Places = {}
    for at, line in enumerate(lines):
        for start, end, address in smtp_codes.addresses(line):
            before, after = line[max(0, start - 60) : start], line[end : end + 320]
            if _NOT.search(before):
                continue
            if _LEADING.fullmatch(line[:start][:25]) and _AFTER.match(after):
                leading.setdefault(address, at)
            else:
                (named if _NAMED.search(before) else others).setdefault(address, at)
    return leading, named, others


def _block(lines: Sequence[str], at: int | None, starts: Collection[int], address: str) -> str:
    """The text after an address and below it, up to a blank line or the next address."""
    if at is None:
        return ""
    parts = [_MAILTO.sub("", lines[at][lines[at].lower().find(address) + len(address) :]).strip(" \t>:;,].")]
    for n in range(at + 1, min(at + 8, len(lines))):
        if n in starts or (not lines[n].strip() and _ends(parts)) or _rule(lines[n]):
            break
        parts.append(lines[n])
    return one_line(" ".join(parts))[:600]


def _quoted(lines: Sequence[str]) -> str:
    """The lines that begin with a server's codes: with both kinds, else a reply's, else a status."""
    for holds in (
        lambda line: smtp_codes.reply(line) and smtp_codes.status(line),
        smtp_codes.reply,
        smtp_codes.status,
    ):
        for at, line in enumerate(lines):
            if holds(line):
                return _below(lines, at)
    return ""


def _headed(lines: Sequence[str]) -> str:
    for at, line in enumerate(lines[:-1]):
        if _HEADING.match(line.strip(" \t-*=>")):
            return _below(lines, at if len(line.split()) > 6 else at + 1)
    reply = next((line for line in lines if smtp_codes.gist(line)), "")
    return one_line(reply or next((line for line in lines if smtp_codes.failed(line)), ""))[:600]


def _below(lines: Sequence[str], at: int) -> str:
    parts: list[str] = []
    for line in lines[at : at + 6]:
        if _rule(line) or (parts and not line.strip()):
            break
        parts += [line] if line.strip() else []
    return one_line(" ".join(parts))[:600]


def _ends(parts: Sequence[str]) -> bool:
    """Is something said, and not only announced?"""
    return any(map(_says, parts)) and not parts[-1].rstrip().endswith(":")


def _rule(line: str) -> bool:
    """Is it a line of dashes, or a heading between them?"""
    return line.strip().startswith(("---", "===", "***", "___"))


def _says(text: str) -> bool:
    return sum(1 for character in text if character.isalnum()) >= 4
