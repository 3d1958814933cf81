"""Bounces: is this mail a report that a mail of ours was not delivered, and what does it say?

Strict on purpose: with a path back to somebody it is that person's mail, unless no person writes from such an address.
Lists and forwarders put their own address into the path, so a machine's report with a path is *doubtful*: it counts
only with a signature of ours in it. What is not recognised stays an ordinary automatic mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from bot.channel.classification import Bounce, Undelivered
from channels.email.automatic import (
    bounce_text,
    dsn,
    feedback_report,
    out_of_office,
    returned_headers,
    ses,
    smtp_codes,
)
from channels.email.encoding import charset
from channels.email.mime import headers
from channels.email.mime.attachment import File
from channels.email.mime.message import Mail

LARGEST = 64 << 10
"""Characters of a report, and bytes of each of its parts, that are looked at."""
MOST_PARTS, MOST_RECIPIENTS = 10, 50
_DAEMON = re.compile(
    r"(?:mailer[-_.]?daemon|mail-daemon|mail\.delivery\.(?:sub)?system|mdaemon)(?:[-+_.].*)?(?:@|$)",
    re.IGNORECASE,
)
_POSTMASTER = re.compile(r"post_?master(?:[-+_.].*)?(?:@|$)", re.IGNORECASE)
_GATEWAY = re.compile(
    r"(?:[a-z0-9]{1,20}[-_.])?(?:ndr|smtp|bounces?|mailer|no[-_.]?reply|do[-_.]?not[-_.]?reply)(?:[-+_.].*)?@"
)
_ADDRESS = re.compile(r"<([^<>]{0,320})>\s*(?:\(|$)")
_SYSTEM = re.compile(
    r"mail deliver(?:y)? (?:sub)?system|mailer[- ]daemon|interscan (?:mss|notification|messaging)"
    r"|(?:mail|system|ndr) administrator|mail system",
    re.IGNORECASE,
)
_OF_STATUS = ("message/delivery-status", "message/global-delivery-status")
_SUBJECT = re.compile(
    r"delivery (?:status|report|notification|failure|problem)|mail delivery|failure notice|returned mail"
    r"|mail error|warning: (?:message|could not)|undeliver|message status",
    re.IGNORECASE,
)
Path = Literal["null", "daemon", "postmaster", "person", "unknown"]


def read(mail: Mail, mail_from: str | None, *, tagged: bool = False) -> Bounce | None:
    """The bounce or complaint that a mail is, or None.

    ``mail_from``: the envelope's sender, None if unknown; ``tagged``: sent to what looks like our envelope
    sender.
    """
    complaint = feedback_report.read(mail) or ses.read(mail)
    if complaint:
        return complaint
    way = path(mail, mail_from)
    daemon = is_daemon(mail) or (way != "person" and _is_notice(mail))
    certain = _is_certain(mail, way, daemon=daemon, unknown=mail_from is None)
    machine = daemon or _is_machine(mail)
    reported = tagged and (mail.first("x-failed-recipients") or _of_status(mail, ""))  # not by people
    tagged = tagged and (way != "person" or machine or bool(reported))
    if not (certain or tagged or machine):
        return None
    report = _report(mail, daemon=daemon, null=tagged or way == "null")
    return report and replace(report, doubtful=not certain)


def _is_certain(mail: Mail, way: Path, *, daemon: bool, unknown: bool) -> bool:
    """Is it a report for certain: nobody wrote it, or nobody would get an answer?"""
    if way in ("null", "daemon"):
        return True
    if not daemon:
        return False
    named = mail.sender is not None and bool(_DAEMON.match(mail.sender.address))
    return named or mail.report == "delivery-status" or (unknown and way in ("unknown", "postmaster"))


def _is_machine(mail: Mail) -> bool:
    """Is it from an address or name that mail servers use, and perhaps some administrator?"""
    address = mail.sender.address if mail.sender else ""
    named = any(_SYSTEM.search(headers.decoded(value)) for value in mail.all("from"))
    return named or bool(_GATEWAY.match(address)) or mail.report == "delivery-status"


def path(mail: Mail, mail_from: str | None) -> Path:
    """Where an answer to the mail would go: nowhere, a mail system, a person; or nobody knows.

    A postmaster may be either: people write as one, too.
    """
    if mail_from is None:
        return_path = next(mail.all("return-path"), None)
        if return_path is None:
            return "unknown"
        mail_from = return_path.strip().strip("<>").strip()
    if not mail_from or mail_from.lower() == "null":
        return "null"
    if _DAEMON.match(mail_from):
        return "daemon"
    return "postmaster" if _POSTMASTER.match(mail_from) else "person"


def is_daemon(mail: Mail) -> bool:
    """Does From name a mail system, or nobody?"""
    for value in mail.all("from"):
        match = _ADDRESS.search(value[:1000])
        address = (match[1] if match else value.partition("(")[0]).strip()
        if _DAEMON.match(address) or _POSTMASTER.match(address) or (match and not address):
            return True
    return False


def _is_notice(mail: Mail) -> bool:
    """Is it a report from a no-reply address, under a mail system's name, or from a list manager?"""
    nobody = mail.sender is not None and mail.sender.address.startswith(
        ("no-reply@", "noreply@", "no_reply@")
    )
    named = any(_SYSTEM.search(headers.decoded(value)) for value in mail.all("from"))
    manager = bool(mail.first("x-mlserver"))
    return (named or nobody or manager) and _is_subject(mail.subject)


