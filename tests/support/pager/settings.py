"""The ``[pager]`` section of config.toml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from bot.model.channel_profile import AddressForm, ChannelProfile, MarkupTemplate


def _desk_group(written: Mapping[str, Any]) -> dict[str, str]:
    return {"desk_group": str(written["desk_group"])} if written.get("desk_group") else {}


class Settings(BaseModel):
    """``[pager]``."""

    PROFILE: ClassVar = ChannelProfile(
        label="Pager",
        people=AddressForm(r"[a-z]+/[a-z]+", "town/ana", columns=("beeper",)),
        places=AddressForm(r"[a-z]+/[a-z]+", "town/firm"),
        markup=MarkupTemplate("text", "pager/parts.j2", Path(__file__).parent / "templates"),
        desk_places=_desk_group,
        shown=("folder",),
    )
    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path = Path("pages")
    """Its folders ``in`` and ``out``: a file for each message."""
    desk_group: str = ""
    """Where the desk talks among itself; only its name is known so far."""
