"""The web door: health and metrics (and, later, the pages that signed links lead to)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from bot.channel import Door, House


class Settings(BaseModel):
    """``[web]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    listen: str = Field(default="127.0.0.1:8080", pattern=r"^(|.*:\d{1,5})$")
    """``host:port``; empty: no web door."""
    base_url: str = Field(default="", pattern=r"^(|https?://.*[^/])$")
    """What links to the web door begin with; empty: ``http://`` and ``listen``."""


def open_channel(house: House) -> Door:
    """The web door."""
    from channels.web.door import WebDoor

    return WebDoor(house)
