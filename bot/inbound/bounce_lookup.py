"""Bounce lookup: which delivery of ours a report is about, by what we signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from bot.channel.classification import Bounce, ReportKind
from bot.channel.protocols import Inbound
from bot.links.tokens import Links

BounceOutcome = Literal["delayed", "failed", "complained"]
OUTCOMES: Mapping[ReportKind, BounceOutcome] = {
    "delayed": "delayed",
    "failed": "failed",
    "complaint": "complained",
}
"""What becomes of a delivery, for each kind of report."""


def delivery(links: Links, message: Inbound, bounce: Bounce) -> int | None:
    """The id of the delivery that a bounce reports, or None.

    It is known by the address that the report came to, else by what it returned of our mail. The headers of a
    doubtful one do not count: a person's answer has such references too.
    """
    return next(_signed(links, message, bounce), None)


def reason(bounce: Bounce) -> str:
    """The report's status and words in one line; never empty."""
    return " ".join(bounce.reason.split())[:500] or "no reason given"


def _signed(links: Links, message: Inbound, bounce: Bounce) -> Iterator[int]:
    names = (*(anchor.value for anchor in message.anchors if anchor.kind == "token"), *bounce.originals)
    for name in (*names, *(() if bounce.doubtful else reversed(message.references))):
        if name.startswith("<"):
            pair = links.read_message_id(name)
            row = pair[1] if pair else None
        else:
            row = links.read_bounce_tag(name.partition("@")[0].rpartition("+")[2].lower())
        if row is not None:
            yield row
