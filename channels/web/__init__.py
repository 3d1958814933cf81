"""The web door: the pages that signed links lead to, uploads, health and metrics."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from bot.channel import Door, House


class Settings(BaseModel):
    """``[web]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    listen: str = Field(default="127.0.0.1:8080", pattern=r"^(|.*:\d{1,5})$", examples=["127.0.0.1:8080"])
    """``host:port``; empty: no web door."""
    base_url: str = Field(
        default="", pattern=r"^(|https?://.*[^/])$", examples=["https://support.example.com"]
    )
    """What links to the web door begin with; empty: ``http://`` and ``listen``."""
    upload_max: int = Field(default=0, ge=0)
    """Bytes of one file; 0: no limit but ``[store] min_free`` and ``[limits] uploads_per_account``."""


def open_channel(house: House) -> Door:
    """The web door."""
    from channels.web.door import WebDoor

    return WebDoor(house)
