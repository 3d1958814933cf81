"""Memberships: is the app in a channel, so that it may post there?

Slack is asked ("conversations.info") once a form is open; its answer holds for some minutes.
"""

from __future__ import annotations

import time

import structlog

from bot.channel.outbound import DeliveryFailed
from channels.slack.workspace.error_codes import CLOSED
from channels.slack.workspace.web_api import Calls, SlackRefused

log = structlog.get_logger("slack")
A_WHILE = 300.0
"""Seconds for which an answer holds."""
MOST = 1000


class Memberships:
    """Channels in which the app may post, as far as Slack has said. Safe between threads."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._may_post: dict[str, tuple[bool, float]] = {}

    def remembered(self, channel: str) -> bool | None:
        """May it post there? None: that is not known."""
        may_post, until = self._may_post.get(channel, (False, 0.0))
        return may_post if time.monotonic() < until else None

    def learn(self, channel: str) -> None:
        """Ask Slack, unless that is known. Where another organisation reads along, it may not."""
        if self.remembered(channel) is not None:
            return
        try:
            about = self._calls.about(channel)
        except DeliveryFailed as failure:
            log.debug("a channel could not be looked up", why=str(failure))
            if not isinstance(failure, SlackRefused) or failure.code not in CLOSED:
                return  # that is not known yet
            about = {}  # a private channel that the app is not in is not found
        shut = about.get("is_archived") or about.get("is_ext_shared")
        if len(self._may_post) >= MOST:
            self._may_post.clear()
        may_post = bool(about.get("is_member")) and not shut
        self._may_post[channel] = (may_post, time.monotonic() + A_WHILE)
