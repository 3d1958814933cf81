"""The access token of one sign-in: fetched ahead, shared by IMAP and relay, renewed before it ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from bot.model.translatable import saying, together
from channels.email.config.sign_in import Provider, SignIn
from channels.email.sign_in.grants import AccessToken, Grant, NoToken, Saved, SignInLapsed
from channels.email.sign_in.token_file import Stamp, TokenFile

log = structlog.get_logger("email.sign_in")
AHEAD = 600.0
"""Seconds before its end at which a token is renewed; of a short-lived one, half of its life."""
MARGIN = 60.0
"""Seconds before its end from which it is not used any more; of a short-lived one, a quarter of its life."""
AGAIN = 300.0
"""Seconds until a provider or server is asked again that said no for good, unless somebody signs in."""
SOON = 15.0
"""Seconds until a provider is asked again that did not answer."""


GUIDES: Mapping[Provider, str] = {
    "microsoft": "docs/microsoft.md",
    "google": "docs/google.md",
    "other": "docs/mail.md",
}


@dataclass(slots=True)
class TokenRefusal:
    """A server that refuses our tokens."""

    renewed: bool = False
    """We have got a new token because of it."""
    why: str = ""
    """Its no to a fresh token, in words; empty before."""
    until: float = 0.0
    """It is not asked before (monotonic)."""


@dataclass(frozen=True, slots=True)
class Lapse:
    """Why there is no mail through a sign-in, and since when."""

    why: str
    since: datetime


class Tokens:
    """The tokens of one ``[[email.sign_in]]``. Any thread may ask; one renews, the others wait for it."""

    def __init__(self, settings: SignIn, grant: Grant, file: TokenFile) -> None:
        self.settings = settings
        self.address = settings.address.lower()
        self._grant = grant
        self._file = file
        self._lock = threading.RLock()
        self._token = ""
        self._renew_at = self._ends_at = self._ask_at = 0.0
        self.expires: datetime | None = None
        """When the present token ends."""
        self._failure: NoToken | None = None
        self._refusals: dict[str, TokenRefusal] = {}
        self.let_in: set[str] = set()
        """The servers that have let us in, and not said no since."""
        self._since: datetime | None = None
        self._seen: Stamp | None = None
        self._saved: Saved = {}

    def token(self, server: str = "") -> str:
        """A token that is good for a while; raises ``NoToken``, at once while nobody has mended it."""
        token = self._token
        if token and not self._refusals and time.monotonic() < self._ends_at:
            return token
        with self._lock:
            self._notice_a_sign_in()
            refusal = self._refusals.get(server)
            if refusal and refusal.why:
                if time.monotonic() < refusal.until:
                    raise SignInLapsed(refusal.why)
                refusal.renewed = False
            if not self._token or time.monotonic() >= self._ends_at:
                self._renew()
            return self._token

    def keep_fresh(self) -> None:
        """Renew the token if it ends soon, or try again if somebody has signed in; never raises."""
        with self._lock:
            try:
                self._notice_a_sign_in()
                if time.monotonic() >= max(self._renew_at, self._ask_at):
                    self._renew()
            except SignInLapsed:
                return  # logged already
            except NoToken as error:
                log.warning("access token not renewed", address=self.address, why=str(error))

    def refused(self, token: str, server: str, answer: str) -> None:
        """Note that a server refused a token: it is renewed, once; a second no is for people to mend."""
        with self._lock:
            if token != self._token:
                return  # renewed meanwhile
            self.let_in.discard(server)
            refusal = self._refusals.setdefault(server, TokenRefusal())
            if not refusal.renewed:
                refusal.renewed, self._token, self._ask_at = True, "", 0.0
                return
            refusal.until = time.monotonic() + AGAIN
            refuses = saying(
                "{server} refuses the sign-in of {address} ({answer}).",
                server=server,
                address=self.address,
                answer=answer,
            )
            refusal.why = together(refuses, self._remedy())
            self._since = self._since or datetime.now(UTC)
            log.warning("sign-in refused", address=self.address, why=refusal.why)

    def accepted(self, server: str) -> None:
        """Note that a server let us in."""
        self.let_in.add(server)
        if server in self._refusals:
            with self._lock:
                self._refusals.pop(server, None)
                self._settle()

    def lapse(self) -> Lapse | None:
        """What somebody must do something about, or None."""
        with self._lock:
            words = [refusal.why for refusal in self._refusals.values() if refusal.why]
            if isinstance(self._failure, SignInLapsed):
                words.insert(0, self._failure.args[0])
            return Lapse(together(*words), self._since or datetime.now(UTC)) if words else None

    def who(self) -> tuple[str, str]:
        """Who signed in and when, as it is kept; empty where nobody has to."""
        saved = self._file.read(self.address) if self._grant.keeps else {}
        return str(saved.get("who", "")), str(saved.get("at", ""))

    def keep(self, saved: Saved) -> None:
        """Keep a new sign-in; every process on this machine goes on with it."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        with self._lock, self._file.locked():
            self._file.write(self.address, {**saved, "at": at})

    # renewing

    def _renew(self) -> None:
        if time.monotonic() < self._ask_at and self._failure is not None:
            raise type(self._failure)(
                str(self._failure)
            )  # a new one: it would gather every raiser's traceback
        try:
            renewed = self._ask()
        except NoToken as error:
            self._failed(error)
        except Exception as error:  # of a library: no reason for the whole process to end
            log.exception("access token not renewed", address=self.address)
            self._failed(NoToken(f"the sign-in failed unexpectedly ({type(error).__name__}): see the log"))
        else:
            self._token = renewed.value
            now = time.monotonic()
            self._renew_at = now + renewed.lifetime - min(AHEAD, renewed.lifetime / 2)
            self._ends_at = now + renewed.lifetime - min(MARGIN, renewed.lifetime / 4)
            self.expires = datetime.fromtimestamp(time.time() + renewed.lifetime, UTC)
            self._failure, self._ask_at = None, 0.0
            self._settle()

    def _ask(self) -> AccessToken:
        """A token of the provider's; no other process changes what is kept meanwhile."""
        with self._file.locked() if self._grant.keeps else nullcontext():
            self._saved = self._file.read(self.address) if self._grant.keeps else {}
            self._seen = self._file.stamp()
            renewed = self._grant.renew(self._saved)
            if renewed.saved is not None and renewed.saved != self._saved:
                self._saved = {"at": self._saved.get("at", ""), **renewed.saved}
                self._file.write(self.address, self._saved)
                self._seen = self._file.stamp()
        return renewed

    def _failed(self, error: NoToken) -> None:
        lapsed = isinstance(error, SignInLapsed)
        if lapsed:
            self._since = self._since or datetime.now(UTC)
            signed_out = saying(
                "casebot is not signed in as {address}: {reason}.", address=self.address, reason=str(error)
            )
            error = SignInLapsed(together(signed_out, self._remedy()))
        if lapsed and not isinstance(self._failure, SignInLapsed):
            log.warning("sign-in needed", address=self.address, why=str(error))
        self._failure = error
        self._ask_at = time.monotonic() + (AGAIN if lapsed else SOON)
        raise error

    def _notice_a_sign_in(self) -> None:
        """If somebody has signed in since, forget what was wrong before."""
        if not self._grant.keeps or not (self._failure or self._refusals):
            return
        stamp = self._file.stamp()
        if stamp == self._seen:
            return
        self._seen = stamp
        if self._file.read(self.address) != self._saved:
            self._token, self._ask_at, self._renew_at = "", 0.0, 0.0
            for refusal in self._refusals.values():
                refusal.renewed, refusal.until = False, 0.0

    def _settle(self) -> None:
        if self._failure is None and not any(refusal.why for refusal in self._refusals.values()):
            self._since = None

    def _remedy(self) -> str:
        """What somebody can do about it."""
        if self.settings.by_login:
            pattern = (
                "Sign in again: casebot mail login {address}"
                if self._saved.get("at")
                else "Sign in: casebot mail login {address}"
            )
            return saying(pattern, address=self.address)
        return saying("{guide} says what must be allowed where.", guide=GUIDES[self.settings.provider])
