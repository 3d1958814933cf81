"""The catalogue of notices: every one of them, by its name."""

from __future__ import annotations

from bot.notices import case, conversation, desk, urgency
from bot.notices.notice import NOTICES as _REGISTERED

_MODULES = [module.__name__ for module in (case, conversation, urgency, desk)]
NOTICES = dict(sorted(_REGISTERED.items(), key=lambda item: _MODULES.index(item[1].__module__)))
"""Module by module, and as they stand there."""
DESK_NOTICES = tuple(
    sorted({*(name for name, notice in NOTICES.items() if notice.audience in ("staff", "team")), "card"})
)
"""Notices that no customer waits for; couriers deliver them last."""
CUSTOMER_NOTICES = tuple(sorted(name for name, notice in NOTICES.items() if notice.audience == "customer"))
"""Notices that customers read."""
