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
    told = returned_headers.block(report.data) if report else ()
    original = returned_headers.fields(mail, ())
    why = next((value for name, value in told if name == "feedback-type"), "abuse")
    if why.strip().lower() in _NONE:
        return None
    named = [smtp_codes.address(value) for name, value in told if name in _WHO]
    who = dict.fromkeys(one for one in (*named, *_first(original, named)) if one)
    paths = [smtp_codes.address(value) for name, value in told if name in _PATHS]
    ids = [one for name, value in told if name.endswith("message-id") for one in headers.ids(value)]
    return Bounce(
        "complaint",
        tuple(Undelivered(one, "", "complained", one_line(why)[:80]) for one in who),
        tuple(dict.fromkeys(one for one in (*returned_headers.originals(original), *ids, *paths) if one)),
    )


def _first(original: returned_headers.ReturnedFields, named: list[str]) -> list[str]:
    return [] if any(named) else list(returned_headers.addressees(original))[:1]


def _bare(mail: Mail) -> Bounce | None:
    """Microsoft's form: nothing but the mail itself, from an address of theirs."""
    sender = mail.sender.address if mail.sender else ""
    if sender not in ("staff@hotmail.com", "staff@outlook.com") or "complaint" not in mail.subject.lower():
        return None
    original = returned_headers.fields(mail, ())
    removed = [smtp_codes.address(v) for name, v in original if name == "x-hmxmroriginalrecipient"]
    who = [*removed, *returned_headers.addressees(original)][:1]
    return Bounce(
        "complaint",
        tuple(Undelivered(one, "", "complained", "abuse") for one in who if one),
        returned_headers.originals(original),
    )
