"""Clicks in the form for a new case: its fields follow what is chosen, articles what is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import structlog

from bot.commands.articles import Deflect
from bot.model.facts import Suggestion
from channels.slack.desk.desk_client import DeskClient, SlackRequest
from channels.slack.desk.respond import answer, plainly
from channels.slack.interactive.actions import Click, update
from channels.slack.interactive.article_hints import Hints
from channels.slack.interactive.modals import SLACKS_ERRORS, Modals, why
from channels.slack.text.view_state import Values
from channels.slack.views import articles
from channels.slack.views.blocks import Json
from channels.slack.views.draft import typed_in
from channels.slack.views.new_case_form import POST, FormDraft

log = structlog.get_logger("slack")


class NewCaseClicks:
    """The handlers of these clicks."""

    def __init__(self, counter: DeskClient, modals: Modals) -> None:
        self._counter = counter
        self._modals = modals
        self._hints = Hints(counter)

    def listeners(self) -> Mapping[str, Callable[[Click], None]]:
        """The handlers by action_id."""
        return {
            "priority": self.redraw,
            "type": self.redraw,
            "subject": self.suggest,
            articles.SEARCH: self.search,
            "article_solved": self.solved,
            POST: lambda click: click.ack(),  # what is ticked counts when the form is sent
        }

    def redraw(self, click: Click) -> None:
        """Redraw the form with the fields for this priority and type; what was typed stays."""
        click.ack()
        view = click.body["view"]
        try:
            subject = Values(view).text("subject")
            suggestions = self._hints.look(subject)
            self._redrawn(click, view, subject, suggestions, articles.offers_search(view))
        except SLACKS_ERRORS as error:  # a newer click has redrawn it already, or Slack is busy
            log.info("a form was not redrawn", error=why(error))

    def suggest(self, click: Click) -> None:
        """Show articles for the subject that is being typed, and keep it as a draft."""
        click.ack()
        view = click.body["view"]
        self._counter.drafts.keep(click.who, view, typed_in(view), ts=click.ts)
        self._hints.typed(view, partial(self._redrawn, click))

    def search(self, click: Click) -> None:
        """Show articles for the subject, where none were shown while it was typed."""
        click.ack()
        view = click.body["view"]
        try:
            subject = Values(view).text("subject")
            suggestions = self._hints.look(subject)
            search = self._hints.spent() or not suggestions
            self._redrawn(click, view, subject, suggestions, search, sought=True)
        except SLACKS_ERRORS as error:
            log.info("a form shows no articles", error=why(error))

    def solved(self, click: Click) -> None:
        """Record that an article solved it; the form is replaced by our thanks, and no case is opened."""
        click.ack()
        view = click.body["view"]["id"]  # a form is solved once, however often its buttons are clicked
        request = SlackRequest(click.who, f"solved:{view}", (Deflect(int(click.value)),))
        show = partial(update, click.client, view, articles.solved)
        answer(self._counter, lambda: request, plainly, now=show, later=show)

    def _redrawn(
        self,
        click: Click,
        view: Json,
        subject: str,
        suggestions: tuple[Suggestion, ...],
        search: bool,
        *,
        sought: bool = False,
    ) -> Json:
        values = Values(view)
        draft = FormDraft(
            priority=values.choice("priority"),
            type=values.choice("type"),
            about=subject,
            articles=suggestions,
            search=search,
            sought=sought,
        )
        fresh = self._modals.again(draft, view, click.who)
        redrawn: Json = click.client.views_update(view_id=view["id"], hash=view["hash"], view=fresh)["view"]
        return redrawn
