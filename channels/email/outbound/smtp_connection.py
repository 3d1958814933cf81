"""One connection to a relay: TLS and login, then many messages."""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit

from bot.channel.outbound import Parcel, TakenOver

TIMEOUT = 60.0
"""Seconds that any one answer may take."""
CONNECT = 10.0
"""Seconds in which a relay's host must be reached: nothing can cut that short, and a house that closes waits for it."""
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")


@dataclass(frozen=True, slots=True)
class RelayAddress:
    """The parts of ``email.relay``; shown as ``host:port``, never with the password."""

    host: str
    port: int
    implicit_tls: bool
    starttls: bool
    user: str = ""
    password: str = field(default="", repr=False)

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


class SmtpRefused(Exception):
    """An unexpected reply, and what it answered."""

    def __init__(self, code: int, text: bytes, *, to: str) -> None:
        super().__init__(code, to)
        self.code = code
        self.text = text
        self.to = to


class NoXoauth2(smtplib.SMTPNotSupportedError):
    """The server takes no access tokens."""


class SmtpConnection:
    """A connection after EHLO, TLS and login. Not for two threads at once."""

    def __init__(
        self,
        address: RelayAddress,
        *,
        hostname: str,
        token: str = "",
        dialled: Callable[[Line], None] = lambda line: None,
    ) -> None:
        """Raises ``OSError`` or ``smtplib.SMTPException``; the login never precedes TLS.

        ``token``: an access token, instead of the address's password. ``dialled`` is called with the line as soon as
        there is one, before anything is said on it.
        """
        dialled_line = socket.create_connection((address.host, address.port), CONNECT)
        self.line = Line(dialled_line)
        self._ahead = False
        self.messages = 0
        self.used = time.monotonic()
        try:
            dialled(self.line)
            self._smtp = _greeted(address, hostname, dialled_line)
        except BaseException:
            self.line.close()
            raise
        try:
            self._introduce(address, token)
        except BaseException:
            self.close()
            raise

    def _introduce(self, address: RelayAddress, token: str) -> None:
        self._smtp.ehlo_or_helo_if_needed()
        if address.starttls:
            self._smtp.starttls(context=ssl.create_default_context())
            self._smtp.ehlo_or_helo_if_needed()
        if token:
            self._log_in_by_token(address.user, token)
        elif address.user:
            self._smtp.login(address.user, address.password)
        if self._smtp.sock is not None:
            _leave_waiting_to_the_system(self._smtp.sock)

    def _log_in_by_token(self, user: str, token: str) -> None:
        """XOAUTH2 (developers.google.com/workspace/gmail/imap/xoauth2-protocol), which Microsoft has as well."""
        if "XOAUTH2" not in self._smtp.esmtp_features.get("auth", "").upper().split():
            raise NoXoauth2
        credentials = f"user={user}\x01auth=Bearer {token}\x01\x01"
        # A server that says no explains it as a challenge first, and wants an empty answer to that.
        self._smtp.auth("XOAUTH2", lambda challenge=None: credentials if challenge is None else "")

    def begin(self, parcel: Parcel) -> None:
        """Send MAIL (RFC 5321, section 3.3), which shows first whether the connection was closed."""
        options = self._options(parcel)
        self._ahead = self._smtp.has_extn("pipelining") and "SMTPUTF8" not in options
        if self._ahead:
            self._smtp.send(_envelope(parcel, options))
            self._expect(self._smtp.getreply(), to="sender", unheard=2)
        else:
            self._expect(self._smtp.mail(parcel.bounce_to, options), to="sender")

    def _options(self, parcel: Parcel) -> list[str]:
        options = []
        if self._smtp.has_extn("size"):
            options.append(f"SIZE={len(parcel.payload)}")
        if self._smtp.has_extn("8bitmime") and not parcel.payload.isascii():
            options.append("BODY=8BITMIME")
        if not (parcel.recipient + parcel.bounce_to).isascii():
            options.append("SMTPUTF8")  # raises SMTPNotSupportedError where it is not offered
        return options

    def finish(self, parcel: Parcel) -> None:
        """Send RCPT and DATA; the relay has the message when this returns.

        ``TakenOver``: it has nothing; disconnect.
        """
        ahead = self._ahead
        reply = self._smtp.getreply() if ahead else self._smtp.rcpt(parcel.recipient)
        self._expect(reply, to="recipient", unheard=int(ahead))
        code, text = self._smtp.getreply() if ahead else self._smtp.docmd("DATA")
        if code != 354:
            raise SmtpRefused(code, text, to="message")
        message = _on_the_wire(parcel.payload)
        if not parcel.ours():  # the last thing before it is sent: a process may be stopped anywhere
            raise TakenOver
        self._smtp.send(message)
        self._expect(self._smtp.getreply(), to="message")
        self.messages += 1
        self.used = time.monotonic()

    def _expect(self, reply: tuple[int, bytes], *, to: str, unheard: int = 0) -> None:
        """Raise ``SmtpRefused`` for a refusal, after reading the ``unheard`` pipelined replies."""
        code, text = reply
        if code in (250, 251):
            return
        if unheard and code != 421:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._not_after_all(unheard)
        raise SmtpRefused(code, text, to=to)

    def _not_after_all(self, unheard: int) -> None:
        """Send an empty message to a relay that wants one despite a refused envelope; it refuses (RFC 2920)."""
        replies = [self._smtp.getreply() for _ in range(unheard)]
        if replies[-1][0] == 354:
            self._smtp.send(b".\r\n")
            self._smtp.getreply()

    def reset(self) -> None:
        """Send RSET after a refusal, so that the next message begins afresh."""
        self._expect(self._smtp.rset(), to="RSET")

    def hang_up(self) -> None:
        """Send QUIT without waiting for long, in any state."""
        try:
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(2)
            self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            pass
        self.close()

    def close(self) -> None:
        """Disconnect at once: in the middle of a message, the relay forgets it (RFC 5321, section 4.1.1.4)."""
        self._smtp.close()
        self.line.close()


