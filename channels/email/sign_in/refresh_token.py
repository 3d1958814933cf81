"""Access tokens of any provider, from a refresh token that the operator has (RFC 6749, section 6)."""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from channels.connections import NoRedirect
from channels.email.config.sign_in import SignIn
from channels.email.sign_in.grants import TIMEOUT, AccessToken, NoToken, Saved, SignInLapsed, host, word

LONGEST = 64 << 10
"""Bytes of an answer that are read."""
FOR_GOOD = frozenset(
    {"invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope", "invalid_request"}
)
"""Errors that asking again does not change (RFC 6749, section 5.2)."""


class RefreshTokenGrant:
    """A ``Grant`` from the configured refresh token, or from the one that has replaced it since."""

    keeps = True

    def __init__(self, settings: SignIn) -> None:
        self._settings = settings

    def renew(self, saved: Saved) -> AccessToken:
        """Ask the token endpoint."""
        if saved.get("follows") != self._configured():
            saved = {"refresh_token": self._settings.refresh_token.get_secret_value()}
        answer = self._ask(saved["refresh_token"])
        token = str(answer.get("access_token", ""))
        if not token:
            raise NoToken("the answer holds no access_token")
        renewed = answer.get("refresh_token")
        changed = renewed and renewed != saved["refresh_token"]
        keep = {"refresh_token": renewed, "follows": self._configured()} if changed else None
        return AccessToken(token, float(answer.get("expires_in", 3600)), keep)

    def _ask(self, refresh_token: str) -> Mapping[str, Any]:
        form = {
            "grant_type": "refresh_token",
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret.get_secret_value(),
            "refresh_token": refresh_token,
            "scope": " ".join(self._settings.scopes),
        }
        body = urllib.parse.urlencode({key: value for key, value in form.items() if value}).encode()
        request = urllib.request.Request(self._settings.token_url, body)  # noqa: S310 (the settings allow https only)
        there = host(self._settings.token_url)
        try:
            with urllib.request.build_opener(NoRedirect).open(request, timeout=TIMEOUT) as response:
                answer = json.loads(response.read(LONGEST))
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(there, error.code, _error(error.read(4096))) from None
        except (OSError, ValueError, RecursionError) as error:
            raise NoToken(f"cannot reach {there} ({error})") from None
        if not isinstance(answer, dict):
            raise NoToken(f"{there} answered something that is no token")
        return answer

    def _configured(self) -> str:
        return hashlib.sha256(self._settings.refresh_token.get_secret_value().encode()).hexdigest()[:16]


def _refusal(there: str, status: int, error: str) -> NoToken:
    if error not in FOR_GOOD:
        return NoToken(f"{there} answered {status} {error}")
    return SignInLapsed(
        f"{there} answered {status} {error}: set a new refresh_token in its [[email.sign_in]], and restart casebot"
    )


def _error(body: bytes) -> str:
    try:
        return word(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
