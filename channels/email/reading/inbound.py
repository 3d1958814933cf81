"""The reader of one kept mail: pure, for the child, ``explain`` and tests."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from bot.channel.classification import Verdict
from bot.channel.protocols import Anchor, Context, Inbound, Letter, Mailbox
from bot.model.identity import Identity, Proof
from bot.model.mail_address import is_unattended
from bot.model.message import Attachment, Part
from bot.model.translatable import saying
from channels import text
from channels.email.auth import evidence, policy
from channels.email.auth.evidence import Claims
from channels.email.automatic import classify
from channels.email.automatic.classify import OwnAddresses
from channels.email.config.addresses import Addressees
from channels.email.mime import headers, message, message_id_marker, part_text, prescan
from channels.email.mime.message import Mail
from channels.email.replies import forwarded, html_cut, split
from channels.email.replies.own_text import OurText
from channels.language_detection import detect_language

LONGEST_FROM = 300
"""Characters that are shown of a From that cannot be read."""
_TOO_LONG = saying("its DKIM signatures are not believed: {why}", why=saying("its headers are too long"))
_OVERLOADED = policy.Judgement(Proof.UNPROVEN, (_TOO_LONG,))
_WRITER = "{sender} takes no replies, and names {who} as the writer"
_RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to")


@dataclass(frozen=True)
class Reading:
    """The inputs of reading besides the mail: the desk's mailboxes and whom it trusts."""

    mailboxes: tuple[Mailbox, ...]
    trusted_networks: tuple[str, ...] = ()
    domain: str = ""
    """What our own mail carries in its loop header."""
    verify: bool = True
    """May what nobody vouches for be proven by ourselves?"""

    @cached_property
    def networks(self) -> tuple[policy.Network, ...]:
        return tuple(ipaddress.ip_network(network, strict=False) for network in self.trusted_networks)

    @cached_property
    def addressees(self) -> Addressees:
        return Addressees(mailbox.address for mailbox in self.mailboxes)

    @cached_property
    def by_address(self) -> Mapping[str, Mailbox]:
        return {mailbox.address.lower(): mailbox for mailbox in self.mailboxes}

    @cached_property
    def ours(self) -> OwnAddresses:
        lists = frozenset(list_id.lower() for mailbox in self.mailboxes for list_id in mailbox.own_list_ids)
        return OwnAddresses(frozenset(self.by_address), self.domain.lower(), lists)


def read(letter: Letter, context: Context, reading: Reading) -> tuple[Inbound, tuple[bytes, ...], Claims]:
    """The reading of a letter, its attachments' bytes in order, and what may be proven of its sender.

    Raises only for a bug. If there are claims, the evidence leaves out why nothing else proves it.
    """
    mail = message.read(letter.raw)
    mailbox, found_by = _mailbox(letter.envelope, mail, reading)
    box = reading.by_address.get(mailbox)
    signed = evidence.covered(letter.raw, mail, sealers=_sealers(box))
    judged = _judged(mail, letter.envelope, box, reading) if signed is not None else _OVERLOADED
    writer, by_rule = _writer(mail, box, reading)
    written = headers.decoded(mail.first("from"))[:LONGEST_FROM]
    if by_rule:
        mail, judged = replace(mail, sender=writer), judged._replace(proof=Proof.UNPROVEN)
    anchors = _anchors(letter, mail, reading)
    tagged = any(anchor.kind == "token" and anchor.value.startswith("b-") for anchor in anchors)
    verdict = classify.judge(mail, letter.envelope.get("mail_from"), reading.ours, tagged=tagged)
    parts = _parts(mail, context)
    prove = reading.verify and not by_rule
    claimed, flaws = _claimed(letter, mail, verdict, judged, box) if prove else (Claims(""), ())
    inbound = Inbound(
        sender=mail.sender,
        proof=judged.proof,
        verdict=verdict,
        mailbox=mailbox,
        subject=headers.subject(mail.subject),
        parts=(*parts, *(Part("quoted", enclosed) for enclosed in mail.enclosed)),
        message_id=mail.message_id,
        references=mail.references,
        anchors=anchors,
        to=mail.to,
        copied=mail.copied,
        attachments=tuple(
            Attachment(file.name, file.type, len(file.data), file.sha256, inline=file.inline)
            for file in mail.files
        ),
        sent_at=None if judged.by_signature and not all((signed or {}).values()) else mail.sent_at,
        language=_language(mail, parts) if verdict.may_answer else "",
        html_used=mail.html_used,
        forwarded=forwarded.of(mail),
        twin=_twin(letter.raw, mail),
        signed=tuple(signed or ()),
        writer=writer.address if writer else "",
        evidence=(
            *_unnamed(mail),
            *([saying(_WRITER, sender=written, who=writer.address)] if writer else ()),
            *(() if claimed else judged.reasons),
            *flaws,
            *found_by,
            *mail.notes,
            *_cut(letter.raw),
        ),
    )
    return inbound, tuple(file.data for file in mail.files), claimed


