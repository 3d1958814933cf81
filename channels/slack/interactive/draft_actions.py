"""What happens to a draft in its form: kept while it is typed, discarded by a button."""

from __future__ import annotations

from bot.syntax.case_numbers import label
from channels.slack.interactive.actions import Click
from channels.slack.interactive.desk_client import DeskClient
from channels.slack.interactive.modals import SLACKS_ERRORS, log, why
from channels.slack.text.view_state import Values, meta_of
from channels.slack.views import reply_form


class DraftActions:
    """The handlers of what is typed into the reply form, and of its button."""

    def __init__(self, counter: DeskClient) -> None:
        self._counter = counter

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
        view, meta = click.body["view"], meta_of(click.body["view"])
        self._counter.drafts.drop(click.who, meta.case, view="")
        fresh = reply_form.reply(label(meta.case), meta=meta.dump(), preview=True, empty=True)
        try:
            click.client.views_update(view_id=view["id"], hash=view["hash"], view=fresh)
        except SLACKS_ERRORS as error:
            log.info("a form was not emptied", error=why(error))
