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
    """The bounce or complaint of an Amazon SES notification, or None."""
    if mail.sender is None or mail.sender.address != _SENDER or not mail.text.lstrip().startswith("{"):
        return None
    try:
        return _bounce(_notification(mail.text.lstrip()[: 256 << 10]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _notification(text: str) -> dict[str, Any]:
    """The notification's JSON, also from an SNS envelope, and with long lines broken by sendmail."""
    notification, _ = _JSON.raw_decode(text.replace("!\n ", ""))
    if notification.get("Type") == "Notification":
        notification, _ = _JSON.raw_decode(notification["Message"])
    return dict(notification)


def _bounce(notification: dict[str, Any]) -> Bounce | None:
    kind = notification.get("notificationType") or notification.get("eventType")
    if kind == "Bounce":
        rows = notification["bounce"]["bouncedRecipients"]
        final = notification["bounce"].get("bounceType") != "Transient"
        who = tuple(_recipient(row) for row in rows[:50])
        return Bounce("failed" if final else "delayed", who, _originals(notification.get("mail") or {}))
    if kind == "Complaint":
        rows = notification["complaint"]["complainedRecipients"]
        why = one_line(str(notification["complaint"].get("complaintFeedbackType") or "abuse"))[:80]
        who = tuple(
            Undelivered(smtp_codes.address(str(row["emailAddress"])), "", "complained", why)
            for row in rows[:50]
        )
        return Bounce("complaint", who, _originals(notification.get("mail") or {}))
    return None


def _recipient(row: dict[str, Any]) -> Undelivered:
    reason = one_line(str(row.get("diagnosticCode") or "").removeprefix("smtp;"))[:500]
    status = smtp_codes.status(str(row.get("status") or "")) or smtp_codes.status(reason)
    return Undelivered(smtp_codes.address(str(row["emailAddress"])), status, "failed", reason)


def _originals(mail: dict[str, Any]) -> tuple[str, ...]:
    """The Message-ID, if the headers are included, and the envelope's sender."""
    ids = [
        str(header["value"])
        for header in mail.get("headers") or ()
        if str(header["name"]).lower() == "message-id"
    ]
    return tuple(
        one_line(original_id)[:1000] for original_id in (*ids, str(mail.get("source") or "")) if original_id
    )
