"""One mail as a mail program shows it: a picture in JSON, and its files."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from typing import Any

LINK = re.compile(r"https?://[^\s<>\"')\]]+[^\s<>\"')\].,;:!?]")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail in the mailbox of ``owner`` since ``at`` (seconds since 1970).

    ``raw`` are its bytes; ``sent``: the owner sent it, else they received it.
    """

    id: str
    owner: str
    raw: bytes
    at: float
    sent: bool = False

    def parsed(self) -> EmailMessage:
        """The mail as the standard library parses it."""
        return email.message_from_bytes(self.raw, policy=default)

    def wire(self) -> dict[str, Any]:
        """The mail as JSON, MAIL of `rehearsal/demo/site.py`."""
        mail = self.parsed()
        text = _body(mail, "plain")
        return {
            "id": self.id,
            "at": self.at,
            "sent": self.sent,
            "from": str(mail.get("From", "")),
            "to": str(mail.get("To", "")),
            "subject": str(mail.get("Subject", "")),
            "text": text,
            "html": _body(mail, "html"),
            "attachments": [
                {"name": name, "size": len(data), "url": f"/mail/files/{self.id}/{number}"}
                for number, (name, _, data) in enumerate(self.files())
            ],
            "message_id": str(mail.get("Message-ID", "")).strip(),
            "in_reply_to": str(mail.get("In-Reply-To", "")).strip(),
            "references": str(mail.get("References", "")).split(),
            "reply_to": str(mail.get("Reply-To", "")),
            "links": list(dict.fromkeys(LINK.findall(text))),
        }

    def files(self) -> Iterator[tuple[str, str, bytes]]:
        """(name, type, bytes) of each attachment."""
        for part in self.parsed().iter_attachments():
            data = part.get_payload(decode=True)
            yield (
                part.get_filename() or "file",
                part.get_content_type(),
                data if isinstance(data, bytes) else b"",
            )


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
