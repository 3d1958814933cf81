"""What a clock on a reader's wall shows, and which moments stand in the words that they were sent."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import cache
from zoneinfo import ZoneInfo

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_DAY = rf"\d{{1,2}} (?:{'|'.join(MONTHS)}) \d{{4}}"
_MOMENT = rf"{_DAY}, \d\d:\d\d [A-Z]{{2,4}}(?:[+-][\d:]+)?"
_ANY = re.compile(_MOMENT)
_NAMED = re.compile(rf"\b(?:by|concern on|case on) \*?({_MOMENT}|{_DAY}(?!,))")
"""What a sentence says: when something is due, was raised, or ends."""
_FORMAT = "%d %b %Y, %H:%M"
_IN_CHAT = re.compile(r"<!date\^(\d+)\^[^|>]*\|([^>]*)>")
"""What Slack shows by each reader's own clock, and the words for where it cannot."""


def day(at: datetime, zone: str) -> str:
    """The reader's day: ``25 Nov 2026``."""
    here = at.astimezone(_wall(zone))
    return f"{here.day} {MONTHS[here.month - 1]} {here.year}"


def moment(at: datetime, zone: str) -> str:
    """A moment: ``25 Nov 2026, 15:03 CET``."""
    return f"{day(at, zone)}, {at.astimezone(_wall(zone)):%H:%M %Z}"


def named(words: str) -> str:
    """Which moments its sentences name, in their order, each once."""
    return "; ".join(dict.fromkeys(_NAMED.findall(words)))


def moments(words: str) -> list[str]:
    """All moments in the words."""
    return [str(written) for written in _ANY.findall(words)]


def plain(channel: str, payload: bytes) -> str:
    """What a reader reads of a mail, or of a message in a chat."""
    if channel == "email":
        mail = message_from_bytes(payload, policy=default)
        body = mail.get_body(("plain",))
        return " ".join(body.get_content().split()) if body else ""
    return _IN_CHAT.sub(lambda match: _agreed(int(match[1]), match[2]), payload.decode())


def _agreed(seconds: int, words: str) -> str:
    """The words, if they say the same as the seconds."""
    text, _, _ = words.rpartition(" ")
    ahead = datetime.strptime(text, _FORMAT).replace(tzinfo=UTC) - datetime.fromtimestamp(seconds, UTC)
    return words if abs(ahead) < timedelta(hours=15) else f"{words}, and not {seconds}"


@cache
def _wall(zone: str) -> ZoneInfo:
    return ZoneInfo(zone)


def is_of(written: str, zone: str) -> bool:
    """Has the wall of this zone ever shown that?"""
    text, _, letters = written.rpartition(" ")
    naive = datetime.strptime(text, _FORMAT)
    return letters in {f"{naive.replace(tzinfo=_wall(zone), fold=fold):%Z}" for fold in (0, 1)}
