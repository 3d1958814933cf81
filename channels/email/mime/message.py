"""Bytes become a ``Mail``: frozen, clean, with nothing decided about what it means."""

from __future__ import annotations

from collections.abc import Iterator
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
        return (value for found, value in self.fields if found == name)

    def first(self, name: str) -> str:
        """The topmost value of a header, or ``""``."""
        return next(self.all(name), "")


def read(raw: bytes) -> Mail:
    """Any bytes become a mail (RFC 5322, RFC 2045–2049, RFC 2231); what is broken is left out, not raised."""
    top = repair.parse(raw)
    fields = tuple((name.lower(), headers.unfolded(value)) for name, value in top.raw_items())
    of: dict[str, list[str]] = {}
    for name, value in fields:
        of.setdefault(name, []).append(value)
    found = content.of(top, raw)
    parents = [one for value in of.get("in-reply-to", ()) for one in headers.ids(value)]
    chain = [one for value in of.get("references", ()) for one in headers.ids(value)]
    return Mail(
        fields=fields,
        media=top.media,
        report=_report(top),
        sender=headers.sender(of.get("from", ())),
        to=headers.people(of.get("to", ())),
        copied=headers.people(of.get("cc", ())),
        subject=headers.decoded(of.get("subject", [""])[0]),
        message_id=next(iter(headers.ids(of.get("message-id", [""])[0])), ""),
        references=tuple(dict.fromkeys((*(one for one in chain if one not in parents), *parents))),
        sent_at=headers.date(of["date"][0]) if "date" in of else None,
        text=found.text(),
        enclosed=tuple(found.enclosed),
        html_used=found.html_used,
        page=found.page,
        files=tuple(found.files),
        notes=tuple(found.notes),
    )


def _report(top: Node) -> str:
    """What kind of report a multipart/report is (RFC 6522, section 3)."""
    return (
        tree.parameter(top, "content-type", "report-type").lower() if top.media == "multipart/report" else ""
    )
