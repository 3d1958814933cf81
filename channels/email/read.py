"""One kept mail becomes an ``Inbound``: pure, the same for the child, for ``explain`` and for tests."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.channel import Anchor, Context, Inbound, Letter, Mailbox
from bot.commands import Attachment
from channels.email import embedded, headers, mime, original, quoting, scan, trust, verdicts
from channels.email.addresses import Addressees
from channels.email.mime import Mail
from channels.email.verdicts import Ours

_RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to")


@dataclass(frozen=True)
class Reading:
    """What reading depends on besides the mail: the desk's mailboxes and whom it trusts."""

    mailboxes: tuple[Mailbox, ...]
    trusted_networks: tuple[str, ...] = ()
    domain: str = ""
    """What our own mail carries in its loop header."""

    @cached_property
    def networks(self) -> tuple[trust.Network, ...]:
        return tuple(ipaddress.ip_network(one, strict=False) for one in self.trusted_networks)

    @cached_property
    def addressees(self) -> Addressees:
        return Addressees(mailbox.address for mailbox in self.mailboxes)

    @cached_property
    def by_address(self) -> Mapping[str, Mailbox]:
        return {mailbox.address.lower(): mailbox for mailbox in self.mailboxes}

    @cached_property
    def ours(self) -> Ours:
        lists = frozenset(one.lower() for mailbox in self.mailboxes for one in mailbox.own_list_ids)
        return Ours(frozenset(self.by_address), self.domain.lower(), lists)


def read(letter: Letter, context: Context, reading: Reading) -> tuple[Inbound, tuple[bytes, ...]]:
    """The reading of a letter, and its attachments' bytes in their order. Raises only where it is wrong itself."""
    mail = mime.read(letter.raw)
    mailbox, found_by = _mailbox(letter.envelope, mail, reading)
    known = reading.by_address.get(mailbox)
    proof, reasons = trust.judge(
        mail, letter.envelope, networks=reading.networks, authserv_id=known.authserv_id if known else ""
    )
    inbound = Inbound(
        sender=mail.sender,
        proof=proof,
        verdict=verdicts.judge(mail, letter.envelope.get("mail_from"), reading.ours),
        mailbox=mailbox,
        subject=headers.subject(mail.subject),
        parts=quoting.divide(mail.text, context.sent_lines),
        message_id=mail.message_id,
        references=mail.references,
        anchors=_anchors(letter, mail, reading),
        to=mail.to,
        copied=mail.copied,
        attachments=tuple(_attachment(file) for file in mail.files),
        sent_at=mail.sent_at,
        html_used=mail.html_used,
        forwarded=original.original(mail),
        evidence=(*reasons, *found_by, *_cut(letter.raw)),
    )
    return inbound, tuple(file.data for file in mail.files)


def _anchors(letter: Letter, mail: Mail, reading: Reading) -> tuple[Anchor, ...]:
    """What the headers name; where they name no other mail, what the quoted HTML does, before the subject's number."""
    found = scan.anchors(letter, reading.mailboxes)
    if any(anchor.kind != "tag" for anchor in found):
        return found
    return (*embedded.anchors(letter.raw, mail.subject), *found)


def _mailbox(envelope: Mapping[str, Any], mail: Mail, reading: Reading) -> tuple[str, tuple[str, ...]]:
    """The address of ours it came to: as the door knows, else by who it was delivered or written to."""
    told = reading.by_address.get(str(envelope.get("mailbox") or "").lower())
    if told:
        return told.address.lower(), ()
    written = (person.address for person in (*mail.to, *mail.copied))
    named = (one.strip(" <>") for name in _RECIPIENTS for one in mail.all(name))
    for recipient in (*(envelope.get("rcpt_tos") or ()), *named, *written):
        if found := reading.addressees.mailbox(str(recipient)):
            return found, ()
    return "", ("names no mailbox of ours",)


def _attachment(file: mime.File) -> Attachment:
    return Attachment(file.name, file.type, len(file.data), file.sha256, inline=file.inline)


def _cut(raw: bytes) -> Sequence[str]:
    over = scan.caps(raw)
    return (f"read only in part: {over}",) if over else ()
