"""Classification of a message: may it be answered, did a person act, is it a bounce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.model.translatable import saying

ReportKind = Literal["delayed", "failed", "complaint", "aggregate"]
DMARC_REPORT = saying("a DMARC aggregate report")


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A report's data on one recipient; a part that it does not give is empty."""

    address: str
    """Lower case."""
    status: str = ""
    """An enhanced status code (RFC 3463): ``5.1.1``."""
    action: str = ""
    """``failed``, ``delayed``, ``delivered``, ``relayed``, ``expanded`` (RFC 3464) or ``complained``."""
    reason: str = ""
    """One line, in the reporting system's words."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report that a mail was not delivered, not yet, or not welcome. Nothing of it is proven."""

    kind: ReportKind
    recipients: tuple[Undelivered, ...] = ()
    originals: tuple[str, ...] = ()
    """What it says of the mail it is about: Message-IDs (with brackets) and envelope senders (bare)."""
    doubtful: bool = False
    """It has a path back to somebody: a report only if it names a delivery of ours by what we signed."""

    @property
    def reason(self) -> str:
        """Status and reason of the first recipient that has any, in one line."""
        pairs = ((recipient.status, recipient.reason) for recipient in self.recipients)
        reasons = (reason if status in reason else f"{status} {reason}".strip() for status, reason in pairs)
        return next((reason for reason in reasons if reason), "")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Three questions about a message, each with its evidence."""

    may_answer: bool = True
    """May we answer it automatically?"""
    activity: bool = True
    """Is it something a person did?"""
    bounce: Bounce | None = None
    """Is it a report about mail of ours?"""
    reply: bool = False
    """Is it a machine's answer (out of office), not a machine's own message?"""
    evidence: tuple[str, ...] = ()
    away_until: date | None = None
    """The last day that an out-of-office reply speaks of, or the day of return: as it is written there."""
