"""App Home: published for whoever opens it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk import WebClient

from bot.commands import My
from bot.desk import CaseLine
from channels.slack.counter import Counter, Errand
from channels.slack.modals import SLACKS_ERRORS, why
from channels.slack.speaking import _, speaking
from channels.slack.views import home
from channels.slack.who import who

log = structlog.get_logger("slack")
NOT_NOW = "Your cases cannot be shown just now. Please come back in a minute."


class Home:
    """``app_home_opened``: nothing is kept of it, because nothing is changed by it."""

    def __init__(self, counter: Counter, *, desk: str, command: str) -> None:
        self._counter = counter
        self._desk = desk
        self._command = command

    def __call__(
        self, body: Mapping[str, Any], event: Mapping[str, Any], context: Mapping[str, Any], client: WebClient
    ) -> None:
        """A bolt listener; the event is acked already."""
        if event.get("tab", "home") != "home":
            return
        with speaking(self._counter.words(who(body, context))):
            self._publish(body, event, context, client)

    def _publish(
        self, body: Mapping[str, Any], event: Mapping[str, Any], context: Mapping[str, Any], client: WebClient
    ) -> None:
        words = _(NOT_NOW)
        cases: tuple[CaseLine, ...] = ()
        try:
            outcome = self._counter.ask(Errand(who(body, context), f"e:{body['event_id']}", (My(),)))
            words, cases = " ".join(line.text for line in outcome.answered), outcome.cases
        except Exception as error:  # the entries are worth showing without the cases
            log.error("a home could not be filled", error=type(error).__name__, exc_info=error)
        view = home.home(self._desk, words, cases, command=self._command, docs_url=self._counter.docs_url)
        seen = (event.get("view") or {}).get("hash")
        try:
            client.views_publish(user_id=event["user"], view=view, **({"hash": seen} if seen else {}))
        except SLACKS_ERRORS as error:
            log.info("a home was not published", error=why(error))
