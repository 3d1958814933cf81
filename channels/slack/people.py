"""Who somebody is in Slack: names, looked up once a day."""

from __future__ import annotations

import threading
import time
from typing import Any

import structlog
from slack_sdk import WebClient

log = structlog.get_logger("slack")
A_DAY = 24 * 3600.0
SOON = 300.0
"""Seconds after which a name that could not be had is asked for again."""


class People:
    """Names of people (``users.info``, Tier 4), and who we are ourselves (``auth.test``)."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._names: dict[str, tuple[float, str]] = {}
        self._self: dict[str, str] = {}
        self._lock = threading.Lock()

    def name(self, team: str, user: str, fallback: str = "") -> str:
        """The name to show; ``fallback`` (or nothing) while Slack does not say."""
        with self._lock:
            until, known = self._names.get(user, (0.0, ""))
        if time.monotonic() < until:
            return known or fallback
        found = self._ask(user)
        with self._lock:
            self._names[user] = time.monotonic() + (A_DAY if found else SOON), found
        return found or fallback

    def forget(self, user: str) -> None:
        """Ask again next time (``user_change``)."""
        with self._lock:
            self._names.pop(user, None)

    def ourselves(self) -> dict[str, str]:
        """``team_id``, ``user_id`` and ``bot_id`` of the app. Raises what the client raises."""
        if not self._self:
            answer = self._client.auth_test()
            self._self = {key: str(answer.get(key) or "") for key in ("team_id", "user_id", "bot_id")}
        return self._self

    def _ask(self, user: str) -> str:
        try:
            found: dict[str, Any] = self._client.users_info(user=user).get("user") or {}
        except Exception as error:  # a name is not worth failing for
            log.debug("a name could not be looked up", error=type(error).__name__)
            return ""
        profile = found.get("profile") or {}
        names = (
            profile.get("real_name"),
            found.get("real_name"),
            profile.get("display_name"),
            found.get("name"),
        )
        return " ".join(str(next((name for name in names if name), "")).split())[:200]
