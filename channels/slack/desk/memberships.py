"""Memberships: is the app in a channel, so that it may post there?

Slack is asked ("conversations.info") once a form is open, never before; its answer holds for some minutes.
"""

from __future__ import annotations

import time

import structlog
from slack_sdk import WebClient

log = structlog.get_logger("slack")
A_WHILE = 300.0
"""Seconds for which an answer holds."""
MOST = 1000


class Memberships:
    """Channels in which the app may post, as far as Slack has said. Safe between threads."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._may_post: dict[str, tuple[bool, float]] = {}

    def remembered(self, channel: str) -> bool | None:
        """May it post there? None: that is not known."""
        may_post, until = self._may_post.get(channel, (False, 0.0))
        return may_post if time.monotonic() < until else None

    def may_post(self, channel: str) -> bool:
        """May it post there? Slack is asked, unless that is known. Not where another organisation reads along."""
        before = self.remembered(channel)
        if before is not None:
            return before
        try:
            about = self._client.conversations_info(channel=channel).get("channel") or {}
        except Exception as error:  # a private channel that the app is not in is not found
            log.debug("a channel could not be looked up", error=type(error).__name__)
            about = {}
        shut = about.get("is_archived") or about.get("is_ext_shared")
        may_post = bool(about.get("is_member")) and not shut
        if len(self._may_post) >= MOST:
            self._may_post.clear()
        self._may_post[channel] = (may_post, time.monotonic() + A_WHILE)
        return may_post
