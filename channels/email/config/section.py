"""The base of mail's config sections."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class EmailSection(BaseModel):
    """A section of the config: every key known, every value strictly typed, immutable."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
