"""One IMAP folder, logged in to and selected: what lies in it, its mail, and moving it on."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError

from channels.email.config.settings import Imap
from channels.email.sign_in.grants import NoToken
from channels.email.sign_in.tokens import Tokens

TIMEOUTS = SocketTimeout(connect=30, read=30)
AT_ONCE = 500
"""UIDs in one question about sizes."""
SENDER_AND_SUBJECT = "BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]<0.8192>"
NotHandedOver = IMAPClientError
Lost = IMAPClientAbortError


class PasswordRefused(LoginError):  # type: ignore[misc]
    """The server knows another password, or lets nobody in by one."""

    @property
    def answer(self) -> str:
        """The server's words."""
        return str(self)


class ImapClient(IMAPClient):  # type: ignore[misc]
    """IMAPClient whose IDLE can be interrupted from another thread."""

    def __init__(self, *args: Any, wake: socket.socket, **kwargs: Any) -> None:
        self.wake = wake
        super().__init__(*args, **kwargs)

    def _poll_socket(self, sock: socket.socket, timeout: float | None = None) -> object:
        if timeout == 0:
            # News that came in one packet with the "+ idling" lies in imaplib's buffer, where poll
            # cannot see it: have it read in any case (the socket does not block now).
            return True
        poller = select.poll()
        poller.register(sock, select.POLLIN)
        poller.register(self.wake, select.POLLIN)
        return poller.poll(None if timeout is None else timeout * 1000)

    def overheard(self) -> bool:
        """Has an answer to some command mentioned new mail, since this was last asked?

        A server says ``EXISTS`` once. What it says in answer to a SEARCH or MOVE, it won't say to IDLE.
        """
        return self._imap.untagged_responses.pop("EXISTS", None) is not None


