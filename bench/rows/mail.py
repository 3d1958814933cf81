"""People who write mail to the desk and read what comes from it."""

from __future__ import annotations

import itertools
import smtplib
import time
from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from typing import Any

from bench.rows.seen import Missing, flat, until
from tests.support.mail.sink import Sink

DESK = "support@example.com"
_serial = itertools.count(1)


class Post:
    """The way in (SMTP) and what the relay has taken."""

    def __init__(self, port: int, sink: Sink) -> None:
        self.port, self.sink = port, sink
        self._read: list[tuple[tuple[str, ...], Any]] = []

    def to(self, address: str) -> list[Any]:
        """All mails to somebody, parsed, oldest first."""
        for taken in self.sink.taken[len(self._read) :]:
            self._read.append((taken.recipients, message_from_bytes(taken.raw, policy=default)))
        return [mail for recipients, mail in self._read if address in recipients]

    def hand_in(self, raw: bytes, sender: str, *recipients: str) -> None:
        """Over SMTP, as a mail server does."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as client:
            client.sendmail(sender, recipients or (DESK,), raw)

    def person(self, address: str, name: str = "") -> Correspondent:
        """Somebody with a mail program."""
        return Correspondent(self, address, name or address.partition("@")[0].title())


class Correspondent:
    """One person's mail program."""

    def __init__(self, post: Post, address: str, name: str) -> None:
        self.address, self.name = address, name
        self._post = post
        self._seen: set[str] = set()

    def send(
        self,
        subject: str,
        text: str,
        *,
        to: str = DESK,
        cc: str = "",
        files: Mapping[str, bytes] | None = None,
        html: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """Send a mail; its bytes."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"{self.name} <{self.address}>", to, subject
        mail["Message-ID"] = f"<{next(_serial)}.{time.time_ns()}@{self.address.partition('@')[2]}>"
        if cc:
            mail["Cc"] = cc
        for name, value in (headers or {}).items():
            mail[name] = value
        mail.set_content(text)
        if html:
            mail.add_alternative(html, subtype="html")
        for name, content in (files or {}).items():
            mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        raw = mail.as_bytes()
        self._post.hand_in(
            raw, self.address, *(found for _, found in getaddresses([to]) if "support" in found)
        )
        return raw

    def answer(self, mail: Any, text: str, **more: Any) -> bytes:
        """Answer as mail programs do: to Reply-To, the quotation below."""
        quoted = "\n".join(f"> {line}" for line in body(mail).splitlines())
        body_text = f"{text}\n\nOn Monday, Support wrote:\n{quoted}\n" if text else ""
        headers = {"In-Reply-To": mail["Message-ID"], "References": mail["Message-ID"]}
        headers |= more.pop("headers", {})
        return self.send(
            f"Re: {mail['Subject']}", body_text, to=str(mail["Reply-To"]), headers=headers, **more
        )

    def wait(self, *words: str, seconds: float = 20) -> Any:
        """The first mail not read yet that has these words in subject or text. Raises ``Missing``."""
        found = until(lambda: self.unread(*words), seconds=seconds)
        if not found:
            raise Missing(
                f"a mail to {self.name} with {words}", " | ".join(map(brief, self.unread())) or "no mail"
            )
        self._seen.add(str(found[0]["Message-ID"]))
        return found[0]

    def unread(self, *words: str) -> list[Any]:
        """Mails not waited for yet, with these words."""
        mails = [mail for mail in self._post.to(self.address) if str(mail["Message-ID"]) not in self._seen]
        return [
            mail for mail in mails if all(word in f"{mail['Subject']}\n{flat(body(mail))}" for word in words)
        ]

    def mark_read(self) -> None:
        """All that is there."""
        self._seen |= {str(mail["Message-ID"]) for mail in self._post.to(self.address)}


def body(mail: Any) -> str:
    """A mail's plain words."""
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part else ""


def brief(mail: Any) -> str:
    """A mail in a line."""
    return f"{mail['Subject']}: {flat(body(mail))[:90]}"
