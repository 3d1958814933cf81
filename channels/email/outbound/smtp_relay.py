"""Delivery to an SMTP relay, over a few persistent connections that any thread may borrow."""

from __future__ import annotations

import smtplib
import ssl
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from weakref import WeakSet

from bot.channel.outbound import DeliveryFailed, Parcel, TakenOver
from bot.model.translatable import saying
from channels.email.outbound.smtp_connection import (
    Line,
    NoXoauth2,
    RelayAddress,
    SmtpConnection,
    SmtpRefused,
)
from channels.email.sign_in.grants import NoToken, SignInLapsed
from channels.email.sign_in.passwords import PasswordLogin
from channels.email.sign_in.tokens import Tokens

KEPT_IDLE = 50.0
"""Seconds after which an unused connection is no longer trusted: relays and NAT drop them silently."""
PAUSE = 60.0
"""Seconds for which a relay that said 421 is left alone."""
UNREACHABLE_PAUSE = 10.0
# Said to us, not to the message: log in first, use TLS, wrong sequence (RFC 4954, section 6).
_TO_US = frozenset({503, 530, 534, 535, 538})

_NO_TO_LOGIN = frozenset({523, 524, 525, 530, 534, 535, 538})


class StaleConnection(Exception):
    """The relay had closed a connection silently; the message was not sent yet."""


