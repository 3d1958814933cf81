"""The hold: a restored store sends nothing and takes nothing in, until an operator releases it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store import channel_state
from store.engine.transaction import Transaction

NAME = "hold of the desk"
"""Of its row in ``door``, which every version of the schema has: so any backup can be held."""


@dataclass(frozen=True, slots=True)
class DeskHold:
    """Why a desk is held: it was restored, at which moment, from a backup made at which."""

    restored_at: datetime
    backed_up_at: datetime


def state(*, restored_at: datetime, backed_up_at: datetime) -> dict[str, Any]:
    """What is written under ``NAME``."""
    return {"restored_at": restored_at.isoformat(), "backed_up_at": backed_up_at.isoformat()}


def read(tx: Transaction) -> DeskHold | None:
    """The hold, or None if the desk is free."""
    written: Mapping[str, Any] = channel_state.read(tx, NAME) or {}
    if not written:
        return None
    return DeskHold(
        datetime.fromisoformat(written["restored_at"]), datetime.fromisoformat(written["backed_up_at"])
    )
