"""Complaints: what a feedback report (RFC 5965) says about a mail that somebody did not want."""

from __future__ import annotations

from bot.channel.classification import Bounce, Undelivered
from channels.email.automatic import returned_headers, smtp_codes
from channels.email.mime import headers
from channels.email.mime.message import Mail
from channels.text import line as one_line

_TYPE = "message/feedback-report"
_WHO = ("original-rcpt-to", "removal-recipient", "redacted-address", "x-complaint-recipient")
_NONE = ("not-spam", "auth-failure")
"""What is reported to a domain's owner about somebody else's mail (RFC 6591), and what is no complaint at all."""
_PATHS = ("original-mail-from", "original-envelope-from")


def read(mail: Mail) -> Bounce | None:
    """The complaint that a mail is, or None."""
    report = next((file for file in mail.files if file.type == _TYPE), None)
    if mail.report != "feedback-report" and not (report and returned_headers.came_back(mail)):
        return _bare(mail)
    report_fields = returned_headers.block(report.data) if report else ()
    original = returned_headers.fields(mail, ())
    why = next((value for name, value in report_fields if name == "feedback-type"), "abuse")
    if why.strip().lower() in _NONE:
        return None
    named = [smtp_codes.address(value) for name, value in report_fields if name in _WHO]
    who = dict.fromkeys(person for person in (*named, *_first(original, named)) if person)
    paths = [smtp_codes.address(value) for name, value in report_fields if name in _PATHS]
    ids = [
        message_id
        for name, value in report_fields
        if name.endswith("message-id")
        for message_id in headers.ids(value)
    ]
    return Bounce(
        "complaint",
        tuple(Undelivered(person, "", "complained", one_line(why)[:80]) for person in who),
        tuple(
            dict.fromkeys(
                original_id
                for original_id in (*returned_headers.originals(original), *ids, *paths)
                if original_id
            )
        ),
    )


def _first(original: returned_headers.ReturnedFields, named: list[str]) -> list[str]:
    return [] if any(named) else list(returned_headers.addressees(original))[:1]


def _bare(mail: Mail) -> Bounce | None:
    """Microsoft's form of complaint: nothing but the mail itself, from one of their addresses."""
    sender = mail.sender.address if mail.sender else ""
    if sender not in ("staff@hotmail.com", "staff@outlook.com") or "complaint" not in mail.subject.lower():
        return None
    original = returned_headers.fields(mail, ())
    removed = [smtp_codes.address(v) for name, v in original if name == "x-hmxmroriginalrecipient"]
    who = [*removed, *returned_headers.addressees(original)][:1]
    return Bounce(
        "complaint",
        tuple(Undelivered(person, "", "complained", "abuse") for person in who if person),
        returned_headers.originals(original),
    )
