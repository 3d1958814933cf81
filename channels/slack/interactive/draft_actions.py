"""What happens to a draft in its form: kept while it is typed, discarded by a button."""

from __future__ import annotations

from channels.slack.desk.desk_client import DeskClient
from channels.slack.interactive.actions import Click
from channels.slack.interactive.modals import SLACKS_ERRORS, Modals, log, why
from channels.slack.text.view_state import Values, meta_of


class DraftActions:
    """The handlers of what is typed into the reply form, and of its button."""

    def __init__(self, counter: DeskClient, modals: Modals) -> None:
        self._counter = counter
        self._modals = modals

    def typed(self, click: Click) -> None:
        """Keep what a specialist has typed so far, for when the form is closed."""
        click.ack()
        view = click.body["view"]
        if view.get("callback_id") == "reply" and self._counter.staff(click.who):
            text, case = Values(view).text("text"), meta_of(view).case
            self._counter.drafts.keep(click.who, case, text, view=str(view["id"]))

    def discard(self, click: Click) -> None:
        """Put a draft away, and show the form without it."""
        click.ack()
        view = click.body["view"]
        self._counter.drafts.drop(click.who, meta_of(view).case, view="")
        try:
            click.client.views_update(view_id=view["id"], hash=view["hash"], view=self._modals.emptied(view))
        except SLACKS_ERRORS as error:
            log.info("a form was not emptied", error=why(error))