def _report(mail: Mail, *, daemon: bool, null: bool) -> Bounce | None:
    text = "\n".join((mail.text[:LARGEST], *_broken(mail.files)))
    above, below = returned_headers.cut(text)
    undelivered = _of_status(mail, text)
    original = returned_headers.fields(mail, below)
    failed = [
        failed_address
        for value in mail.all("x-failed-recipients")
        for _, _, failed_address in smtp_codes.addresses(value)
    ]
    own = "\n".join(above)
    if not (undelivered or failed) and (
        out_of_office.is_automatic(mail.subject) or out_of_office.opens_so(own)
    ):
        return None
    if not (daemon or undelivered or failed or _claims(mail, own, null=null)):
        return None
    shows = undelivered or failed or smtp_codes.failed(own) or smtp_codes.delayed(f"{mail.subject}\n{own}")
    shows = shows or smtp_codes.failed(mail.subject) or (null and bounce_text.is_coded(own))
    if not shows:
        return None
    if not any(recipient.address for recipient in undelivered):
        undelivered = (*_in_words(mail, above, failed, original), *undelivered)
    undelivered = _reasoned(undelivered[:MOST_RECIPIENTS], above)
    return _bounce(mail, undelivered, own, returned_headers.originals(original))


def _claims(mail: Mail, own: str, *, null: bool) -> bool:
    """Does it call itself a report? Without a return path, its first words are enough."""
    return _is_subject(mail.subject) or (
        null and smtp_codes.failed(own[:600]) and not out_of_office.says_so("", own)
    )


def _is_subject(subject: str) -> bool:
    return bool(_SUBJECT.search(subject)) or smtp_codes.failed(subject)


def _reasoned(undelivered: Sequence[Undelivered], above: Sequence[str]) -> tuple[Undelivered, ...]:
    """Fill in missing reasons: from the text about that recipient, else from that about all."""
    if all(len(recipient.reason) > 3 for recipient in undelivered):
        return tuple(undelivered)
    reasons = {recipient.address: recipient.reason for recipient in bounce_text.recipients(above, (), ())}
    shared = bounce_text.reason(above)
    return tuple(
        recipient
        if len(recipient.reason) > 3
        else replace(recipient, reason=(reasons.get(recipient.address) or shared)[:500])
        for recipient in undelivered
    )


def _of_status(mail: Mail, text: str) -> tuple[Undelivered, ...]:
    """Recipients from the delivery status part, else from the text, where the part was lost."""
    parts = [file for file in mail.files if file.type in _OF_STATUS]
    parts = parts or [
        file for file in mail.files if b"inal-Recipient:" in file.data[:2000] and not _is_mail(file)
    ]
    recipients = [recipient for file in parts[:MOST_PARTS] for recipient in dsn.recipients(_decoded(file))]
    if not any(recipient.address for recipient in recipients) and "ecipient:" in text:
        recipients += [recipient for recipient in dsn.recipients(text) if recipient.address]
    return tuple(recipients)


def _in_words(
    mail: Mail, above: Sequence[str], failed: Sequence[str], original: returned_headers.ReturnedFields
) -> tuple[Undelivered, ...]:
    apart = {person.address for person in (*mail.to, *((mail.sender,) if mail.sender else ()))}
    recipients = bounce_text.recipients(above, failed, apart)
    if recipients and not all(recipient.address in apart for recipient in recipients):
        return recipients
    instead = [candidate for candidate in returned_headers.addressees(original) if candidate not in apart]
    return bounce_text.recipients(above, instead[:1], apart) if instead else recipients


def _bounce(
    mail: Mail, undelivered: Sequence[Undelivered], own: str, originals: tuple[str, ...]
) -> Bounce | None:
    slow = smtp_codes.delayed(f"{mail.subject}\n{own}")
    who = tuple(_acted(recipient, slow=slow) for recipient in _merged(undelivered))
    actions = {recipient.action for recipient in who} or {"delayed" if slow else "failed"}
    if "failed" in actions:
        return Bounce("failed", who, originals)
    return Bounce("delayed", who, originals) if "delayed" in actions else None


def _acted(recipient: Undelivered, *, slow: bool) -> Undelivered:
    """The recipient with an action: where none is given, the status and the words decide."""
    if recipient.action:
        return recipient
    if recipient.status.startswith("2"):
        return replace(recipient, action="delivered")
    return replace(recipient, action="delayed" if slow and not recipient.status.startswith("5") else "failed")


def _merged(undelivered: Sequence[Undelivered]) -> Iterable[Undelivered]:
    """Complete the entries that have an address with what the entry without one says."""
    named = [recipient for recipient in undelivered if recipient.address]
    bare = [recipient for recipient in undelivered if not recipient.address]
    if not named or not bare:
        return named or bare
    more = bare[0]
    return [
        replace(
            recipient,
            status=more.status if more.status[2:] not in ("", "0.0") else recipient.status or more.status,
            action=recipient.action or more.action,
            reason=more.reason or recipient.reason,
        )
        for recipient in named
    ]


def _broken(files: Iterable[File]) -> list[str]:
    """Texts of small parts of no known type: a report's own text may hide under a broken header."""
    return [
        _decoded(file) for file in files if file.type == "application/octet-stream" and len(file.data) < 8192
    ][:3]


def _is_mail(file: File) -> bool:
    return file.type.startswith(("message/rfc822", "text/rfc822", "message/partial"))


def _decoded(file: File) -> str:
    data = file.data[:LARGEST]
    return charset.decode(data, "iso-2022-jp" if b"\x1b$" in data or b"\x1b(" in data else "")
