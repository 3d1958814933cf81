"""Who somebody is in Slack: name, team and language, looked up once a day."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk import WebClient

log = structlog.get_logger("slack")
A_DAY = 24 * 3600.0
SOON = 300.0
"""Seconds after which a name that could not be had is asked for again."""


@dataclass(frozen=True, slots=True)
class Known:
    """What Slack says of somebody; empty while it does not."""

    name: str = ""
    team: str = ""
    locale: str = ""


class People:
    """Names, teams and languages of people (``users.info``, Tier 4), and who we are ourselves (``auth.test``)."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._known: dict[str, tuple[float, Known]] = {}
        self._self: dict[str, str] = {}
        self._lock = threading.Lock()

    def name(self, team: str, user: str, fallback: str = "") -> str:
        """The name to show; ``fallback`` (or nothing) while Slack does not say."""
        return self._of(user).name or fallback

    def language(self, user: str) -> str:
        """What their Slack is set to (``de-DE``), or ``""``; never asks only for this."""
        with self._lock:
            return self._known.get(user, (0.0, Known()))[1].locale

    def team(self, user: str) -> str:
        """The id of the team that somebody belongs to, which need not be ours; ``""`` while Slack does not say."""
        with self._lock:
            until, known = self._known.get(user, (0.0, Known()))
        if not known.team or time.monotonic() >= until:
            known = self._look(user)
        return known.team

    def ourselves(self) -> dict[str, str]:
        """``team_id``, ``user_id`` and ``bot_id`` of the app. Raises what the client raises."""
        if not self._self:
            answer = self._client.auth_test()
            self._self = {key: str(answer.get(key) or "") for key in ("team_id", "user_id", "bot_id")}
        return self._self

    def _of(self, user: str) -> Known:
        with self._lock:
            until, known = self._known.get(user, (0.0, Known()))
        return known if time.monotonic() < until else self._look(user)

    def _look(self, user: str) -> Known:
        found = self._ask(user)
        with self._lock:
            self._known[user] = time.monotonic() + (A_DAY if found.name else SOON), found
        return found

    def _ask(self, user: str) -> Known:
        try:
            found: dict[str, Any] = self._client.users_info(user=user, include_locale=True).get("user") or {}
        except Exception as error:  # a name is not worth failing for
            log.debug("a name could not be looked up", error=type(error).__name__)
            return Known()
        profile = found.get("profile") or {}
        names = (
            profile.get("real_name"),
            found.get("real_name"),
            profile.get("display_name"),
            found.get("name"),
        )
        name = " ".join(str(next((name for name in names if name), "")).split())[:200]
        return Known(name, str(found.get("team_id") or ""), str(found.get("locale") or ""))
