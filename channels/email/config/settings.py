"""What an operator may set about mail: the section ``[email]`` and the ``imap`` table of a mailbox."""

from __future__ import annotations

import ipaddress
from typing import ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from bot.model.channel_profile import ChannelProfile
from bot.model.translatable import saying
from channels.email.config.addresses import is_loopback, nameserver, split_endpoint
from channels.email.config.section import EmailSection
from channels.email.config.sign_in import SignIn


class Settings(EmailSection):
    """The section ``[email]``."""

    PROFILE: ClassVar = ChannelProfile(label=saying("Mail"), shown=("listen", "lmtp", "relay"))
    MAILBOX: ClassVar[dict[str, type[EmailSection]]] = {}
    """What mail understands of a ``[[mailbox]]``: the key and its model."""

    listen: str = Field("127.0.0.1:8025", description="host:port of the SMTP listener; empty: off")
    lmtp: str = Field("", description="host:port or socket path of the LMTP listener; empty: off")
    certificate: str = Field("", description="PEM file of the certificate chain; if set, STARTTLS is offered")
    private_key: str = Field("", description="PEM file with its key; empty: in the certificate's file")
    hostname: str = Field("", description="the name we greet with; empty: the first mailbox's domain")
    relay: str = Field(
        "maildir:./outgoing",
        description="where mail leaves: smtp://user:password@host:587 (STARTTLS unless ?starttls=off), "
        "smtps://host, or maildir:FOLDER",
    )
    relay_sign_in: str = Field(
        "", description="the address of a [[email.sign_in]], instead of a password in relay"
    )
    sign_in: list[SignIn] = Field([], description="mailboxes that are signed in to by OAuth")
    relay_connections: int = Field(
        4, ge=1, le=100, description="mails that are sent at once, each over a connection of its own"
    )
    trusted_networks: list[str] = Field(
        ["127.0.0.0/8", "::1/128"],
        description="networks of our own mail servers: what is submitted there counts as aligned, and their results do",
    )
    verify: bool = Field(
        True, description="prove by DKIM and SPF who sent what no server of ours vouches for"
    )
    nameservers: list[str] = Field(
        [], description="addresses of DNS servers, with a port if need be; none: the system's own"
    )
    max_size: int = Field(
        52_428_800,
        ge=1024,
        description="bytes of the largest mail that is accepted; a larger one is refused, or stays in its IMAP folder",
    )
    max_connections: int = Field(200, ge=1, description="connections open at once")
    max_connections_per_host: int = Field(50, ge=1, description="connections open at once from one address")
    max_recipients: int = Field(100, ge=1, description="recipients of one mail")
    idle_timeout: int = Field(300, ge=1, description="seconds of silence after which a client is let go")
    children: int = Field(1, ge=1, le=64, description="processes that read mail")

    @property
    def deliveries(self) -> int:
        """Mails that leave at once; a Maildir is no quicker for more of them."""
        return 2 if self.relay.startswith("maildir:") else self.relay_connections

    @field_validator("listen", "lmtp")
    @classmethod
    def _an_endpoint(cls, value: str) -> str:
        if value and "/" not in value:
            split_endpoint(value)
        return value

    @field_validator("relay")
    @classmethod
    def _a_relay(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("maildir", "smtp", "smtps"):
            raise ValueError("must begin with smtp://, smtps:// or maildir:")
        if parts.scheme == "maildir" and not value.partition(":")[2]:
            raise ValueError("maildir: needs a folder, as in maildir:./outgoing")
        if parts.scheme != "maildir" and not parts.hostname:
            raise ValueError("names no host")
        if parts.query not in ("", "starttls=off", "starttls=on"):
            raise ValueError("knows one option only: ?starttls=off")
        if parts.username and parts.scheme == "smtp" and parts.query == "starttls=off":
            raise ValueError("would send the password in the clear: leave ?starttls=off away")
        _ = parts.port  # raises ValueError itself when it is no number
        return value

    @field_validator("trusted_networks")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        for network in value:
            ipaddress.ip_network(network)
        return value

    @field_validator("nameservers")
    @classmethod
    def _nameservers(cls, value: list[str]) -> list[str]:
        for endpoint in value:
            nameserver(endpoint)
        return value

    @model_validator(mode="after")
    def _key_with_certificate(self) -> Self:
        if self.private_key and not self.certificate:
            raise ValueError("private_key is set, but certificate is not")
        return self

    @model_validator(mode="after")
    def _relay_signed_in(self) -> Self:
        addresses = [sign_in.address.lower() for sign_in in self.sign_in]
        if len(set(addresses)) < len(addresses):
            raise ValueError("two sign_in tables have the same address")
        if not self.relay_sign_in:
            return self
        relay = urlsplit(self.relay)
        if self.relay_sign_in.lower() not in addresses:
            raise ValueError(f"relay_sign_in: no [[email.sign_in]] has the address {self.relay_sign_in}")
        if relay.scheme == "maildir" or relay.password:
            raise ValueError("relay_sign_in: relay must be smtp:// or smtps://, and have no password")
        if relay.query == "starttls=off" and not is_loopback(relay.hostname or ""):
            raise ValueError("relay_sign_in would send the token in the clear: leave ?starttls=off away")
        return self


class Imap(EmailSection):
    """The table ``imap`` of a ``[[mailbox]]``."""

    host: str = Field(description="the IMAP server")
    port: int = Field(993, ge=1, le=65535, description="143 is usual with tls = 'starttls'")
    tls: Literal["implicit", "starttls", "off"] = Field("implicit", description="'off' only on this machine")
    user: str = Field("", description="whose mailbox; empty: that of sign_in")
    password: SecretStr = Field(SecretStr(""), description="or sign_in")
    sign_in: str = Field("", description="the address of a [[email.sign_in]], for Gmail and Microsoft 365")
    folder: str = Field("INBOX", description="the folder that is read")
    processed: str = Field("Processed", description="where mail goes once it is kept")
    shunted: str = Field("Shunted", description="where mail goes that the server cannot hand over")
    poll: int = Field(300, ge=1, description="seconds between full looks at the folder")
    idle: int = Field(540, ge=1, le=1740, description="seconds after which IDLE is issued anew")

    @property
    def login(self) -> str:
        """The account to log in to."""
        return self.user or self.sign_in

    @property
    def server(self) -> str:
        """Who lets us in, for display; another mailbox than that of ``sign_in`` is named."""
        other = self.login.lower() != self.sign_in.lower()
        return f"{self.host} (mailbox {self.login})" if other else self.host

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if bool(self.password.get_secret_value()) == bool(self.sign_in):
            raise ValueError("needs either password or sign_in")
        if not self.login:
            raise ValueError("needs user")
        if self.tls == "off" and not is_loopback(self.host):
            raise ValueError(f"tls = 'off' would send the password in the clear to {self.host}")
        return self


class Dkim(EmailSection):
    """The table ``dkim`` of a ``[[mailbox]]``: signs our own mail."""

    domain: str = Field(
        "", pattern=r"^([A-Za-z0-9.-]+)?$", examples=["example.com"], description="empty: that of the address"
    )
    selector: str = Field(
        pattern=r"^[A-Za-z0-9._-]+$",
        examples=["casebot1"],
        description="the key is in DNS at SELECTOR._domainkey.DOMAIN",
    )
    private_key: str = Field(description="PEM file of an RSA or Ed25519 key")


Settings.MAILBOX["imap"] = Imap
Settings.MAILBOX["dkim"] = Dkim
