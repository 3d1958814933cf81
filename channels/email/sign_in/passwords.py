"""Logins by password: which server refuses one, since when, and what somebody can do about it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import structlog

from bot.channel.capabilities import SignInState
from bot.model.translatable import saying, together

log = structlog.get_logger("email.sign_in")
SOON, LATEST = 10.0, 300.0
"""Seconds until a password that was refused is tried again: at first, and at most; providers lock who keeps trying."""


class PasswordLogin:
    """A user and password at one server. Any thread may note what the server answered."""

    def __init__(self, user: str, server: str, *, key: str, sends: bool = False) -> None:
        """``key``: where the password stands in the config; ``sends``: what we say goes out by it."""
        self.address = user.lower()
        self.sends = sends
        self._server, self._key = server, key
        self._lock = threading.Lock()
        self._refusals = 0
        self._until = 0.0
        """Not asked before (monotonic)."""
        self.works = False
        """It has let us in, and not said no since."""
        self.why = ""
        """Its no, and what to do; empty while it lets us in."""
        self.since: datetime | None = None

    def refused(self, answer: str) -> float:
        """Note a no; returns the seconds after which it may be asked again."""
        with self._lock:
            pause = min(SOON * 2.0 ** min(self._refusals, 9), LATEST)
            self._refusals += 1
            self._until = time.monotonic() + pause
            self.works = False
            self.since = self.since or datetime.now(UTC)
            self.why = saying(
                "{server} refuses the password of {address} ({answer}). Set the right one ({key}), and restart "
                "casebot.",
                server=self._server,
                address=self.address,
                answer=answer,
                key=self._key,
            )
        log.warning("sign-in refused", address=self.address, why=self.why)
        return pause

    @property
    def rests(self) -> bool:
        """It was refused a moment ago: the server is not asked again yet."""
        return bool(self.why) and time.monotonic() < self._until

    def accepted(self) -> None:
        """Note that the server let us in."""
        self.works = True
        if self._refusals:
            with self._lock:
                self._refusals, self.why, self.since = 0, "", None


def states(logins: Iterable[PasswordLogin]) -> Iterator[SignInState]:
    """One for each user: it is one account, whichever servers it logs in to."""
    by_address: dict[str, list[PasswordLogin]] = {}
    for login in logins:
        by_address.setdefault(login.address, []).append(login)
    for address, of_it in by_address.items():
        refusals = [login for login in of_it if login.why]
        since = [login.since for login in refusals if login.since]
        yield SignInState(
            address,
            "password",
            sends=any(login.sends for login in refusals or of_it),
            lapsed=together(*(login.why for login in refusals)),
            since=min(since, default=None),
            works=all(login.works for login in of_it),
            by_password=True,
        )
