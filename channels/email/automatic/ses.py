"""Amazon SES's notifications, which come by mail as JSON: bounces, complaints, deliveries."""

from __future__ import annotations

import json
from typing import Any

from bot.channel.classification import Bounce, Undelivered
from channels.email.automatic import smtp_codes
from channels.email.mime.message import Mail
from channels.text import line as one_line

_JSON = json.JSONDecoder(strict=False)
_SENDER = "no-reply@sns.amazonaws.com"


def read(mail: Mail) -> Bounce | None:
    """The bounce or complaint that a notification tells of, or None."""
    if mail.sender is None or mail.sender.address != _SENDER or not mail.text.lstrip().startswith("{"):
        return None
    try:
        return _bounce(_notification(mail.text.lstrip()[: 256 << 10]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _notification(text: str) -> dict[str, Any]:
    """The notification itself, also out of SNS's own envelope, and with what sendmail puts into long lines."""
    told, _ = _JSON.raw_decode(text.replace("!\n ", ""))
    if told.get("Type") == "Notification":
        told, _ = _JSON.raw_decode(told["Message"])
    return dict(told)


def _bounce(told: dict[str, Any]) -> Bounce | None:
    kind = told.get("notificationType") or told.get("eventType")
    if kind == "Bounce":
        rows = told["bounce"]["bouncedRecipients"]
        final = told["bounce"].get("bounceType") != "Transient"
        who = tuple(_recipient(row) for row in rows[:50])
        return Bounce("failed" if final else "delayed", who, _originals(told.get("mail") or {}))
    if kind == "Complaint":
        rows = told["complaint"]["complainedRecipients"]
        why = one_line(str(told["complaint"].get("complaintFeedbackType") or "abuse"))[:80]
        who = tuple(
            Undelivered(smtp_codes.address(str(row["emailAddress"])), "", "complained", why)
            for row in rows[:50]
        )
        return Bounce("complaint", who, _originals(told.get("mail") or {}))
    return None


def _recipient(row: dict[str, Any]) -> Undelivered:
    reason = one_line(str(row.get("diagnosticCode") or "").removeprefix("smtp;"))[:500]
    status = smtp_codes.status(str(row.get("status") or "")) or smtp_codes.status(reason)
    return Undelivered(smtp_codes.address(str(row["emailAddress"])), status, "failed", reason)


def _originals(mail: dict[str, Any]) -> tuple[str, ...]:
    """The Message-ID, where the headers were asked for, and the envelope's sender."""
    ids = [str(one["value"]) for one in mail.get("headers") or () if str(one["name"]).lower() == "message-id"]
    return tuple(one_line(one)[:1000] for one in (*ids, str(mail.get("source") or "")) if one)