class Line:
    """The socket below a connection, TLS or not, which any thread may cut."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line.dup()  # TLS takes the first one over

    def cut(self) -> None:
        """Make every read and write on it fail at once."""
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._line.close()


class _Plain(smtplib.SMTP):
    """smtplib's SMTP on an existing socket."""

    def __init__(self, address: RelayAddress, hostname: str, line: socket.socket) -> None:
        self._dialled = line
        super().__init__(address.host, address.port, hostname, timeout=TIMEOUT)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        self._dialled.settimeout(timeout)
        return self._dialled


class _Secure(_Plain):
    """smtplib's SMTP on an existing socket, within TLS from the first byte on."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line = super()._get_socket(host, port, timeout)
        return ssl.create_default_context().wrap_socket(line, server_hostname=host)


def _greeted(address: RelayAddress, hostname: str, line: socket.socket) -> smtplib.SMTP:
    try:
        return (_Secure if address.implicit_tls else _Plain)(address, hostname, line)
    except BaseException:
        line.close()
        raise


def _leave_waiting_to_the_system(line: socket.socket) -> None:
    """Set the system's time limit instead of Python's, which polls before each call.

    When it expires, ``BlockingIOError`` (an ``OSError``) is raised, or smtplib takes the line for closed.
    """
    limit = struct.pack("ll", int(TIMEOUT), 0)
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        line.setsockopt(socket.SOL_SOCKET, option, limit)
    line.settimeout(None)


def _envelope(parcel: Parcel, options: list[str]) -> bytes:
    """MAIL, RCPT and DATA pipelined (RFC 2920, section 3.1): one round trip instead of three."""
    sender = " ".join((f"MAIL FROM:<{parcel.bounce_to}>", *options))
    return f"{sender}\r\nRCPT TO:<{parcel.recipient}>\r\nDATA\r\n".encode("ascii")


def _on_the_wire(payload: bytes) -> bytes:
    """A message as it follows DATA; as in smtplib, without a regular expression over every line."""
    lines = payload if _clean(payload) else _BARE.sub(b"\r\n", payload)
    stuffed = lines.replace(b"\r\n.", b"\r\n..")
    return (b"." if stuffed.startswith(b".") else b"") + stuffed.removesuffix(b"\r\n") + b"\r\n.\r\n"


def _clean(payload: bytes) -> bool:
    """Does every line end in CRLF, and is there no other CR or LF?"""
    return payload.count(b"\r\n") == payload.count(b"\n") == payload.count(b"\r")
