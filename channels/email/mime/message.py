"""Bytes become a ``Mail``: frozen, clean, with nothing decided about what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model.identity import Identity
from channels.email.mime import content, headers, repair, tree
from channels.email.mime.attachment import File
from channels.email.mime.tree import Node


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as its writer meant it to be read."""

    fields: tuple[tuple[str, str], ...]
    """Every header of the mail itself, top first: name in lower case, value unfolded, not decoded."""
    by_name: Mapping[str, Sequence[str]]
    """The values of these, top first, by name."""
    media: str
    """The content type of the whole."""
    report: str = ""
    """``delivery-status``, ``disposition-notification``, ``feedback-report`` of a multipart/report."""
    sender: Identity | None = None
    to: tuple[Identity, ...] = ()
    copied: tuple[Identity, ...] = ()
    subject: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()
    """Oldest first, In-Reply-To at the end."""
    sent_at: datetime | None = None
    text: str = ""
    enclosed: tuple[str, ...] = ()
    """What others wrote in messages that lie within this one, each with who wrote it when: never its sender's words."""
    html_used: bool = False
    page: Node | None = None
    """The HTML that says again what the text says."""
    files: tuple[File, ...] = ()
    notes: tuple[str, ...] = ()
    """What is sealed, or could not be read, in words."""

    def all(self, name: str) -> Iterator[str]:
        """The values of a header, top first; ``name`` in lower case."""
        return iter(self.by_name.get(name, ()))

    def first(self, name: str) -> str:
        """The topmost value of a header, or ``""``."""
        return next(self.all(name), "")


def read(raw: bytes) -> Mail:
    """A mail of any bytes (RFC 5322, RFC 2045–2049, RFC 2231); broken parts are left out, not raised."""
    top = repair.parse(raw)
    fields = tuple((name.lower(), headers.unfolded(value)) for name, value in top.raw_items())
    of: dict[str, list[str]] = {}
    for name, value in fields:
        of.setdefault(name, []).append(value)
    body = content.of(top, raw)
    parents = [message_id for value in of.get("in-reply-to", ()) for message_id in headers.ids(value)]
    chain = [message_id for value in of.get("references", ()) for message_id in headers.ids(value)]
    return Mail(
        fields=fields,
        by_name=of,
        media=top.media,
        report=_report(top),
        sender=headers.sender(of.get("from", ())),
        to=headers.people(of.get("to", ())),
        copied=headers.people(of.get("cc", ())),
        subject=headers.decoded(of.get("subject", [""])[0]),
        message_id=next(iter(headers.ids(of.get("message-id", [""])[0])), ""),
        references=tuple(
            dict.fromkeys((*(message_id for message_id in chain if message_id not in parents), *parents))
        ),
        sent_at=headers.date(of["date"][0]) if "date" in of else None,
        text=body.text(),
        enclosed=tuple(body.enclosed),
        html_used=body.html_used,
        page=body.page,
        files=tuple(body.files),
        notes=tuple(body.notes),
    )


def _report(top: Node) -> str:
    """The kind of a multipart/report (RFC 6522, section 3)."""
    if top.media != "multipart/report":
        return ""
    return headers.decoded(tree.parameter(top, "content-type", "report-type")).lower()
