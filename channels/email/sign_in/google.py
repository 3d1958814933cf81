"""Access tokens of Google, by google-auth: a person's consent in a browser, or a service account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from channels.email.config.sign_in import GOOGLE_TOKENS, SignIn
from channels.email.sign_in.grants import (
    TIMEOUT,
    AccessToken,
    NoToken,
    Saved,
    SignInLapsed,
    host,
    missing_extra,
)

SCOPES = ("https://mail.google.com/",)
LOGIN_TIMEOUT = 900
"""Seconds that somebody has for the page."""


class BrowserGrant:
    """An ``Interactive`` grant: somebody consents in a browser, which comes back to this machine."""

    keeps = True

    def __init__(self, settings: SignIn) -> None:
        self._settings = settings
        self._scopes = list(settings.scopes or SCOPES)
        self._token_url = settings.token_url or GOOGLE_TOKENS

    def sign_in(self, say: Callable[[str], None], *, port: int) -> Saved:
        """Show the link, and wait at ``http://localhost:PORT/`` for the browser."""
        flow_module = _library("google_auth_oauthlib.flow")
        client = {
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret.get_secret_value(),
            "auth_uri": self._settings.consent_url,
            "token_uri": self._token_url,
        }
        flow = flow_module.InstalledAppFlow.from_client_config({"installed": client}, self._scopes)
        return self._consented(flow, say, port)

    def _consented(self, flow: Any, say: Callable[[str], None], port: int) -> Saved:
        say("Open this link in a browser on this machine:")
        try:
            credentials = flow.run_local_server(
                port=port,
                open_browser=False,
                authorization_prompt_message="{url}",
                success_message="Signed in. You may close this page: casebot goes on in the terminal.",
                timeout_seconds=LOGIN_TIMEOUT,
                login_hint=self._settings.address,
                prompt="consent",
            )
        except OSError as error:
            raise NoToken(f"cannot sign in at {host(self._token_url)} ({error.strerror or error})") from None
        except Warning:  # oauthlib's, where the scope is another one than was asked for
            raise self._lacking() from None
        except Exception as error:  # oauthlib's, google-auth's: a no, or nobody came
            raise SignInLapsed(f"the sign-in was not completed ({type(error).__name__})") from None
        granted = getattr(credentials, "granted_scopes", None) or self._scopes
        if not set(self._scopes) <= set(granted):
            raise self._lacking()
        if not credentials.refresh_token:
            raise SignInLapsed(
                "Google gave no refresh token: take casebot's access away on the account's page, and sign in"
            )
        return {"refresh_token": credentials.refresh_token}

    def _lacking(self) -> SignInLapsed:
        return SignInLapsed(
            f"the sign-in does not allow {' '.join(self._scopes)}: tick its box on the page, and sign in again"
        )

    def renew(self, saved: Saved) -> AccessToken:
        """By the refresh token that is kept."""
        if not saved.get("refresh_token"):
            raise SignInLapsed("nobody has signed in yet")
        credentials = _library("google.oauth2.credentials").Credentials(
            None,
            refresh_token=saved["refresh_token"],
            token_uri=self._token_url,
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret.get_secret_value(),
            scopes=self._scopes,
        )
        token = _refreshed(credentials, host(self._token_url))
        return AccessToken(
            token, _lifetime(credentials), {**saved, "refresh_token": credentials.refresh_token}
        )


class ServiceAccountGrant:
    """A ``Grant`` to a service account with domain-wide delegation, which speaks for the address."""

    keeps = False

    def __init__(self, settings: SignIn) -> None:
        self._settings = settings

    def renew(self, saved: Saved) -> AccessToken:
        """By a signed assertion (RFC 7523); nothing is kept."""
        settings = self._settings
        module = _library("google.oauth2.service_account")
        try:
            credentials = module.Credentials.from_service_account_file(
                settings.service_account, scopes=list(settings.scopes or SCOPES), subject=settings.address
            )
        except OSError as error:
            raise SignInLapsed(f"{settings.service_account} cannot be read ({error.strerror})") from None
        except ValueError:
            raise SignInLapsed(f"{settings.service_account} is no key of a service account") from None
        if settings.token_url:
            credentials = credentials.with_token_uri(settings.token_url)
        there = host(settings.token_url or GOOGLE_TOKENS)
        token = _refreshed(
            credentials,
            there,
            otherwise=": let the service account's client id have the scope"
            f" {' '.join(settings.scopes or SCOPES)} (Admin console, Security, API controls, domain-wide delegation)",
        )
        return AccessToken(token, _lifetime(credentials))


def _library(name: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        raise missing_extra("google") from None


def _refreshed(credentials: Any, there: str, *, otherwise: str = "") -> str:
    """The new access token of google-auth's credentials; its exceptions as ours."""
    from functools import partial

    from google.auth.exceptions import GoogleAuthError, RefreshError

    request = partial(_library("google.auth.transport.requests").Request(), timeout=TIMEOUT)
    try:
        credentials.refresh(request)
    except RefreshError as error:
        answer = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
        refusal = f"{there} answered {str(answer.get('error', 'no'))[:60]}"
        if error.retryable or not answer.get("error"):
            raise NoToken(refusal) from None
        raise SignInLapsed(f"{refusal}{otherwise}") from None
    except (GoogleAuthError, OSError) as error:
        raise NoToken(f"cannot reach {there} ({type(error).__name__})") from None
    return str(credentials.token)


def _lifetime(credentials: Any) -> float:
    """Seconds until the token ends; google-auth's times are naive and in UTC."""
    if credentials.expiry is None:
        return 3600.0
    left: float = (credentials.expiry.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds()
    return left
