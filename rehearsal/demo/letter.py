"""A letter: what somebody wrote, made into a mail as mail programs make them, and handed over by SMTP."""

from __future__ import annotations

import mimetypes
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, getaddresses, make_msgid, parseaddr

from rehearsal.demo.mail import Mail


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that the demo sends.

    ``sender`` and ``to`` are as in headers, ``answers`` is the mail that it answers, ``files`` are pairs of
    name and bytes.
    """

    sender: str
    to: str
    subject: str
    text: str
    answers: Mail | None = None
    files: Sequence[tuple[str, bytes]] = ()

    def answering(self, mail: Mail) -> Letter:
        """The same letter as an answer to that mail."""
        return replace(self, answers=mail)

    def mail(self) -> EmailMessage:
        """The message; an answer has the quotation, In-Reply-To and References (RFC 5322, 3.6.4).

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
        """The bare addresses of the recipients."""
        return [address for _, address in getaddresses([self.to]) if address]


def submit(raw: bytes, sender: str, recipients: Sequence[str], *, port: int) -> tuple[int, str]:
    """Submit a mail by SMTP to a listener on loopback; returns its final reply, even a refusal.

    Raises OSError if nobody listens.
    """
    with smtplib.SMTP("127.0.0.1", port, "laptop.acme.example", timeout=30) as client:
        try:
            client.ehlo()
            for code, reply in (client.mail(sender), *map(client.rcpt, recipients)):
                if code != 250:
                    return code, reply.decode("utf-8", "replace")
            code, reply = client.data(raw)
        except smtplib.SMTPResponseException as error:
            code, reason = error.smtp_code, error.smtp_error
            reply = reason if isinstance(reason, bytes) else reason.encode()
    return code, reply.decode("utf-8", "replace")


def _kind(name: str) -> str:
    """The media type by a file name's ending.

    Whole mails travel as octet-stream, because message/rfc822 must not be base64 (RFC 2046, 5.2.1).
    """
    kind = mimetypes.guess_type(name)[0] or ""
    return kind if kind and not kind.startswith(("message/", "multipart/")) else "application/octet-stream"


def _quotation(mail: Mail) -> str:
    """The quoted mail below a reply's own words, each line after ``> ``."""
    before = mail.wire()
    day = datetime.fromtimestamp(mail.at).astimezone()
    lines = "".join(f"> {line}".rstrip() + "\n" for line in before["text"].strip().splitlines())
    return f"\n\nOn {day:%a, %d %b %Y at %H:%M}, {before['from']} wrote:\n{lines}"
