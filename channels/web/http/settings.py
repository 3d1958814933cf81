"""What an operator may set about the web door: the section ``[web]``."""

from __future__ import annotations

from ipaddress import ip_network
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.model.channel_profile import ChannelProfile
from bot.model.translatable import saying


class Settings(BaseModel):
    """``[web]``."""

    PROFILE: ClassVar = ChannelProfile(label=saying("Web"), shown=("listen", "monitor"))
    model_config = ConfigDict(extra="forbid", frozen=True)

    listen: str = Field(default="127.0.0.1:8080", pattern=r"^(|.*:\d{1,5})$", examples=["127.0.0.1:8080"])
    """``host:port``; empty: no web door."""
    monitor: str = Field(default="", pattern=r"^(|.*:\d{1,5})$", examples=["127.0.0.1:8081"])
    """``host:port`` of ``/readyz`` and ``/metrics``; empty: off. The web door itself has ``/healthz`` only."""
    base_url: str = Field(
        default="", pattern=r"^(|https?://.*[^/])$", examples=["https://support.example.com"]
    )
    """What links to the web door begin with; empty: ``http://`` and ``listen``."""
    upload_max: int = Field(default=0, ge=0)
    """Bytes of one file; 0: no limit but ``[store] min_free`` and ``[limits] uploads_per_account``."""
    max_connections: int = Field(default=400, ge=1)
    """Connections open at once."""
    max_connections_per_host: int = Field(default=50, ge=1)
    """Connections open at once from one address, but for those of ``proxies``."""
    proxies: list[str] = Field(default=["127.0.0.0/8", "::1/128"])
    """Networks of reverse proxies of the operator's: who stands behind them, their ``X-Forwarded-For`` says."""

    @field_validator("proxies")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        for network in value:
            ip_network(network)
        return value