class Relay:
    """Sends to ``smtp://`` or ``smtps://``: each message to one recipient, each failure permanent or not."""

    def __init__(self, url: str, *, connections: int, hostname: str, tokens: Tokens | None = None) -> None:
        """``tokens``: those of a sign-in, instead of the URL's password."""
        self._address = RelayAddress.parse(url)
        self._tokens = tokens
        if tokens is not None and not self._address.user:
            self._address = replace(self._address, user=tokens.address)
        self.login: PasswordLogin | None = None
        """That of the URL, where it has a user; not that of ``tokens``."""
        if tokens is None and self._address.user:
            self.login = PasswordLogin(
                self._address.user, str(self._address), key="in email.relay", sends=True
            )
        self._hostname = hostname
        self._connections = threading.BoundedSemaphore(connections)
        self._idle: list[SmtpConnection] = []
        self._lines: WeakSet[Line] = WeakSet()
        self._interrupted = False
        self._lock = threading.Lock()

    def deliver(self, parcel: Parcel) -> None:
        """Try once; raises ``DeliveryFailed`` and no other network error."""
        if not (fits(parcel.recipient) and fits(parcel.bounce_to)):
            raise DeliveryFailed(saying("an address has in it what SMTP cannot carry"), permanent=True)
        with self._connections:
            try:
                self._try(self._spare() or self._connect(), parcel)
            except StaleConnection:
                self._try(self._connect(), parcel)

    def problems(self) -> Iterable[str]:
        """Connect and log in; one sentence if that fails."""
        try:
            self._connect(rested=True).hang_up()
        except DeliveryFailed as failure:
            yield f"email.relay: {failure}."

    def interrupt(self) -> None:
        """Cut all lines: every delivery in progress fails at once, and none is begun any more."""
        with self._lock:
            self._interrupted = True
            lines = list(self._lines)
        for line in lines:
            line.cut()

    def close(self) -> None:
        """Disconnect."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.hang_up()

    # connections

    def _spare(self) -> SmtpConnection | None:
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None or time.monotonic() - connection.used < KEPT_IDLE:
                return connection
            connection.hang_up()

    def _connect(self, *, rested: bool = False) -> SmtpConnection:
        """``rested``: ask even a server that refused the password a moment ago."""
        try:
            return self._signed_in(self._tokens) if self._tokens else self._logged_in(rested=rested)
        except NoToken as error:
            raise _not_let_in(str(error)) from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise self._unreachable(error) from error

    def _signed_in(self, tokens: Tokens) -> SmtpConnection:
        """A connection that an access token opened; one that is refused before its end is renewed, once."""
        server = str(self._address)
        token = tokens.token(server)
        while True:
            try:
                connection = self._dial(token)
            except smtplib.SMTPAuthenticationError as error:
                answer = f"{error.smtp_code} {in_words(error.smtp_error)}"
                if error.smtp_code not in _NO_TO_LOGIN:  # it could not be tried
                    raise
                tokens.refused(token, server, answer)
                token = tokens.token(server)  # raises, if that was the renewed one
                continue
            tokens.accepted(server)
            return connection

    def _logged_in(self, *, rested: bool) -> SmtpConnection:
        """A connection that the URL's password opened, if it has one; one that was refused rests a while."""
        if self.login is not None and self.login.rests and not rested:
            raise SignInLapsed(self.login.why)
        connection = self._dial()
        if self.login is not None:
            self.login.accepted()
        return connection

    def _dial(self, token: str = "") -> SmtpConnection:
        return SmtpConnection(self._address, hostname=self._hostname, token=token, dialled=self._dialled)

    def _dialled(self, line: Line) -> None:
        with self._lock:
            self._lines.add(line)
            if self._interrupted:
                raise OSError("we are closing")

    def _give_back(self, connection: SmtpConnection) -> None:
        with self._lock:
            self._idle.append(connection)

    # one message

    def _try(self, connection: SmtpConnection, parcel: Parcel) -> None:
        try:
            self._send(connection, parcel)
        except SmtpRefused as refused:
            self._after_refusal(connection, refused)
            raise self._failed(refused) from refused
        except smtplib.SMTPNotSupportedError as error:
            self._give_back(connection)
            why = saying(
                "{server} knows no addresses with letters beyond ASCII (SMTPUTF8)", server=str(self._address)
            )
            raise DeliveryFailed(why, permanent=True) from error
        except TakenOver:
            connection.close()
            raise
        except (OSError, smtplib.SMTPException) as error:
            connection.hang_up()
            why = saying("the connection to {server} was lost", server=str(self._address))
            raise DeliveryFailed(why, permanent=False) from error
        self._give_back(connection)

    def _send(self, connection: SmtpConnection, parcel: Parcel) -> None:
        try:
            connection.begin(parcel)
        except (smtplib.SMTPServerDisconnected, SmtpRefused) as error:
            # A relay that tires of waiting says 421 and hangs up: what we read now was said long ago.
            closed = not isinstance(error, SmtpRefused) or error.code == 421
            if closed and connection.messages:
                connection.hang_up()
                raise StaleConnection from error
            raise
        connection.finish(parcel)

    def _after_refusal(self, connection: SmtpConnection, refused: SmtpRefused) -> None:
        try:
            if refused.code == 421:
                raise refused
            connection.reset()
        except (OSError, smtplib.SMTPException, SmtpRefused):
            connection.hang_up()
        else:
            self._give_back(connection)

    # failures in words

    def _failed(self, refused: SmtpRefused) -> DeliveryFailed:
        return DeliveryFailed(
            saying(
                "{server} answered {code} to the {stage}: {answer}",
                server=str(self._address),
                code=str(refused.code),
                stage=saying(refused.to),
                answer=in_words(refused.text),
            ),
            permanent=500 <= refused.code < 600 and refused.code not in _TO_US,
            pause=PAUSE if refused.code == 421 else 0.0,
        )

    def _unreachable(self, error: Exception) -> DeliveryFailed:
        """An error before MAIL is not the message's fault: never permanent."""
        code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
        if (
            self.login is not None
            and isinstance(error, smtplib.SMTPAuthenticationError)
            and code in _NO_TO_LOGIN
        ):
            self.login.refused(f"{error.smtp_code} {in_words(error.smtp_error)}")
            return _not_let_in(self._why_unreachable(error))
        return DeliveryFailed(
            self._why_unreachable(error),
            permanent=False,
            pause=PAUSE if code == 421 else UNREACHABLE_PAUSE,
        )

    def _why_unreachable(self, error: Exception) -> str:
        server = str(self._address)
        if isinstance(error, smtplib.SMTPAuthenticationError):
            answer = f"{error.smtp_code} {in_words(error.smtp_error)}"
            return saying("{server} refused the login ({answer})", server=server, answer=answer)
        if isinstance(error, smtplib.SMTPResponseException):
            answer = f"{error.smtp_code} {in_words(error.smtp_error)}"
            return saying("{server} would not talk to us ({answer})", server=server, answer=answer)
        if isinstance(error, NoXoauth2):
            return saying("{server} offers no login by token (XOAUTH2)", server=server)
        if isinstance(error, smtplib.SMTPNotSupportedError):
            pattern = (
                "{server} offers no login" if self._greeted_with_tls() else "{server} offers no STARTTLS"
            )
            return saying(pattern, server=server)
        if isinstance(error, ssl.SSLError):
            why = str(error.reason or error)
            return saying("the TLS of {server} cannot be trusted ({answer})", server=server, answer=why)
        why = str(getattr(error, "strerror", None) or in_words(str(error)))
        return saying("cannot reach {server} ({answer})", server=server, answer=why)

    def _greeted_with_tls(self) -> bool:
        return self._address.implicit_tls or not self._address.starttls


def _not_let_in(why: str) -> DeliveryFailed:
    """Nothing was tried, and nothing is given up while somebody has to sign in or to set a password."""
    return DeliveryFailed(
        why,
        permanent=False,
        pause=UNREACHABLE_PAUSE,
        after=UNREACHABLE_PAUSE,
        untried=True,
        patient=True,
    )


def fits(address: str) -> bool:
    """Can it stand between angle brackets? (smtplib would silently change an address that cannot.)"""
    return address.isprintable() and not set(address) & set("<> ")


def in_words(reply: bytes | str) -> str:
    """A server's reply on one line, without controls, at most 300 characters."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))[:300]