def _writer(mail: Mail, box: Mailbox | None, reading: Reading) -> tuple[Identity | None, bool]:
    """Return the writer that a form's or group's mail names, and whether its sender is listed."""
    sender, group = mail.sender.address if mail.sender else "", classify.list_id(mail.first("list-id"))
    own = reading.addressees.mailbox(sender) is not None
    original = mail.by_name.get("x-original-from", ()) if group or own else ()
    rewritten = own or bool(original)
    listed = sender in (box.settings.get("form_senders", ()) if box else ())
    addresses = map(headers.sender, (original, mail.by_name.get("reply-to", ())))
    ours = reading.addressees.mailbox
    named = next((who for who in addresses if who and who.address != sender and not ours(who.address)), None)
    answerable = not (rewritten or listed or is_unattended(sender))
    if answerable or named is None or is_unattended(named.address):
        return None, False
    return named, listed or (rewritten and group in reading.ours.list_ids)


def _parts(mail: Mail, context: Context) -> tuple[Part, ...]:
    """The new and quoted parts of the text; without a visible quotation, as the HTML marks one."""
    ours = OurText(context.sent)
    text = split.separated(mail.text, known=bool(ours))
    parts = split.divide(text, ours, context.internal)
    if mail.page is None or any(part.kind in ("quoted", "inserted", "unsure") for part in parts):
        return parts
    return html_cut.divide(text, part_text.markup(mail.page), ours) or parts


def _twin(raw: bytes, mail: Mail) -> str:
    """The key of a mail's copies; ``""`` for mail that does not name itself.

    A monitor's second alarm would pass for a copy of its first. A Date alone names nothing: there are devices
    whose clock stands.
    """
    date = mail.first("date").strip()
    if not (mail.sender and mail.message_id):
        return ""
    return prescan.twin(raw, mail.sender.address.lower(), mail.message_id, date, mail.subject)


def _sealers(box: Mailbox | None) -> Sequence[str]:
    return box.settings.get("arc_sealers", ()) if box else ()


def _language(mail: Mail, parts: Sequence[Part]) -> str:
    """The language of what the sender wrote now; an answer's subject is older, and perhaps not theirs."""
    new = "\n".join(part.text for part in parts if part.kind == "new")
    sample = new if mail.references else f"{mail.subject}\n{new}"
    return detect_language(sample, hint=mail.first("content-language"))


def _judged(
    mail: Mail, envelope: Mapping[str, Any], box: Mailbox | None, reading: Reading
) -> policy.Judgement:
    return policy.judge(
        mail,
        envelope,
        networks=reading.networks,
        authserv_id=box.authserv_id if box else "",
        microsoft=bool(box and box.settings.get("microsoft_results")),
    )


def _claimed(
    letter: Letter, mail: Mail, verdict: Verdict, judged: policy.Judgement, box: Mailbox | None
) -> tuple[Claims, tuple[str, ...]]:
    """The claims to check; none for a report: nobody is believed because of it."""
    mail_from = letter.envelope.get("mail_from")
    if (verdict.bounce and not verdict.bounce.doubtful) or mail_from == "" or judged is _OVERLOADED:
        return Claims(""), ()
    sealers = _sealers(box) if judged.proof is Proof.UNPROVEN else ()
    claims, flaws = evidence.of(letter.raw, mail, mail_from, unheard=judged.unheard, sealers=sealers)
    return replace(claims, reasons=judged.reasons), flaws


def _anchors(letter: Letter, mail: Mail, reading: Reading) -> tuple[Anchor, ...]:
    """The anchors of the headers; if they name no other mail, those in the quoted HTML first."""
    anchors = prescan.anchors(letter, reading.mailboxes)
    if any(anchor.kind != "tag" for anchor in anchors):
        return anchors
    return (*message_id_marker.anchors(letter.raw, mail.subject), *anchors)


def _mailbox(envelope: Mapping[str, Any], mail: Mail, reading: Reading) -> tuple[str, tuple[str, ...]]:
    """Our address that it came to: as the door knows, else by its recipients."""
    box = reading.by_address.get(str(envelope.get("mailbox") or "").lower())
    if box:
        return box.address.lower(), ()
    written = (person.address for person in (*mail.to, *mail.copied))
    named = (address.strip(" <>") for name in _RECIPIENTS for address in mail.all(name))
    for recipient in (*(envelope.get("rcpt_tos") or ()), *named, *written):
        if mailbox := reading.addressees.mailbox(str(recipient)):
            return mailbox, ()
    return "", ("names no mailbox of ours",)


def _unnamed(mail: Mail) -> Sequence[str]:
    """The raw From where it names nobody: a person may see what no rule can."""
    written = text.line(", ".join(mail.all("from")))[:LONGEST_FROM]
    if mail.sender is not None:
        return ()
    return (f"From names nobody whom we can answer: {written}",) if written else ("there is no From",)


def _cut(raw: bytes) -> Sequence[str]:
    over = prescan.caps(raw)
    return (f"read only in part: {over}",) if over else ()
