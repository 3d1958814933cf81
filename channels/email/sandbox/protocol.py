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

LONGEST = 1 << 30
"""Bytes of one frame's JSON; more is a sign that the two have lost step."""
LARGE = 1 << 20
"""Bytes of a frame that is not copied once more to be written in one piece."""
_LENGTH = struct.Struct(">I")
ReadBytes = Callable[[int], bytes]
"""Reads exactly so many bytes, or raises ``EOFError``."""


def pack(told: dict[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """One frame."""
    return b"".join(pieces(told, blobs))


def pieces(told: dict[str, Any], blobs: Sequence[bytes] = ()) -> list[bytes]:
    """One frame, to be written piece by piece: what is large is not copied, what is small is one piece."""
    said = json.dumps({**told, "blobs": [len(blob) for blob in blobs]}, separators=(",", ":")).encode()
    found = [_LENGTH.pack(len(said)) + said, *blobs]
    return found if sum(map(len, found)) > LARGE else [b"".join(found)]


def unpack(read: ReadBytes) -> tuple[dict[str, Any], list[bytes]]:
    """The next frame; ``EOFError`` where there is none, ``ValueError`` if it is no frame."""
    (length,) = _LENGTH.unpack(read(4))
    if length > LONGEST:
        raise ValueError("no frame")
    told = json.loads(read(length))
    return told, [read(size) for size in told.pop("blobs")]


def plain(inbound: Inbound) -> dict[str, Any]:
    """An ``Inbound`` as JSON can hold it."""
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
        "evidence": inbound.evidence,
    }


def _original(one: Original | None) -> list[Any] | None:
    if one is None:
        return None
    sender = _person(one.sender) if one.sender else None
    return [sender, one.subject, one.text, one.message_id, one.above]


def _forwarded(told: list[Any] | None) -> Original | None:
    return Original(Identity(*told[0]) if told[0] else None, *told[1:]) if told else None


def _person(person: Identity) -> tuple[str, str, str]:
    return (person.channel, person.address, person.name)


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "may": [verdict.may_answer, verdict.activity, verdict.reply],
        "bounce": _bounce(verdict.bounce) if verdict.bounce else None,
        "evidence": verdict.evidence,
        "away_until": verdict.away_until.isoformat() if verdict.away_until else None,
    }


def _bounce(bounce: Bounce) -> dict[str, Any]:
    rows = [(one.address, one.status, one.action, one.reason) for one in bounce.recipients]
    return {
        "kind": bounce.kind,
        "recipients": rows,
        "originals": bounce.originals,
        "doubtful": bounce.doubtful,
    }


def _judged(told: dict[str, Any]) -> Verdict:
    may_answer, activity, reply = told["may"]
    bounce, away = told["bounce"], told["away_until"]
    return Verdict(
        may_answer,
        activity,
        bounce=_reported(bounce) if bounce else None,
        reply=reply,
        evidence=tuple(told["evidence"]),
        away_until=date.fromisoformat(away) if away else None,
    )


def _reported(told: dict[str, Any]) -> Bounce:
    rows = tuple(Undelivered(*row) for row in told["recipients"])
    return Bounce(told["kind"], rows, tuple(told["originals"]), told["doubtful"])


def inbound(told: dict[str, Any]) -> Inbound:
    """The other way round."""
    return Inbound(
        sender=Identity(*told["sender"]) if told["sender"] else None,
        proof=Proof(told["proof"]),
        verdict=_judged(told["verdict"]),
        mailbox=told["mailbox"],
        subject=told["subject"],
        parts=tuple(Part(*part) for part in told["parts"]),
        message_id=told["message_id"],
        references=tuple(told["references"]),
        anchors=tuple(Anchor(*anchor) for anchor in told["anchors"]),
        to=tuple(Identity(*person) for person in told["to"]),
        copied=tuple(Identity(*person) for person in told["copied"]),
        attachments=tuple(Attachment(*attachment) for attachment in told["attachments"]),
        sent_at=datetime.fromisoformat(told["sent_at"]) if told["sent_at"] else None,
        language=told["language"],
        html_used=told["html_used"],
        forwarded=_forwarded(told["forwarded"]),
        twin=told["twin"],
        evidence=tuple(told["evidence"]),
    )
