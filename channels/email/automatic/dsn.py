"""Delivery status notifications (RFC 3464): their fields, wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.channel.classification import Undelivered
from channels.email.automatic import smtp_codes
from channels.text import line as one_line

MOST_LINES, MOST_RECIPIENTS = 2000, 50
_FIELD = re.compile(
    r"[ \t>]{0,8}(final-recipient|original-recipient|x-actual-recipient|action|status|diagnostic-code)[ \t]{0,8}:(.*)",
    re.IGNORECASE,
)
_OTHER = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,60}[ \t]{0,8}:")
_TYPE = re.compile(r"[A-Za-z0-9-]{1,40}")
_WHO = ("final-recipient", "original-recipient", "x-actual-recipient")
_ACTIONS = {
    "fail": "failed", "expired": "failed", "error": "failed", "delay": "delayed", "deliverable": "delivered",
    "delivered": "delivered", "relay": "relayed", "expand": "expanded",
}  # fmt: skip


def recipients(text: str) -> tuple[Undelivered, ...]:
    """The recipients that a text's groups of fields report, in their order; linear."""
    parsed = (_recipient(group) for group in _groups(text.splitlines()[:MOST_LINES]))
    return tuple(
        recipient for recipient in parsed if recipient.address or recipient.action or recipient.status
    )[:MOST_RECIPIENTS]


def action(value: str) -> str:
    """One of RFC 3464's actions, also from words that only begin like one; ``""`` if none."""
    word = value.strip().lower()
    return next((action_name for begin, action_name in _ACTIONS.items() if word.startswith(begin)), "")


def _groups(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """Groups of fields: each ends at a blank line, or at a field that it has already."""
    group: dict[str, str] = {}
    last = ""
    for line in lines:
        name, value = _field(line)
        if not line.strip() or name in group:
            if any(who in group for who in _WHO) or "action" in group:
                yield group
                group = {}
            last = ""
        if name:
            group[name], last = value, name
        elif last and line[:1] in " \t":
            group[last] = f"{group[last]} {line.strip()}"[:2000]
        elif _OTHER.match(line):
            last = ""
    if group:
        yield group


def _field(line: str) -> tuple[str, str]:
    match = _FIELD.fullmatch(line[:2000])
    return (match[1].lower(), match[2].strip()) if match else ("", "")


def _recipient(group: dict[str, str]) -> Undelivered:
    diagnosis = group.get("diagnostic-code", "")
    kind, semicolon, text = diagnosis.partition(";")
    reason = one_line(text if semicolon and _TYPE.fullmatch(kind.strip()) else diagnosis)
    status = smtp_codes.status(group.get("status", ""))
    if status[2:] in ("", "0.0", "5.0"):
        status = smtp_codes.status(reason) or status
    addresses = [found_address for who in _WHO if (found_address := smtp_codes.address(group.get(who, "")))]
    whole = next(
        (candidate for candidate in addresses if "." in candidate.partition("@")[2]),
        addresses[0] if addresses else "",
    )
    return Undelivered(
        whole, status or smtp_codes.gist(reason), action(group.get("action", "")), reason[:500]
    )
