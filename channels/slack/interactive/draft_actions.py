"""What happens to a draft in its form: kept while it is typed, discarded by a button."""

from __future__ import annotations

from channels.slack.desk.desk_client import DeskClient
from channels.slack.interactive.actions import Click
from channels.slack.interactive.modals import SLACKS_ERRORS, log, why
from channels.slack.views import draft


class DraftActions:
    """The handlers of what is typed into forms, and of the button below a draft."""

    def __init__(self, counter: DeskClient) -> None:
        self._drafts = counter.drafts

    def typed(self, click: Click) -> None:
        """Keep what somebody has typed so far, for when the form is closed."""
        click.ack()
        view = click.body["view"]
        self._drafts.keep(click.who, view, draft.typed_in(view), ts=click.ts)

    def discard(self, click: Click) -> None:
        """Put a draft away, and show the form without it."""
        click.ack()
        view = click.body["view"]
        self._drafts.discard(click.who, view, ts=click.ts)
        try:
            click.client.views_update(view_id=view["id"], hash=view["hash"], view=draft.emptied(view))
        except SLACKS_ERRORS as error:
            log.info("a form was not emptied", error=why(error))
