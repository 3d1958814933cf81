"""One mail as a mail program shows it: a picture in JSON, and its files."""

from __future__ import annotations

import email
import mimetypes
import re
import smtplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import formatdate, getaddresses, make_msgid, parseaddr
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


@dataclass(frozen=True, slots=True)
class Letter:
    """``sender`` and ``to`` as in headers; ``answers``: the mail it is an answer to; ``files``: (name, bytes)."""

    sender: str
    to: str
    subject: str
    text: str
    answers: Mail | None = None
    files: Sequence[tuple[str, bytes]] = ()

    def answering(self, mail: Mail) -> Letter:
        """The same as an answer to that mail."""
        return replace(self, answers=mail)

    def mail(self) -> EmailMessage:
        """An answer has the quotation below, In-Reply-To and References (RFC 5322, 3.6.4).

        Raises ValueError for a line break in a header.
        """
        mail = EmailMessage(SMTP)
        mail["From"], mail["To"] = self.sender, self.to
        mail["Subject"], mail["Date"] = self.subject, formatdate(localtime=True)
        mail["Message-ID"] = make_msgid(domain=self.address.rpartition("@")[2])
        if self.answers:
            before = self.answers.wire()
            mail["In-Reply-To"] = before["message_id"]
            mail["References"] = " ".join([*before["references"], before["message_id"]])
        mail.set_content(self.text + (_quotation(self.answers) if self.answers else ""))
        for name, data in self.files:
            main, _, sub = _kind(name).partition("/")
            mail.add_attachment(data, maintype=main, subtype=sub, filename=name)
        return mail

    @property
    def address(self) -> str:
        """The bare address of the sender."""
        return parseaddr(self.sender)[1].lower()

    @property
    def recipients(self) -> list[str]:
        """Bare addresses."""
        return [address for _, address in getaddresses([self.to]) if address]


def submit(raw: bytes, sender: str, recipients: Sequence[str], *, port: int) -> tuple[int, str]:
    """By SMTP to a listener on loopback: the reply that settled it, a refusal too. OSError if nobody listens."""
    with smtplib.SMTP("127.0.0.1", port, "laptop.acme.example", timeout=30) as client:
        try:
            client.ehlo()
            for code, said in (client.mail(sender), *map(client.rcpt, recipients)):
                if code != 250:
                    return code, said.decode("utf-8", "replace")
            code, said = client.data(raw)
        except smtplib.SMTPResponseException as error:
            code, told = error.smtp_code, error.smtp_error
            said = told if isinstance(told, bytes) else told.encode()
    return code, said.decode("utf-8", "replace")


def _kind(name: str) -> str:
    """By its ending; whole mails travel as mere bytes, for these must not be base64 (RFC 2046, 5.2.1)."""
    kind = mimetypes.guess_type(name)[0] or ""
    return kind if kind and not kind.startswith(("message/", "multipart/")) else "application/octet-stream"


def _quotation(mail: Mail) -> str:
    """The mail below one's own words, each line after ``> ``."""
    before = mail.wire()
    day = datetime.fromtimestamp(mail.at).astimezone()
    lines = "".join(f"> {line}".rstrip() + "\n" for line in before["text"].strip().splitlines())
    return f"\n\nOn {day:%a, %d %b %Y at %H:%M}, {before['from']} wrote:\n{lines}"
