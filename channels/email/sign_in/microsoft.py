"""Access tokens of Microsoft 365, by msal: somebody signs in by device code, or an application does."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from channels.email.config.sign_in import SignIn
from channels.email.sign_in.grants import (
    TIMEOUT,
    AccessToken,
    NoToken,
    Saved,
    SignInLapsed,
    host,
    missing_extra,
    word,
)

RESOURCE = "https://outlook.office.com"
DELEGATED = (f"{RESOURCE}/IMAP.AccessAsUser.All", f"{RESOURCE}/SMTP.Send")
"""msal adds offline_access by itself."""
APPLICATION = ("https://outlook.office365.com/.default",)
AGAIN = frozenset({"temporarily_unavailable", "server_error", "authorization_pending", "slow_down"})
"""Errors that may pass by themselves; all others need somebody."""


class DeviceCodeGrant:
    """An ``Interactive`` grant: somebody enters a code on a page of Microsoft's, on any device."""

    keeps = True

    def __init__(self, settings: SignIn) -> None:
        self._settings = settings
        self._scopes = list(settings.scopes or DELEGATED)

    def sign_in(self, say: Callable[[str], None], *, port: int) -> Saved:
        """Show the code, and wait until it was entered (a quarter of an hour at most)."""
        cache, application = self._application("")
        flow = _asked(self._settings, lambda: application.initiate_device_flow(scopes=self._scopes))
        if "user_code" not in flow:
            raise _refused(self._settings, flow)
        say(
            f"Open {flow['verification_uri']} in a browser, on any device, and enter the code {flow['user_code']}"
        )
        say(f"Sign in as {self._settings.address}. Waiting for you …")
        answer = _asked(self._settings, lambda: application.acquire_token_by_device_flow(flow))
        if "access_token" not in answer:
            raise _refused(self._settings, answer)
        self._check_scopes(answer)
        who = (answer.get("id_token_claims") or {}).get("preferred_username", "")
        return {"msal": cache.serialize(), "who": str(who)}

    def renew(self, saved: Saved) -> AccessToken:
        """By the refresh token in msal's cache."""
        cache, application = self._application(str(saved.get("msal", "")))
        accounts = application.get_accounts()
        if not accounts:
            raise SignInLapsed("nobody has signed in yet")
        answer = _asked(
            self._settings,
            lambda: application.acquire_token_silent_with_error(
                self._scopes, account=accounts[0], force_refresh=True
            ),
        )
        if not answer or "access_token" not in answer:
            raise _refused(self._settings, answer or {"error": "no_refresh_token"})
        return AccessToken(
            str(answer["access_token"]),
            float(answer.get("expires_in", 3600)),
            {**saved, "msal": cache.serialize()},
        )

    def _application(self, serialized: str) -> tuple[Any, Any]:
        msal = _msal()
        cache = msal.SerializableTokenCache()
        if serialized:
            cache.deserialize(serialized)
        return cache, _asked(
            self._settings,
            lambda: msal.PublicClientApplication(token_cache=cache, **_common(self._settings)),
        )

    def _check_scopes(self, answer: Mapping[str, Any]) -> None:
        """Microsoft answers with what was consented to, which may be less than was asked for."""
        granted = {scope.rpartition("/")[2].lower() for scope in str(answer.get("scope", "")).split()}
        lacking = [scope for scope in self._scopes if scope.rpartition("/")[2].lower() not in granted]
        if granted and lacking:
            raise SignInLapsed(
                f"the sign-in does not allow {' and '.join(lacking)}: add that to the application's API permissions"
                " (delegated), grant consent, and sign in again"
            )


class ApplicationGrant:
    """A ``Grant`` to the application itself, by its secret or certificate: nobody signs in."""

    keeps = False

    def __init__(self, settings: SignIn) -> None:
        self._settings = settings

    def renew(self, saved: Saved) -> AccessToken:
        """By client credentials; nothing is kept."""
        settings = self._settings
        msal = _msal()
        application = _asked(
            settings,
            lambda: msal.ConfidentialClientApplication(
                client_credential=self._credential(), **_common(settings)
            ),
        )
        scopes = list(settings.scopes or APPLICATION)
        answer = _asked(settings, lambda: application.acquire_token_for_client(scopes=scopes))
        if "access_token" not in answer:
            raise _refused(settings, answer)
        return AccessToken(str(answer["access_token"]), float(answer.get("expires_in", 3600)))

    def _credential(self) -> str | dict[str, str]:
        settings = self._settings
        if not settings.certificate:
            return settings.client_secret.get_secret_value()
        certificate = _pem(settings.certificate)
        return {
            "private_key": _pem(settings.private_key) if settings.private_key else certificate,
            "public_certificate": certificate,
        }


def _msal() -> Any:
    try:
        import msal
    except ModuleNotFoundError:
        raise missing_extra("microsoft") from None
    logging.getLogger("msal").setLevel(logging.ERROR)
    return msal


def _common(settings: SignIn) -> dict[str, Any]:
    """The authority is the operator's word: nobody else is asked whether there is such a one."""
    authority = f"{settings.authority.rstrip('/')}/{settings.tenant}"
    return {
        "client_id": settings.client_id,
        "authority": authority,
        "instance_discovery": False,
        "timeout": TIMEOUT,
    }


def _pem(file: str) -> str:
    try:
        return Path(file).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise SignInLapsed(
            f"{file} cannot be read ({getattr(error, 'strerror', '') or 'no PEM file'})"
        ) from None


def _asked(settings: SignIn, ask: Callable[[], Any]) -> Any:
    """What msal returns; its exceptions as ours."""
    from requests import RequestException

    there = host(settings.authority)
    try:
        return ask()
    except RequestException as error:
        raise NoToken(f"cannot reach {there} ({type(error).__name__})") from None
    except json.JSONDecodeError:
        raise NoToken(f"{there} answered something that is no token") from None
    except ValueError as error:  # a tenant that there is not; a PEM file without a key
        raise SignInLapsed(f"tenant, authority or certificate is wrong ({_first_line(error)})") from None


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)[:200].strip()


def _refused(settings: SignIn, answer: Mapping[str, Any]) -> NoToken:
    """Microsoft's no, in words that say what to do."""
    error = word(answer.get("error", ""))
    code = next((f" AADSTS{number}" for number in answer.get("error_codes") or ()), "")
    refusal = f"{host(settings.authority)} answered {error}{code}"
    if error in AGAIN:
        return NoToken(refusal)
    if error in ("invalid_client", "unauthorized_client"):
        return SignInLapsed(
            f"{refusal}: make a new client_secret or certificate for the application {settings.client_id}, or see"
            " whether client_id and tenant are right, and restart casebot"
            if settings.way == "application"
            else f"{refusal}: see whether client_id and tenant are right, and whether the application allows public"
            " client flows"
        )
    return SignInLapsed(refusal)