class ImapFolder:
    """``imap.folder`` of a mailbox. Everything goes by UID; anything may raise ``OSError`` or ``Lost``."""

    def __init__(self, settings: Imap, *, tokens: Tokens | None, wake: socket.socket) -> None:
        self._settings = settings
        self._wake = wake
        token = tokens.token(settings.server) if tokens else ""
        self._client = _dial(settings, wake)
        try:
            _keep_alive(self._client.socket())
            self._log_in(tokens, token)
            self.uidvalidity = int(self._client.select_folder(settings.folder)[b"UIDVALIDITY"])
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> ImapFolder:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Log out if the server still listens, and disconnect."""
        with contextlib.suppress(OSError, IMAPClientError):
            self._client.socket().settimeout(2)
            self._client.logout()
            return
        with contextlib.suppress(OSError, IMAPClientError):
            self._client.shutdown()

    def uids(self) -> list[int]:
        r"""All messages, seen or not: ``\\Seen`` is somebody's reading, not our state."""
        self._client.overheard()
        return sorted(self._client.search("UNDELETED"))

    def sizes(self, uids: Sequence[int]) -> Mapping[int, int]:
        """Bytes of each message that is still there."""
        sizes: dict[int, int] = {}
        for start in range(0, len(uids), AT_ONCE):
            answer = self._client.fetch(uids[start : start + AT_ONCE], ["RFC822.SIZE"])
            sizes |= {uid: data[b"RFC822.SIZE"] for uid, data in answer.items() if b"RFC822.SIZE" in data}
        return sizes

    def fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The messages, no flag touched; ``NotHandedOver`` if the server refuses one of them."""
        answer = self._client.fetch(uids, ["BODY.PEEK[]"])
        messages = {uid: data.get(b"BODY[]") for uid, data in answer.items()}
        if any(raw is None for raw in messages.values()):
            raise NotHandedOver("the server answered without the message")
        return {uid: raw for uid, raw in messages.items() if raw is not None}

    def heads(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The first 8 KiB of From and Subject of each message, no flag touched."""
        heads: dict[int, bytes] = {}
        for start in range(0, len(uids), AT_ONCE):
            answer = self._client.fetch(uids[start : start + AT_ONCE], [SENDER_AND_SUBJECT])
            heads |= {
                uid: bytes(value or b"")
                for uid, data in answer.items()
                for name, value in data.items()
                if name.startswith(b"BODY[HEADER")
            }
        return heads

    def latest(self, count: int, *, moved_to: str) -> list[bytes]:
        """The headers of the newest messages, here and among those moved on.

        Changes nothing; another folder is selected afterwards.
        """
        headers: list[bytes] = []
        moved_to = self._prefix() + moved_to.removeprefix(self._prefix())
        for name in (self._settings.folder, moved_to):
            if len(headers) < count and self._client.folder_exists(name):
                self._client.select_folder(name, readonly=True)
                uids = self.uids()[len(headers) - count :]
                answer = self._client.fetch(uids, ["BODY.PEEK[HEADER]"]) if uids else {}
                headers += [
                    bytes(data[b"BODY[HEADER]"]) for data in answer.values() if b"BODY[HEADER]" in data
                ]
        return headers

    def move(self, uids: Sequence[int], to: str) -> None:
        """Move messages (RFC 6851); without MOVE, copy, mark and expunge these only.

        Never expunges what others have marked.
        """
        if not uids:
            return
        to = self._existing(to)
        if self._client.has_capability("MOVE"):
            self._client.move(uids, to)
            return
        self._client.copy(uids, to)
        self._client.delete_messages(uids, silent=True)
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge(uids)

    def wait(self, seconds: float) -> None:
        """Wait until there may be news, the time is up or somebody wakes us; raises if the line is dead."""
        if self._client.overheard():
            return
        if not self._client.has_capability("IDLE"):
            select.select([self._wake], [], [], seconds)
            return
        self._client.idle()
        if not self._client.idle_check(timeout=0):
            self._client.idle_check(timeout=seconds)
        self._client.idle_done()

    def _existing(self, name: str) -> str:
        """The folder's full name; created if missing, below the personal namespace if need be."""
        prefix = self._prefix()
        for candidate in dict.fromkeys((name, prefix + name.removeprefix(prefix))):
            if self._client.folder_exists(candidate):
                return candidate
        name = prefix + name.removeprefix(prefix)
        try:
            self._client.create_folder(name)
        except IMAPClientError:  # made meanwhile: by another process, or for a first delivery
            if not self._client.folder_exists(name):
                raise
        return name

    def _prefix(self) -> str:
        if not self._client.has_capability("NAMESPACE"):
            return ""
        personal = self._client.namespace().personal
        return str(personal[0][0]) if personal else ""

    def _log_in(self, tokens: Tokens | None, token: str) -> None:
        if self._settings.tls == "starttls":
            self._client.starttls(ssl.create_default_context())
        if tokens is None:
            self._log_in_by_password()
            return
        try:
            self._client.oauth2_login(self._settings.login, token)
        except LoginError as error:
            if isinstance(error.__context__, IMAPClientAbortError):  # the line was lost, and nobody said no
                raise error.__context__ from None
            if "[UNAVAILABLE]" not in str(error):  # RFC 5530: it could not be tried
                tokens.refused(token, self._settings.server, _brief(error))
            raise
        tokens.accepted(self._settings.server)

    def _log_in_by_password(self) -> None:
        try:
            self._client.login(self._settings.login, self._settings.password.get_secret_value())
        except LoginError as error:
            if isinstance(error.__context__, IMAPClientAbortError):  # the line was lost, and nobody said no
                raise error.__context__ from None
            if "[UNAVAILABLE]" in str(error):  # RFC 5530: it could not be tried
                raise
            raise PasswordRefused(_brief(error)) from error


def why(error: Exception, settings: Imap) -> str:
    """The problem in words, with the config key to look at first; no secret, no mail."""
    match error:
        case NoToken():
            return f"imap.sign_in: {error}"
        case LoginError():
            key = "sign_in" if settings.sign_in else "password"
            return f"imap.{key}: {settings.host} refused the login of {settings.login}"
        case CapabilityError():
            return f"imap.tls: {settings.host} offers no STARTTLS"
        case ssl.SSLError():
            return f"imap.tls: the TLS of {settings.host} cannot be trusted ({_brief(error)})"
        case IMAPClientAbortError() | OSError():
            return f"imap.host: no connection to {settings.host}:{settings.port} ({_brief(error)})"
        case IMAPClientError():
            return f"imap.folder: {settings.host} said no about {settings.folder} ({_brief(error)})"
    return type(error).__name__


def _brief(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:200]


def _dial(settings: Imap, wake: socket.socket) -> ImapClient:
    implicit = settings.tls == "implicit"
    context = ssl.create_default_context() if implicit else None
    return ImapClient(
        settings.host, settings.port, ssl=implicit, ssl_context=context, timeout=TIMEOUTS, wake=wake
    )


def _keep_alive(sock: socket.socket) -> None:
    """Have the system notice a dead peer, even while nothing is sent."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, seconds in _probes():
        sock.setsockopt(socket.IPPROTO_TCP, option, seconds)


def _probes() -> Iterable[tuple[int, int]]:
    for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            yield getattr(socket, name), value
