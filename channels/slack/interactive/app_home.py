"""App Home: published for whoever opens it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk import WebClient

from bot.commands.browse import My, Queue
from bot.model.facts import CaseLine
from bot.model.request import Command
from channels.slack.interactive.desk_client import DeskClient, SlackRequest
from channels.slack.interactive.join_offer import JoinOffers
from channels.slack.interactive.modals import SLACKS_ERRORS, why
from channels.slack.interactive.user import Who, who
from channels.slack.text.i18n import _, translating
from channels.slack.views import home
from channels.slack.views.blocks import Json

log = structlog.get_logger("slack")
NOT_NOW = "Your cases cannot be shown just now. Please come back in a minute."


class Home:
    """Answers ``app_home_opened``; nothing is kept of it, because it changes nothing."""

    def __init__(self, counter: DeskClient, offers: JoinOffers, *, desk: str, command: str) -> None:
        self._counter = counter
        self._offers = offers
        self._desk = desk
        self._command = command

    def __call__(
        self, body: Mapping[str, Any], event: Mapping[str, Any], context: Mapping[str, Any], client: WebClient
    ) -> None:
        """A bolt listener; the event is acked already."""
        if event.get("tab", "home") != "home":
            return
        asker = self._counter.known(who(body, context))
        with translating(self._counter.words(asker)):
            staff = self._counter.staff(asker)
            view = (self._work if staff else self._cases)(asker, f"e:{body['event_id']}")
            self._publish(view, event, client)

    def _cases(self, asker: Who, key: str) -> Json:
        """A customer's home."""
        words, cases = self._listed(asker, key, My())
        view = home.home(self._desk, words, cases, command=self._command, docs_url=self._counter.docs_url)
        return {**view, "blocks": [*view["blocks"], *self._offers.blocks(asker)]}

    def _work(self, asker: Who, key: str) -> Json:
        """A specialist's home."""
        queues = [(name, *self._listed(asker, f"{key}:{name}", Queue(name))) for name in home.QUEUES]
        return home.work(self._desk, queues, docs_url=self._counter.docs_url)

    def _listed(self, asker: Who, key: str, command: Command) -> tuple[str, tuple[CaseLine, ...]]:
        """The desk's answer, and the cases."""
        try:
            outcome = self._counter.ask(SlackRequest(asker, key, (command,)))
        except Exception as error:  # the entries are worth showing without the cases
            log.error("App Home could not be filled", error=type(error).__name__, exc_info=error)
            return _(NOT_NOW), ()
        return " ".join(line.text for line in outcome.answered), outcome.cases

    def _publish(self, view: Json, event: Mapping[str, Any], client: WebClient) -> None:
        seen = (event.get("view") or {}).get("hash")
        try:
            client.views_publish(user_id=event["user"], view=view, **({"hash": seen} if seen else {}))
        except SLACKS_ERRORS as error:
            log.info("App Home not updated", error=why(error))
