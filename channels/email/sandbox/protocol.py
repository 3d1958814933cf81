"""The protocol of parent and child: a length, JSON, then bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from bot.channel.classification import Bounce, Undelivered, Verdict
from bot.channel.protocols import Anchor, Inbound, Original
from bot.model.identity import Identity, Proof
from bot.model.message import Attachment, Part
from bot.model.translatable import packed, unpacked

LONGEST = 1 << 30
"""Bytes of one frame's JSON; more is a sign that the two have lost step."""
LARGE = 1 << 20
"""Bytes of a frame that is not copied once more to be written in one piece."""
_LENGTH = struct.Struct(">I")
ReadBytes = Callable[[int], bytes]
"""Reads exactly so many bytes, or raises ``EOFError``."""


def pack(values: dict[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """One frame."""
    return b"".join(pieces(values, blobs))


def pieces(values: dict[str, Any], blobs: Sequence[bytes] = ()) -> list[bytes]:
    """One frame, to be written in pieces: large blobs are not copied, small ones joined."""
    header = json.dumps({**values, "blobs": [len(blob) for blob in blobs]}, separators=(",", ":")).encode()
    frame = [_LENGTH.pack(len(header)) + header, *blobs]
    return frame if sum(map(len, frame)) > LARGE else [b"".join(frame)]


def unpack(read: ReadBytes) -> tuple[dict[str, Any], list[bytes]]:
    """The next frame; ``EOFError`` at the end, ``ValueError`` if it is no frame."""
    (length,) = _LENGTH.unpack(read(4))
    if length > LONGEST:
        raise ValueError("no frame")
    values = json.loads(read(length))
    return values, [read(size) for size in values.pop("blobs")]


def plain(inbound: Inbound) -> dict[str, Any]:
    """An ``Inbound`` as JSON values."""
    return {
        "sender": _person(inbound.sender) if inbound.sender else None,
        "proof": int(inbound.proof),
        "verdict": _verdict(inbound.verdict),
        "mailbox": inbound.mailbox,
        "subject": inbound.subject,
        "parts": [(part.kind, part.text) for part in inbound.parts],
        "message_id": inbound.message_id,
        "references": inbound.references,
        "anchors": [(anchor.kind, anchor.value) for anchor in inbound.anchors],
        "to": [_person(person) for person in inbound.to],
        "copied": [_person(person) for person in inbound.copied],
        "attachments": [(a.name, a.type, a.size, a.sha256, a.inline) for a in inbound.attachments],
        "sent_at": inbound.sent_at.isoformat() if inbound.sent_at else None,
        "language": inbound.language,
        "html_used": inbound.html_used,
        "forwarded": _original(inbound.forwarded),
        "twin": inbound.twin,
        "evidence": [packed(reason) for reason in inbound.evidence],
    }


def _original(original: Original | None) -> list[Any] | None:
    if original is None:
        return None
    sender = _person(original.sender) if original.sender else None
    return [sender, original.subject, original.text, original.message_id, original.above]


def _forwarded(values: list[Any] | None) -> Original | None:
    return Original(Identity(*values[0]) if values[0] else None, *values[1:]) if values else None


def _person(person: Identity) -> tuple[str, str, str]:
    return (person.channel, person.address, person.name)


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "may": [verdict.may_answer, verdict.activity, verdict.reply],
        "bounce": _bounce(verdict.bounce) if verdict.bounce else None,
        "evidence": [packed(sign) for sign in verdict.evidence],
        "away_until": verdict.away_until.isoformat() if verdict.away_until else None,
    }


def _bounce(bounce: Bounce) -> dict[str, Any]:
    rows = [
        (recipient.address, recipient.status, recipient.action, recipient.reason)
        for recipient in bounce.recipients
    ]
    return {
        "kind": bounce.kind,
        "recipients": rows,
        "originals": bounce.originals,
        "doubtful": bounce.doubtful,
    }


def _judged(values: dict[str, Any]) -> Verdict:
    may_answer, activity, reply = values["may"]
    bounce, away = values["bounce"], values["away_until"]
    return Verdict(
        may_answer,
        activity,
        bounce=_reported(bounce) if bounce else None,
        reply=reply,
        evidence=tuple(map(unpacked, values["evidence"])),
        away_until=date.fromisoformat(away) if away else None,
    )


def _reported(values: dict[str, Any]) -> Bounce:
    rows = tuple(Undelivered(*row) for row in values["recipients"])
    return Bounce(values["kind"], rows, tuple(values["originals"]), values["doubtful"])


def inbound(values: dict[str, Any]) -> Inbound:
    """An ``Inbound`` from JSON values."""
    return Inbound(
        sender=Identity(*values["sender"]) if values["sender"] else None,
        proof=Proof(values["proof"]),
        verdict=_judged(values["verdict"]),
        mailbox=values["mailbox"],
        subject=values["subject"],
        parts=tuple(Part(*part) for part in values["parts"]),
        message_id=values["message_id"],
        references=tuple(values["references"]),
        anchors=tuple(Anchor(*anchor) for anchor in values["anchors"]),
        to=tuple(Identity(*person) for person in values["to"]),
        copied=tuple(Identity(*person) for person in values["copied"]),
        attachments=tuple(Attachment(*attachment) for attachment in values["attachments"]),
        sent_at=datetime.fromisoformat(values["sent_at"]) if values["sent_at"] else None,
        language=values["language"],
        html_used=values["html_used"],
        forwarded=_forwarded(values["forwarded"]),
        twin=values["twin"],
        evidence=tuple(map(unpacked, values["evidence"])),
    )
