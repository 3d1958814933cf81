"""Access tokens for XOAUTH2, from a refresh token, renewed before they expire (RFC 6749, section 6)."""

from __future__ import annotations

import hashlib
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from channels.email.config.settings import OAuth

EARLY = 300
"""Seconds before its expiry at which a token is renewed."""
TIMEOUT = 30
Remember = Callable[[str, Mapping[str, Any] | None], Mapping[str, Any] | None]


class NoToken(Exception):
    """The provider gave no access token; the text holds no secret."""


class Tokens:
    """The access token of one mailbox. A refresh token that the provider renewed survives a restart."""

    def __init__(self, settings: OAuth, *, name: str, remember: Remember) -> None:
        self._settings = settings
        self._name = name
        self._remember = remember
        self._token = ""
        self._expires = 0.0

    def token(self) -> str:
        """A token that is valid for at least a few minutes; raises ``NoToken``."""
        if time.monotonic() >= self._expires - EARLY:
            self._renew()
        return self._token

    def forget(self) -> None:
        """Get a new token next time: the server refused this one."""
        self._expires = 0.0

    def _renew(self) -> None:
        answer = self._ask()
        self._token = str(answer.get("access_token", ""))
        if not self._token:
            raise NoToken("the answer holds no access_token")
        self._expires = time.monotonic() + float(answer.get("expires_in", 3600))
        renewed = answer.get("refresh_token")
        if renewed and renewed != self._refresh_token():
            self._remember(self._name, {"refresh_token": renewed, "follows": self._configured()})

    def _ask(self) -> Mapping[str, Any]:
        form = {
            "grant_type": "refresh_token",
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret.get_secret_value(),
            "refresh_token": self._refresh_token(),
            "scope": self._settings.scope,
        }
        body = urllib.parse.urlencode({key: value for key, value in form.items() if value}).encode()
        request = urllib.request.Request(self._settings.token_url, body)  # noqa: S310 (the settings allow https only)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise NoToken(f"{self._host()} answered {error.code} {_reason(error.read(4096))}") from None
        except (OSError, ValueError) as error:
            raise NoToken(f"cannot reach {self._host()} ({error})") from None
        if not isinstance(answer, dict):
            raise NoToken(f"{self._host()} answered something that is no token")
        return answer

    def _refresh_token(self) -> str:
        """The configured refresh token, or the one that the provider has replaced it with since."""
        saved = self._remember(self._name, None)
        if saved and saved.get("follows") == self._configured():
            return str(saved["refresh_token"])
        return self._settings.refresh_token.get_secret_value()

    def _configured(self) -> str:
        return hashlib.sha256(self._settings.refresh_token.get_secret_value().encode()).hexdigest()[:16]

    def _host(self) -> str:
        return urllib.parse.urlsplit(self._settings.token_url).hostname or ""


def _reason(body: bytes) -> str:
    """RFC 6749's ``error``, a single word such as ``invalid_grant``; never the description."""
    try:
        return str(json.loads(body)["error"])[:60]
    except (ValueError, KeyError, TypeError):
        return ""
