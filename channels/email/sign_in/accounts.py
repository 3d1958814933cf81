"""All sign-ins of a process by their address, and the worker that keeps their tokens fresh."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from bot.channel.roles import ANY
from channels.email.config.sign_in import SignIn, Way
from channels.email.sign_in.google import BrowserGrant, ServiceAccountGrant
from channels.email.sign_in.grants import AccessToken, Grant, Interactive, Saved, SignInLapsed
from channels.email.sign_in.microsoft import ApplicationGrant, DeviceCodeGrant
from channels.email.sign_in.refresh_token import RefreshTokenGrant
from channels.email.sign_in.token_file import TokenFile
from channels.email.sign_in.tokens import Tokens

EVERY = 1.0
"""Seconds between two looks at whether a token ends soon or somebody has signed in."""


class SignInAccounts:
    """One ``Tokens`` for each ``[[email.sign_in]]``, shared by whoever uses it."""

    def __init__(self, settings: Sequence[SignIn], folder: str) -> None:
        self._file = TokenFile(folder)
        self.all = tuple(Tokens(each, _grant(each), self._file) for each in settings)

    def of(self, address: str) -> Tokens:
        """Those of an address; if the config has none, they say so when they are asked for a token."""
        for tokens in self.all:
            if tokens.address == address.lower():
                return tokens
        nobody = SignIn.model_construct(address=address, provider="other")
        return Tokens(nobody, UnconfiguredGrant(address), self._file)

    def sign_in(self, address: str, say: Callable[[str], None], *, port: int) -> None:
        """Have somebody sign in, and keep it if a token comes of it; raises ``NoToken``."""
        tokens = self.of(address)
        grant = _interactive(tokens.settings)
        if grant is None:
            raise SignInLapsed(f"nobody has to sign in as {address}: {NOBODY[tokens.settings.way]}")
        saved = grant.sign_in(say, port=port)
        tokens.keep(grant.renew(saved).saved or saved)


INTERACTIVE: Mapping[Way, Callable[[SignIn], Interactive]] = {
    "device code": DeviceCodeGrant,
    "browser": BrowserGrant,
}
SILENT: Mapping[Way, Callable[[SignIn], Grant]] = {
    "application": ApplicationGrant,
    "service account": ServiceAccountGrant,
    "refresh token": RefreshTokenGrant,
}
NOBODY: Mapping[Way, str] = {
    "application": "the application does so by its own secret or certificate",
    "service account": "the service account does so by its key",
    "refresh token": "the refresh token of its [[email.sign_in]] is used",
}


class UnconfiguredGrant:
    """A ``Grant`` for an address that no ``[[email.sign_in]]`` has."""

    keeps = False

    def __init__(self, address: str) -> None:
        self._address = address

    def renew(self, saved: Saved) -> AccessToken:
        """Say so."""
        raise SignInLapsed(f"no [[email.sign_in]] has the address {self._address}")


class SignInWorker:
    """Keeps the tokens fresh; a ``bot.channel.protocols.Worker``."""

    name = "sign-ins"
    role = ANY

    def __init__(self, accounts: SignInAccounts) -> None:
        self._accounts = accounts
        self._leaving = threading.Event()

    def run(self) -> None:
        """Look every second until ``leave``."""
        while not self._leaving.is_set():
            for tokens in self._accounts.all:
                tokens.keep_fresh()
            self._leaving.wait(EVERY)

    def leave(self) -> None:
        """Return from ``run`` within a second, or once the provider has answered."""
        self._leaving.set()


def _grant(settings: SignIn) -> Grant:
    return _interactive(settings) or SILENT[settings.way](settings)


def _interactive(settings: SignIn) -> Interactive | None:
    kind = INTERACTIVE.get(settings.way)
    return kind(settings) if kind else None
