"""Grants: the ways in which a provider gives access tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

TIMEOUT = 30
"""Seconds that a provider's answer may take."""
Saved = Mapping[str, Any]
"""What is kept of a sign-in: refresh tokens, who signed in and when. JSON only."""


class NoToken(Exception):
    """The provider gave no access token just now; the text holds no secret."""


class SignInLapsed(NoToken):
    """There will be no token before somebody does something; the text says what. It holds no secret."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token as the provider gave it."""

    value: str = field(repr=False)
    lifetime: float
    """Seconds."""
    saved: Saved | None = field(default=None, repr=False)
    """What is to be kept from now on; None: what there was."""


class Grant(Protocol):
    """One way to an access token."""

    keeps: bool
    """Is something of a sign-in to be kept from one token to the next?"""

    def renew(self, saved: Saved) -> AccessToken:
        """A new token; raises ``NoToken``."""


class Interactive(Grant, Protocol):
    """A way on which somebody has to sign in first."""

    def sign_in(self, say: Callable[[str], None], *, port: int) -> Saved:
        """Have somebody sign in: what to keep, with ``who`` where the provider says it. Raises ``NoToken``."""


def host(url: str) -> str:
    """The host of a URL, for display."""
    return urlsplit(url).hostname or url


def word(error: object) -> str:
    """RFC 6749's ``error``, a single word such as ``invalid_grant``; never the description."""
    return str(error).split(":")[0].strip()[:60] if error else ""


def missing_extra(extra: str) -> SignInLapsed:
    """The failure when an optional library is not installed."""
    return SignInLapsed(
        f"a library is missing for provider = {extra}. Install it where casebot is: pip install 'casebot[{extra}]'"
    )
