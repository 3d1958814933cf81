"""What an operator may set about signing in by OAuth: ``[[email.sign_in]]``."""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from channels.email.config.addresses import is_loopback
from channels.email.config.section import EmailSection

Provider = Literal["microsoft", "google", "other"]
Way = Literal["device code", "application", "browser", "service account", "refresh token"]
MICROSOFT = "https://login.microsoftonline.com"
GOOGLE_TOKENS = "https://oauth2.googleapis.com/token"
GOOGLE_CONSENT = "https://accounts.google.com/o/oauth2/auth"
MAY_HAVE: dict[Provider, frozenset[str]] = {
    "microsoft": frozenset({"tenant", "authority", "certificate", "private_key"}),
    "google": frozenset({"service_account", "token_url", "consent_url"}),
    "other": frozenset({"token_url", "refresh_token"}),
}
"""The keys that only some providers know."""


class SignIn(EmailSection):
    """A mailbox that casebot signs in to by OAuth; the relay and IMAP name it by its address."""

    address: str = Field(
        pattern=r"^[^@\s]+@[^@\s]+$",
        examples=["support@example.com"],
        description="the mailbox that is signed in to",
    )
    provider: Provider = Field(description="who keeps it")
    client_id: str = Field("", description="of the application that you registered there")
    client_secret: SecretStr = Field(SecretStr(""), description="its secret")
    tenant: str = Field("", description="Microsoft: the directory (tenant) id, or a domain of yours")
    authority: str = Field(MICROSOFT, description="Microsoft: the sign-in host of a national cloud")
    certificate: str = Field("", description="Microsoft: PEM file, instead of client_secret")
    private_key: str = Field("", description="PEM file with its key; empty: in the certificate's file")
    service_account: str = Field("", description="Google: JSON file of a service account's key")
    consent_url: str = Field(GOOGLE_CONSENT, description="Google: where people consent")
    token_url: str = Field("", description="where tokens are got; empty: Google's")
    refresh_token: SecretStr = Field(SecretStr(""), description="other: the token you were given")
    scopes: list[str] = Field([], description="what is asked for; none: what mail needs there")

    @property
    def way(self) -> Way:
        """How an access token is come by."""
        if self.provider == "microsoft":
            return "application" if self._has("client_secret") or self.certificate else "device code"
        if self.provider == "google":
            return "service account" if self.service_account else "browser"
        return "refresh token"

    @property
    def by_login(self) -> bool:
        """Does somebody have to sign in, by ``casebot mail login``?"""
        return self.way in ("device code", "browser")

    @field_validator("authority", "consent_url", "token_url")
    @classmethod
    def _over_tls(cls, value: str) -> str:
        parts = urlsplit(value)
        loopback = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if value and parts.scheme != "https" and not loopback:
            raise ValueError("must begin with https://")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for key in sorted(self._foreign()):
            raise ValueError(f'provider = "{self.provider}" knows no {key}')
        if missing := [key for key in self._needed() if not self._has(key)]:
            raise ValueError(f'provider = "{self.provider}" needs {" and ".join(missing)}')
        if self.certificate and self._has("client_secret"):
            raise ValueError("needs one of certificate and client_secret, not both")
        if self.private_key and not self.certificate:
            raise ValueError("private_key is set, but certificate is not")
        return self

    def _foreign(self) -> frozenset[str]:
        """Keys that are set and belong to other providers."""
        others = frozenset[str]().union(*MAY_HAVE.values()) - MAY_HAVE[self.provider]
        return others & self.model_fields_set & {key for key in others if self._differs(key)}

    def _differs(self, key: str) -> bool:
        return bool(getattr(self, key) != type(self).model_fields[key].default)

    def _needed(self) -> tuple[str, ...]:
        match self.way:
            case "service account":
                return ()
            case "device code" | "application":
                return ("client_id", "tenant")
            case "browser":
                return ("client_id", "client_secret")
            case "refresh token":
                return ("client_id", "token_url", "refresh_token")

    def _has(self, key: str) -> bool:
        value = getattr(self, key)
        return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)
