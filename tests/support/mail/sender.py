"""A sender of mail: one connection, many messages, and what was answered to each."""

from __future__ import annotations

import smtplib
from types import TracebackType
from typing import Self


class Sender:
    """``with Sender(port) as sender: sender.send(raw, "ana@acme.com", "support@example.com")``."""

    def __init__(self, port: int, *, helo: str = "client.example") -> None:
        self._smtp = smtplib.SMTP("127.0.0.1", port, helo, timeout=60)
        self._smtp.ehlo()

    def send(self, raw: bytes, sender: str, *recipients: str) -> tuple[int, str]:
        """The reply that settled it: the first refusal, or the one to the message; a no is not raised."""
        replies = [self._smtp.mail(sender), *(self._smtp.rcpt(recipient) for recipient in recipients)]
        refused = next((reply for reply in replies if reply[0] != 250), None)
        if refused:
            self._smtp.rset()
            return _read(refused)
        try:
            return _read(self._smtp.data(raw))
        except smtplib.SMTPDataError as error:
            return error.smtp_code, str(error.smtp_error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()


def _read(reply: tuple[int, bytes]) -> tuple[int, str]:
    return reply[0], reply[1].decode("utf-8", "replace")
