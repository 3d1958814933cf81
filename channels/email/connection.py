"""One connection to a relay: opened with TLS and login in the right order, then used for many messages."""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote, urlsplit

from bot.channel import Parcel

TIMEOUT = 60.0
"""Seconds that any one answer may take."""
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")


@dataclass(frozen=True, slots=True)
class RelayAddress:
    """``email.relay`` taken apart; shown as ``host:port``, never with the password."""

    host: str
    port: int
    implicit_tls: bool
    starttls: bool
    user: str = ""
    password: str = ""

    @classmethod
    def parse(cls, url: str) -> Self:
        """``smtp://user:password@host:587`` or ``smtps://host``; ``?starttls=off`` for smtp."""
        parts = urlsplit(url)
        implicit = parts.scheme == "smtps"
        return cls(
            host=parts.hostname or "",
            port=parts.port or (465 if implicit else 587),
            implicit_tls=implicit,
            starttls=not implicit and parts.query != "starttls=off",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Refused(Exception):
    """A reply that was not the one hoped for, and what it was said to."""

    def __init__(self, code: int, text: bytes, *, to: str) -> None:
        super().__init__(code, to)
        self.code = code
        self.text = text
        self.to = to


class Connection:
    """EHLO has been said, TLS is on and the login is done. Not for two threads at once."""

    def __init__(self, address: RelayAddress, *, hostname: str) -> None:
        """Raises ``OSError`` or ``smtplib.SMTPException``; the login never precedes TLS."""
        self._smtp = _dial(address, hostname)
        self.messages = 0
        self.used = time.monotonic()
        try:
            self._introduce(address)
        except BaseException:
            self._smtp.close()
            raise

    def _introduce(self, address: RelayAddress) -> None:
        self._smtp.ehlo_or_helo_if_needed()
        if address.starttls:
            self._smtp.starttls(context=ssl.create_default_context())
            self._smtp.ehlo_or_helo_if_needed()
        if address.user:
            self._smtp.login(address.user, address.password)

    def begin(self, parcel: Parcel) -> None:
        """MAIL (RFC 5321, section 3.3): the first thing that a connection closed behind our back shows."""
        options = []
        if self._smtp.has_extn("size"):
            options.append(f"SIZE={len(parcel.payload)}")
        if self._smtp.has_extn("8bitmime") and not parcel.payload.isascii():
            options.append("BODY=8BITMIME")
        if not (parcel.recipient + parcel.bounce_to).isascii():
            options.append("SMTPUTF8")  # raises SMTPNotSupportedError where it is not offered
        _expect(self._smtp.mail(parcel.bounce_to, options), to="sender")

    def finish(self, parcel: Parcel) -> None:
        """RCPT and DATA; the relay has the message when this returns."""
        _expect(self._smtp.rcpt(parcel.recipient), to="recipient")
        _expect(self._data(parcel.payload), to="message")
        self.messages += 1
        self.used = time.monotonic()

    def _data(self, payload: bytes) -> tuple[int, bytes]:
        """smtplib's ``data``, but without its regular expression over every line of the message."""
        code, text = self._smtp.docmd("DATA")
        if code != 354:
            raise Refused(code, text, to="message")
        lines = payload if _clean(payload) else _BARE.sub(b"\r\n", payload)
        stuffed = lines.replace(b"\r\n.", b"\r\n..")
        self._smtp.send(
            (b"." if stuffed.startswith(b".") else b"") + stuffed.removesuffix(b"\r\n") + b"\r\n.\r\n"
        )
        return self._smtp.getreply()

    def reset(self) -> None:
        """RSET, after a refusal, so that the next message begins afresh."""
        _expect(self._smtp.rset(), to="RSET")

    def hang_up(self) -> None:
        """QUIT without waiting for long, whatever state it is in."""
        try:
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(2)
            self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()


def _dial(address: RelayAddress, hostname: str) -> smtplib.SMTP:
    if address.implicit_tls:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(address.host, address.port, hostname, timeout=TIMEOUT, context=context)
    return smtplib.SMTP(address.host, address.port, hostname, timeout=TIMEOUT)


def _expect(reply: tuple[int, bytes], *, to: str) -> None:
    code, text = reply
    if code not in (250, 251):
        raise Refused(code, text, to=to)


def _clean(payload: bytes) -> bool:
    """Does every line end in CRLF, and is there no other CR or LF?"""
    return payload.count(b"\r\n") == payload.count(b"\n") == payload.count(b"\r")
